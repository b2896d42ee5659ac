"""How a file's bytes became a table: part of a data set's manifest and of its version.

`Reading` says everything, `Corrections` only what a person wants to be otherwise. `Decision` tells what was chosen
where a file left room, and between what.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tablee.tables import missing_markers

Format = Literal["csv", "parquet", "jsonl", "common_log", "combined_log"]
Compression = Literal["none", "gzip", "zip"]
Encoding = Literal["utf-8", "utf-16-le", "utf-16-be", "windows-1252", "iso-8859-1", "iso-8859-15", "cp850", "mac-roman"]
Decimal = Literal[".", ","]
Thousands = Literal["", " ", ".", ",", "'"]
"""A space stands for every kind of space, no-break ones included; an apostrophe for both of its forms."""


class Reading(BaseModel):
    """Everything that was decided to read a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    reader: Literal["intake/1"] = "intake/1"
    """Another one when the same reading gives another table."""
    format: Format = "csv"
    compression: Compression = "none"
    encoding: Encoding = "utf-8"
    separator: str = Field(default=",", min_length=1, max_length=1)
    quote: Literal['"', "'", ""] = '"'
    """Empty: quotes are letters like others."""
    decimal: Decimal = "."
    thousands: Thousands = ""
    header: bool = True
    missing: tuple[str, ...] = missing_markers.USUAL
    missing_numbers: tuple[str, ...] = missing_markers.AMONG_NUMBERS
    """Missing besides, in columns of numbers and dates."""
    dates: dict[str, str] = Field(default_factory=dict)
    """By column: how its dates are written, as strptime has it."""
    day_first: bool = True
    """Whether 03/04/2024 is in April."""
    texts: tuple[str, ...] = ()
    """Columns that stay text whatever they hold, as a person asked."""


class Corrections(BaseModel):
    """What a person wants to be read otherwise than it would be; None leaves it to the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    format: Format | None = None
    encoding: Encoding | None = None
    separator: str | None = Field(default=None, min_length=1, max_length=1)
    quote: Literal['"', "'", ""] | None = None
    decimal: Decimal | None = None
    thousands: Thousands | None = None
    header: bool | None = None
    missing: tuple[str, ...] | None = None
    """All texts that stand for a missing value, in every column; replaces the usual ones."""
    dates: dict[str, str] = Field(default_factory=dict)
    """By column: how its dates are written, as strptime has it; a cell that is not is an error."""
    day_first: bool | None = None
    texts: tuple[str, ...] = ()
    """Columns that stay text whatever they hold."""

    def given(self) -> dict[str, Any]:
        """Those that are none by default."""
        return self.model_dump(exclude_defaults=True)


class Reason(StrEnum):
    """Why something was chosen; `tablee.i18n` says it in French and English."""

    ASKED = "asked"
    PARQUET_MARK = "parquet_mark"
    JSON_LINES = "json_lines"
    LOG_LINES = "log_lines"
    CELLS = "cells"
    ENCODING_MARK = "encoding_mark"
    ZEROS = "zeros"
    ALL_UTF_8 = "all_utf_8"
    NEARLY_UTF_8 = "nearly_utf_8"
    NOT_WINDOWS = "not_windows"
    NOT_LATIN = "not_latin"
    LIKE_LATIN = "like_latin"
    NAMED = "named"
    ONE_COLUMN = "one_column"
    EVEN = "even"
    """`share` of the first records have `cells` cells."""
    NO_LINE = "no_line"
    ONE_LINE = "one_line"
    MODEL_COLUMNS = "model_columns"
    """The first line names the columns that a model reads."""
    EMPTY_CELL = "empty_cell"
    WORDS_OVER_VALUES = "words_over_values"
    WORDS_LIKE_OTHERS = "words_like_others"
    YEARS = "years"
    VALUES_LIKE_OTHERS = "values_like_others"
    COLUMNS = "columns"
    """So many `columns` are written so."""
    SEMICOLONS = "semicolons"
    NO_COMMA = "no_comma"
    OTHER_DATES = "other_dates"
    COMMAS = "commas"
    NOTHING_TELLS = "nothing_tells"


class Decision(BaseModel):
    """What was chosen where a file can be read in several ways."""

    model_config = ConfigDict(frozen=True)
    field: str
    """The field of `Reading`."""
    column: str | None = None
    chosen: str
    reason: Reason | None = None
    """None in manifests of before there were codes."""
    facts: dict[str, float | str] = {}
    """What its sentence names; with `ending`, the name's end that says otherwise."""
    alternatives: tuple[str, ...] = ()
    sure: bool = True
    """False where the file does not say, and a person should look."""
