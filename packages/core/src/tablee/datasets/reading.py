"""How the bytes of a file are read as a table: part of the manifest of a version, and of its identity.

`Reading` holds every setting, `Corrections` only those that a person sets. `Decision` says which of several possible
settings was chosen, and why.
"""

from __future__ import annotations

import codecs
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tablee.errors.unfit import Unfit
from tablee.tables.cells import missing_markers
from tablee.tables.cells.cell_format import CellFormat, Decimal, Thousands
from tablee.tables.cells.date_words import directives

Format = Literal["csv", "parquet", "arrow", "jsonl", "json", "xlsx", "xls", "xlsb", "ods", "common_log", "combined_log"]
Compression = Literal["none", "gzip", "zip"]
Quote = Literal['"', "'", ' "', ""]
"""What stands around cells. With a blank: other blanks may stand before and behind the quotes. Empty: a quote is a
character like others."""


_USUAL_NAMES = {"cp1252": "windows-1252", "iso8859-1": "iso-8859-1", "iso8859-15": "iso-8859-15"} | {
    f"cp125{number}": f"windows-125{number}" for number in range(9)
}
"""Names of encodings as people know them, by those of Python."""


def usual_name(encoding: str) -> str:
    """The name of an encoding as people know it, by any of its names.

    :raises ValueError: Python knows no text encoding of this name.
    """
    try:
        found = codecs.lookup(encoding)
        "".encode(found.name)
    except LookupError:
        raise Unfit("encoding") from None
    return _USUAL_NAMES.get(found.name, found.name)


DatePattern = Annotated[str, AfterValidator(directives)]
"""A date format in the notation of strptime, or in letters, which are translated."""
Encoding = Annotated[str, AfterValidator(usual_name)]
"""Any text encoding that Python knows, by any of its names."""


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reading(_Settings):
    """All settings by which a file was read."""

    reader: Literal["reader/2"] = "reader/2"
    """Release of the reader; it changes when the same settings give another table."""
    format: Format = "csv"
    compression: Compression = "none"
    encoding: Encoding = "utf-8"
    replaced_bytes: bool = False
    """Whether bytes that the encoding does not have are read as U+FFFD."""
    separator: str = Field(default=",", min_length=1, max_length=1)
    quote: Quote = '"'
    escape: Literal["", "\\"] = ""
    """The character before a quote inside a cell; empty if such a quote is doubled."""
    comment: str = Field(default="", max_length=1)
    """The sign at the beginning of lines that are no data; empty if there are none."""
    header: bool = True
    skipped_lines: int = Field(default=0, ge=0)
    """Lines above the header, such as a title."""
    units_row: bool = False
    """Whether the row below the header has units, and is no data."""
    footer_rows: int = Field(default=0, ge=0)
    """Rows at the end that are no data, such as totals."""
    sheet: str | None = None
    """Of a workbook."""
    keyed: bool = Field(default=False, exclude_if=lambda value: not value)
    """Of a JSON object of objects: whether these are the rows, and their names in it those of rows."""
    missing: tuple[str, ...] = missing_markers.USUAL
    """Texts that stand for a missing value in columns whose format is not known yet."""
    missing_numbers: tuple[str, ...] = missing_markers.AMONG_NUMBERS
    """Further ones in columns of numbers and dates."""
    cells: dict[str, CellFormat] = Field(default_factory=dict)
    """By column: how its texts are written."""

    @property
    def quote_sign(self) -> str:
        """The sign around cells, without a blank."""
        return self.quote.strip()


class EarlierReading(_Settings):
    """All settings by which a file was read, as releases before 0.2 kept them: one number format for the whole file."""

    reader: Literal["intake/1"]
    format: Format = "csv"
    compression: Compression = "none"
    encoding: Encoding = "utf-8"
    separator: str = ","
    quote: Quote = '"'
    decimal: Decimal = "."
    thousands: Thousands = ""
    header: bool = True
    missing: tuple[str, ...] = ("", *(text for text in missing_markers.USUAL if text != "\\N"))
    missing_numbers: tuple[str, ...] = missing_markers.EARLIER_AMONG_NUMBERS
    dates: dict[str, str] = Field(default_factory=dict)
    day_first: bool = True
    texts: tuple[str, ...] = ()


