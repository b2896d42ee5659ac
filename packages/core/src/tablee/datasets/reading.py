"""How the bytes of a file are read as a table: part of the manifest of a version, and of its identity.

`Reading` holds every setting, `Corrections` only those that a person sets. `Decision` says which of several possible
settings was chosen, and why.
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
    """All settings by which a file was read."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    reader: Literal["intake/1"] = "intake/1"
    """Release of the reader; it changes when the same settings give another table."""
    format: Format = "csv"
    compression: Compression = "none"
    encoding: Encoding = "utf-8"
    separator: str = Field(default=",", min_length=1, max_length=1)
    quote: Literal['"', "'", ""] = '"'
    """Empty: a quote is a character like others."""
    decimal: Decimal = "."
    thousands: Thousands = ""
    header: bool = True
    missing: tuple[str, ...] = missing_markers.USUAL
    missing_numbers: tuple[str, ...] = missing_markers.AMONG_NUMBERS
    """Further texts for missing values in columns of numbers and dates."""
    dates: dict[str, str] = Field(default_factory=dict)
    """By column: the format of its dates, as strptime takes it."""
    day_first: bool = True
    """Whether 03/04/2024 is in April."""
    texts: tuple[str, ...] = ()
    """Columns that are read as text whatever they hold, because a person asked for it."""


class Corrections(BaseModel):
    """Settings that a person sets; None leaves a setting to what the file shows."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    format: Format | None = None
    encoding: Encoding | None = None
    separator: str | None = Field(default=None, min_length=1, max_length=1)
    quote: Literal['"', "'", ""] | None = None
    decimal: Decimal | None = None
    thousands: Thousands | None = None
    header: bool | None = None
    missing: tuple[str, ...] | None = None
    """All texts that stand for a missing value in any column; they replace the usual ones."""
    dates: dict[str, str] = Field(default_factory=dict)
    """By column: the format of its dates, as strptime takes it; a cell in another format is an error."""
    day_first: bool | None = None
    texts: tuple[str, ...] = ()
    """Columns that are read as text whatever they hold."""

    def given(self) -> dict[str, Any]:
        """The settings that differ from the defaults."""
        return self.model_dump(exclude_defaults=True)


class Reason(StrEnum):
    """Why a setting was chosen; `tablee.i18n.data_texts` turns it into a sentence."""

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
    """`share` of the first records have `cells` cells each."""
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
    """`columns` is the number of columns that are written in this way."""
    SEMICOLONS = "semicolons"
    NO_COMMA = "no_comma"
    OTHER_DATES = "other_dates"
    COMMAS = "commas"
    NOTHING_TELLS = "nothing_tells"


class Decision(BaseModel):
    """A setting that was chosen where a file can be read in several ways."""

    model_config = ConfigDict(frozen=True)
    field: str
    """The field of `Reading`."""
    column: str | None = None
    chosen: str
    reason: Reason | None = None
    """None in manifests of releases that stored a sentence instead."""
    facts: dict[str, float | str] = {}
    """What the sentence of the reason shows. `ending` is a file name extension that says otherwise."""
    alternatives: tuple[str, ...] = ()
    sure: bool = True
    """False if the file does not decide it, and a person should check."""
