"""Options that correct how a file is read, where inference from its content would be wrong.

Values for one column are written COLUMN=VALUE, at the first `=` without a backslash before it; `\\=` is a `=`.
`tablee.datasets.questions.options` writes corrections as these options.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Final

import typer
from pydantic import ValidationError

from tablee.datasets.questions import SIGNS, sign
from tablee.datasets.reading import Corrections
from tablee.http.validation_errors import request_error
from tablee.tables.cells import missing_markers
from tablee_cli.options.shared import OptionSet
from tablee_cli.options.usage import WrongUse

Text = str | None
Texts = list[str] | None
_OF_THE_FILE: Final = (
    *("encoding", "sheet", "quote", "escape", "comment", "keyed"),
    *("header", "skipped_lines", "units_row", "footer_rows", "day_first"),
)
"""Options that have the name of the field that they set."""
_OF_COLUMN = re.compile(r"((?:[^\\=]|\\.)*)=(.*)", re.DOTALL)
_CHOICE = re.compile(r"'[^']*'|\"[^\"]*\"")
_OPTIONS: Final = {"skipped_lines": "skip-lines", "dates": "date", "texts": "text", "numbers": "number"}
"""Options that have another name than the field that they set."""
_ESCAPED = re.compile(r"\\([\\=])")


@dataclass(frozen=True, kw_only=True)
class ReadAs(OptionSet):
    """All options for reading a file."""

    form: Annotated[Text, typer.Option("--format")] = None
    encoding: Annotated[Text, typer.Option("--encoding")] = None
    sheet: Annotated[Text, typer.Option("--sheet", metavar="NAME")] = None
    keyed: Annotated[bool | None, typer.Option("--keyed/--no-keyed")] = None
    separator: Annotated[Text, typer.Option("--separator")] = None
    quote: Annotated[Text, typer.Option("--quote")] = None
    escape: Annotated[Text, typer.Option("--escape")] = None
    comment: Annotated[Text, typer.Option("--comment", metavar="SIGN")] = None
    decimal: Annotated[Texts, typer.Option("--decimal", metavar="[COLUMN=]SIGN")] = None
    thousands: Annotated[
        Texts,
        typer.Option("--thousands", metavar="[COLUMN=]SIGN"),
    ] = None
    header: Annotated[bool | None, typer.Option("--header/--no-header")] = None
    skipped_lines: Annotated[int | None, typer.Option("--skip-lines", min=0)] = None
    units_row: Annotated[bool | None, typer.Option("--units-row/--no-units-row")] = None
    footer_rows: Annotated[int | None, typer.Option("--footer-rows", min=0)] = None
    day_first: Annotated[bool | None, typer.Option("--day-first/--month-first")] = None
    dates: Annotated[Texts, typer.Option("--date", metavar="COLUMN=FORMAT")] = None
    first_year: Annotated[
        Texts,
        typer.Option("--first-year", metavar="[COLUMN=]YEAR"),
    ] = None
    texts: Annotated[Texts, typer.Option("--text", metavar="COLUMN")] = None
    numbers: Annotated[Texts, typer.Option("--number", metavar="COLUMN")] = None
    missing: Annotated[
        Texts,
        typer.Option("--missing", metavar="[COLUMN=]TEXT"),
    ] = None
    also_missing: Annotated[
        Texts,
        typer.Option("--also-missing", metavar="COLUMN=TEXT"),
    ] = None

    @property
    def corrections(self) -> Corrections:
        """The corrections that the options describe.

        :raises typer.BadParameter: the value of an option is unknown or malformed.
        """
        columns: dict[str, dict[str, Any]] = {}
        given: dict[str, Any] = {field: sign(field, getattr(self, field)) for field in _OF_THE_FILE}
        given |= {
            "format": self.form,
            "separator": sign("separator", self.separator or None),
            "dates": dict(_of_column(each, "--date") for each in self.dates or ()),
            "texts": self.texts or (),
            "numbers": self.numbers or (),
            "columns": columns,
        }
        for field in ("decimal", "thousands", "first_year"):
            for column, value in _split(getattr(self, field)):
                place = given if column is None else columns.setdefault(column, {})
                place[field] = sign(field, value)
        for column, text in _split(self.missing):
            place = given if column is None else columns.setdefault(column, {})
            place["missing"] = (*place.get("missing", ("",) if column is None else ()), *([text] if text else []))
        for each in self.also_missing or ():
            column, text = _of_column(each, "--also-missing")
            place = columns.setdefault(column, {})
            place["missing"] = tuple(dict.fromkeys((*place.get("missing", missing_markers.OF_NUMBERS), text)))
        try:
            return Corrections.model_validate({name: value for name, value in given.items() if value is not None})
        except ValidationError as error:
            faults = [{**each, "loc": (_option(*map(str, each["loc"])),)} for each in error.errors(include_url=False)]
            raise WrongUse(request_error([_in_names(each) for each in faults])) from None


def _option(field: str, *place: str) -> str:
    """The option that sets a field, with its column if it is of one."""
    column = f" {place[0]}" if place and field in ("dates", "columns") else ""
    field = place[1] if field == "columns" and len(place) > 1 else field
    return f"--{_OPTIONS.get(field, field.replace('_', '-'))}{column}"


def _in_names(fault: dict[str, Any]) -> dict[str, Any]:
    """A fault with the names of signs that may be chosen, such as `space`."""
    if fault["type"] != "literal_error":
        return fault
    names = {value: name for name, value in SIGNS.items()}
    choices = [text[1:-1].replace("\\\\", "\\") for text in _CHOICE.findall(str(fault["ctx"]["expected"]))]
    return {**fault, "ctx": {"expected": " or ".join(repr(names.get(each, each)) for each in choices)}}


def _split(values: Iterable[str] | None) -> Iterable[tuple[str | None, str]]:
    """The column of each value, None for all columns, and what is said about it."""
    for each in values or ():
        found = _OF_COLUMN.fullmatch(each)
        if found is None:
            yield None, _ESCAPED.sub(r"\1", each)
        else:
            yield _ESCAPED.sub(r"\1", found[1]), found[2]


def _of_column(value: str, option: str) -> tuple[str, str]:
    found = _OF_COLUMN.fullmatch(value)
    if found is None or not found[1] or not found[2]:
        raise WrongUse("not_column_format" if option == "--date" else "not_column_text", at=option, given=value)
    return _ESCAPED.sub(r"\1", found[1]), found[2]