class ColumnCorrections(_Settings):
    """Settings that a person sets for one column."""

    decimal: Decimal | None = None
    thousands: Thousands | None = None
    missing: tuple[str, ...] | None = None
    """All texts that stand for a missing value in the column, between quotes and in typed formats, too; they replace
    the usual ones."""
    first_year: int | None = Field(default=None, ge=1, le=9900)
    """Years of two digits are in the hundred years from here on."""


class Corrections(_Settings):
    """Settings that a person sets; None leaves a setting to what the file shows."""

    format: Format | None = None
    encoding: Encoding | None = None
    separator: str | None = Field(default=None, min_length=1, max_length=1)
    quote: Quote | None = None
    escape: Literal["", "\\"] | None = None
    comment: str | None = Field(default=None, max_length=1)
    decimal: Decimal | None = None
    thousands: Thousands | None = None
    header: bool | None = None
    skipped_lines: int | None = Field(default=None, ge=0)
    units_row: bool | None = None
    footer_rows: int | None = Field(default=None, ge=0)
    sheet: str | None = None
    keyed: bool | None = None
    missing: tuple[str, ...] | None = None
    """All texts that stand for a missing value in any column; they replace the usual ones."""
    dates: dict[str, DatePattern] = Field(default_factory=dict)
    """By column: the format of its dates, as strptime takes it or in letters (`dd/mm/yyyy`, `jj/mm/aaaa`); a cell in
    another format is an error."""
    day_first: bool | None = None
    first_year: int | None = Field(default=None, ge=1, le=9900)
    """Years of two digits are in the hundred years from here on."""
    texts: tuple[str, ...] = ()
    """Columns that are read as text whatever they hold."""
    numbers: tuple[str, ...] = ()
    """Columns that are read as numbers although they may be codes."""
    columns: dict[str, ColumnCorrections] = Field(default_factory=dict)
    """Settings for one column, by its name; they come before those for all columns."""

    def of_column(self, name: str) -> ColumnCorrections:
        """The settings for a column: its own, else those for all columns."""
        general = {field: getattr(self, field) for field in ColumnCorrections.model_fields}
        own = self.columns.get(name, ColumnCorrections()).model_dump(exclude_none=True)
        return ColumnCorrections.model_validate(general | own)

    def given(self) -> dict[str, Any]:
        """The settings that differ from the defaults."""
        return self.model_dump(exclude_defaults=True)


