"""Options that correct how a file is read, where inference from its content would be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from tablee.datasets.reading import Corrections
from tablee.http.validation_errors import request_error
from tablee_cli.options.shared import OptionSet

Form = Annotated[
    str | None, typer.Option("--format", help="csv, parquet, jsonl, common_log or combined_log; inferred by default.")
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="utf-8, utf-16-le, windows-1252, iso-8859-1, cp850, …")
]
Separator = Annotated[str | None, typer.Option("--separator", help="Character between cells; tab for a tabulator.")]
Decimal = Annotated[str | None, typer.Option("--decimal", help="Decimal separator: . or ,")]
Thousands = Annotated[
    str | None, typer.Option("--thousands", help="Thousands separator: none, space, apostrophe, . or ,")
]
Header = Annotated[bool | None, typer.Option("--header/--no-header", help="Whether the first line has the names.")]
DayFirst = Annotated[
    bool | None,
    typer.Option("--day-first/--month-first", help="Order of day and month if it is ambiguous: 03/04/2024."),
]
Dates = Annotated[
    list[str] | None,
    typer.Option("--date", metavar="COLUMN=FORMAT", help="Format of the dates of a column: %d/%m/%Y."),
]
TextColumns = Annotated[
    list[str] | None, typer.Option("--text", metavar="COLUMN", help="Keep a column as text. May be repeated.")
]
Missing = Annotated[
    list[str] | None,
    typer.Option(
        "--missing", metavar="TEXT", help="Text of missing values, instead of the usual ones. May be repeated."
    ),
]
_WORDS = {"tab": "\t", "none": "", "space": " ", "apostrophe": "'"}


@dataclass(frozen=True, kw_only=True)
class ReadAs(OptionSet):
    """All options for reading a file."""

    form: Form = None
    encoding: Encoding = None
    separator: Separator = None
    decimal: Decimal = None
    thousands: Thousands = None
    header: Header = None
    day_first: DayFirst = None
    dates: Dates = None
    texts: TextColumns = None
    missing: Missing = None

    @property
    def corrections(self) -> Corrections:
        """The corrections that the options describe.

        :raises typer.BadParameter: the value of an option is unknown or malformed.
        """
        return corrections(**vars(self))


def corrections(
    *,
    form: str | None,
    encoding: str | None,
    separator: str | None,
    decimal: str | None,
    thousands: str | None,
    header: bool | None,
    day_first: bool | None,
    dates: list[str] | None,
    texts: list[str] | None,
    missing: list[str] | None,
) -> Corrections:
    """The corrections that the options describe.

    :raises typer.BadParameter: the value of an option is unknown or malformed.
    """
    written: dict[str, str] = {}
    for each in dates or ():
        column, equals, shape = each.partition("=")
        if not equals or not shape:
            raise typer.BadParameter(f"«{each}» is not COLUMN=FORMAT", param_hint="--date")
        written[column] = shape
    given: dict[str, Any] = {
        "format": form,
        "encoding": encoding,
        "separator": _WORDS.get(separator, separator) if separator else None,
        "decimal": decimal,
        "thousands": _WORDS.get(thousands, thousands) if thousands else None,
        "header": header,
        "day_first": day_first,
        "dates": written,
        "texts": tuple(texts or ()),
        "missing": ("", *missing) if missing else None,
    }
    try:
        return Corrections.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise typer.BadParameter(request_error(error.errors(include_url=False)).detail) from None
