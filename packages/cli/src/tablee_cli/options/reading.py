"""Options that correct how a file is read, where inference from its content would be wrong.

Values for one column are written COLUMN=VALUE, at the first `=` without a backslash before it; `\\=` is a `=`.
`tablee.datasets.questions.options` writes corrections as these options.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from tablee.datasets.questions import SEPARATORS, SIGNS
from tablee.datasets.reading import Corrections
from tablee.http.validation_errors import request_error
from tablee.tables.cells import missing_markers
from tablee_cli.options.shared import OptionSet
from tablee_cli.options.usage import WrongUse

Form = Annotated[
    str | None,
    typer.Option("--format", help="csv, jsonl, json, parquet, xlsx, common_log, …; else by its content."),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="utf-8, windows-1250, gbk, … any that Python knows; else by its bytes.")
]
Sheet = Annotated[str | None, typer.Option("--sheet", metavar="NAME", help="The sheet of a workbook.")]
Separator = Annotated[
    str | None, typer.Option("--separator", help="What stands between cells: any sign, or tab, space, semicolon, ….")
]
Quote = Annotated[
    str | None,
    typer.Option("--quote", help="What stands around cells: quotes, spaced (behind blanks), apostrophe or none."),
]
Escape = Annotated[
    str | None,
    typer.Option("--escape", help="What stands before a quote within a cell: backslash, or none if doubled."),
]
Comment = Annotated[
    str | None,
    typer.Option("--comment", metavar="SIGN", help="Lines that begin with this sign are no data; none if all are."),
]
Decimal = Annotated[
    list[str] | None,
    typer.Option("--decimal", metavar="[COLUMN=]SIGN", help="Sign before decimals: . or , May be repeated."),
]
Thousands = Annotated[
    list[str] | None,
    typer.Option(
        "--thousands",
        metavar="[COLUMN=]SIGN",
        help="What stands between thousands: none, space, apostrophe, . or , May be repeated.",
    ),
]
Header = Annotated[bool | None, typer.Option("--header/--no-header", help="Whether the first line has the names.")]
SkippedLines = Annotated[
    int | None, typer.Option("--skip-lines", min=0, help="Lines above the header, such as a title.")
]
UnitsRow = Annotated[
    bool | None, typer.Option("--units-row/--no-units-row", help="Whether the row below the header has units.")
]
FooterRows = Annotated[
    int | None, typer.Option("--footer-rows", min=0, help="Rows at the end that are no data, such as totals.")
]
DayFirst = Annotated[
    bool | None,
    typer.Option("--day-first/--month-first", help="Order of day and month if it is ambiguous: 03/04/2024."),
]
Dates = Annotated[
    list[str] | None,
    typer.Option("--date", metavar="COLUMN=FORMAT", help="Format of the dates of a column: %d/%m/%Y."),
]
FirstYear = Annotated[
    list[str] | None,
    typer.Option(
        "--first-year",
        metavar="[COLUMN=]YEAR",
        help="Years of two digits are in the hundred years from here on. May be repeated.",
    ),
]
TextColumns = Annotated[
    list[str] | None, typer.Option("--text", metavar="COLUMN", help="Keep a column as text. May be repeated.")
]
NumberColumns = Annotated[
    list[str] | None,
    typer.Option("--number", metavar="COLUMN", help="Read a column as numbers although they may be codes."),
]
Missing = Annotated[
    list[str] | None,
    typer.Option(
        "--missing",
        metavar="[COLUMN=]TEXT",
        help="Stands for a missing value; replaces the usual ones. COLUMN= : nothing does. May be repeated.",
    ),
]
AlsoMissing = Annotated[
    list[str] | None,
    typer.Option(
        "--also-missing", metavar="COLUMN=TEXT", help="Stands for a missing value, beside the usual ones of numbers."
    ),
]
_OF_COLUMN = re.compile(r"((?:[^\\=]|\\.)*)=(.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\=])")


@dataclass(frozen=True, kw_only=True)
class ReadAs(OptionSet):
    """All options for reading a file."""

    form: Form = None
    encoding: Encoding = None
    sheet: Sheet = None
    separator: Separator = None
    quote: Quote = None
    escape: Escape = None
    comment: Comment = None
    decimal: Decimal = None
    thousands: Thousands = None
    header: Header = None
    skipped_lines: SkippedLines = None
    units_row: UnitsRow = None
    footer_rows: FooterRows = None
    day_first: DayFirst = None
    dates: Dates = None
    first_year: FirstYear = None
    texts: TextColumns = None
    numbers: NumberColumns = None
    missing: Missing = None
    also_missing: AlsoMissing = None

    @property
    def corrections(self) -> Corrections:
        """The corrections that the options describe.

        :raises typer.BadParameter: the value of an option is unknown or malformed.
        """
        columns: dict[str, dict[str, Any]] = {}
        given: dict[str, Any] = {
            "format": self.form,
            "encoding": self.encoding,
            "sheet": self.sheet,
            "separator": SEPARATORS.get(self.separator, self.separator) if self.separator else None,
            "quote": _sign(self.quote),
            "escape": _sign(self.escape),
            "comment": _sign(self.comment),
            "header": self.header,
            "skipped_lines": self.skipped_lines,
            "units_row": self.units_row,
            "footer_rows": self.footer_rows,
            "day_first": self.day_first,
            "dates": dict(_of_column(each, "--date") for each in self.dates or ()),
            "texts": tuple(self.texts or ()),
            "numbers": tuple(self.numbers or ()),
        }
        for field, values in (
            ("decimal", self.decimal),
            ("thousands", self.thousands),
            ("first_year", self.first_year),
        ):
            for column, value in _split(values):
                said = _sign(value)
                if column is None:
                    given[field] = said
                else:
                    columns.setdefault(column, {})[field] = said
        for column, text in _split(self.missing):
            place = given if column is None else columns.setdefault(column, {})
            place["missing"] = (*place.get("missing", ("",) if column is None else ()), *([text] if text else []))
        for each in self.also_missing or ():
            column, text = _of_column(each, "--also-missing")
            usual = (*missing_markers.USUAL, *missing_markers.AMONG_NUMBERS)
            place = columns.setdefault(column, {})
            place["missing"] = tuple(dict.fromkeys((*place.get("missing", usual), text)))
        return _validated(given | {"columns": columns})


def _validated(given: Mapping[str, Any]) -> Corrections:
    try:
        return Corrections.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise WrongUse(request_error(error.errors(include_url=False))) from None


def _sign(value: str | None) -> str | None:
    return None if value is None else SIGNS.get(value, value)


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