class Reason(StrEnum):
    """Why a setting was chosen. Its sentence, with the facts that it shows, is `decision.{reason}` of the catalogue
    (`tablee/i18n/en/data.toml`)."""

    ASKED = "asked"
    PARQUET_MARK = "parquet_mark"
    ARROW_MARK = "arrow_mark"
    JSON_LINES = "json_lines"
    JSON_DOCUMENT = "json_document"
    JSON_MEMBER = "json_member"
    JSON_COLUMNS = "json_columns"
    JSON_KEYED = "json_keyed"
    JSON_MODEL_NAMES = "json_model_names"
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
    ALIGNED = "aligned"
    """Runs of blanks separate the cells, and single ones stand within them: such a table is not read."""
    EVEN = "even"
    NO_LINE = "no_line"
    ONE_LINE = "one_line"
    MODEL_COLUMNS = "model_columns"
    EMPTY_CELL = "empty_cell"
    WORDS_OVER_VALUES = "words_over_values"
    WORDS_LIKE_OTHERS = "words_like_others"
    YEARS = "years"
    SCALE = "scale"
    VALUES_LIKE_OTHERS = "values_like_others"
    COLUMNS = "columns"
    SEMICOLONS = "semicolons"
    OTHER_NUMBERS = "other_numbers"
    NO_COMMA = "no_comma"
    SAID_OF_ALL = "said_of_all"
    OTHER_THAN_SAID = "other_than_said"
    DOES_NOT_APPLY = "does_not_apply"
    OTHER_DATES = "other_dates"
    COMMAS = "commas"
    NOTHING_TELLS = "nothing_tells"
    OTHER_THAN_MODEL = "other_than_model"
    TWO_DIGIT_YEARS = "two_digit_years"
    CODES = "codes"
    ROUNDED = "rounded"
    EXPONENT_CODES = "exponent_codes"
    ODD_CELLS = "odd_cells"
    MANY_ODD_CELLS = "many_odd_cells"
    TOO_MANY_ODD_CELLS = "too_many_odd_cells"
    PARENTHESES = "parentheses"
    MINUS_BEHIND = "minus_behind"
    INDIAN_GROUPS = "indian_groups"
    MIXED_NUMBERS = "mixed_numbers"
    MIXED_DATES = "mixed_dates"
    MARKER = "marker"
    MARKER_OR_LEVEL = "marker_or_level"
    MARKER_IN_QUOTES = "marker_in_quotes"
    TRIMMED = "trimmed"
    MISSING_CELL = "missing_cell"
    ROW_NUMBERS = "row_numbers"
    COLUMN_NUMBERS = "column_numbers"
    DATES_OVER_NUMBERS = "dates_over_numbers"
    ROW_NAMES = "row_names"
    ESCAPED_QUOTES = "escaped_quotes"
    BACKSLASHES = "backslashes"
    APOSTROPHES = "apostrophes"
    SPACED_QUOTES = "spaced_quotes"
    NO_QUOTES = "no_quotes"
    ABOVE_HEADER = "above_header"
    COMMENT_LINES = "comment_lines"
    TWO_HEADERS = "two_headers"
    UNITS = "units"
    FOOTER = "footer"
    EMPTY_ROWS = "empty_rows"
    REPEATED_HEADERS = "repeated_headers"
    TOTAL = "total"
    MAYBE_TOTAL = "maybe_total"
    NAMES_IN_ORDER = "names_in_order"
    EMPTY_LAST_COLUMN = "empty_last_column"
    EMPTY_COLUMNS = "empty_columns"
    OTHER_ENCODINGS = "other_encodings"
    ITS_LETTERS = "its_letters"
    WORKBOOK = "workbook"
    FIRST_SHEET = "first_sheet"
    ONLY_VISIBLE_SHEET = "only_visible_sheet"
    ERROR_CELLS = "error_cells"
    NUMBERS_AS_TEXT = "numbers_as_text"
    MERGED_CELLS = "merged_cells"
    FORMULAS_ARE_ZERO = "formulas_are_zero"
    SHOWN_WITH_ZEROS = "shown_with_zeros"
    DIFFERENT_UNITS = "different_units"
    DATES_AMONG_OTHERS = "dates_among_others"
    DATES_AS_TEXT = "dates_as_text"
    PANDAS_INDEX = "pandas_index"
    OFFSET = "offset"
    ZONE = "zone"
    SECONDS = "seconds"
    HIDDEN = "hidden"
    HIDDEN_CELLS = "hidden_cells"


class OddText(BaseModel):
    """A text among numbers or dates that is neither one nor missing."""

    model_config = ConfigDict(frozen=True)
    value: str
    count: int
    """The number of its cells."""
    line: int
    """The line of the file, from 1, that the row of its first cell begins on."""


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
    examples: dict[str, str] = {}
    """What a cell (the fact `example`) is with each of the choices."""
    odd: tuple[OddText, ...] = Field(default=(), exclude_if=lambda value: not value)
    """The texts that are missing with another choice, if one question is about many, the most frequent first."""
    sure: bool = True
    """False if another reading fits all rows, and a person should check."""
