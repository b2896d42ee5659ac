"""Texts as dates and times in ISO 8601, in a date format."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import polars as pl

from tablee.errors import InvalidRequest
from tablee.tables.cells.cell_format import DateFormat
from tablee.tables.cells.months import MONTHS, WEEKDAYS

PATTERNS: Final = {
    "%Y": "[0-9]{4}",
    "%y": "[0-9]{2}",
    "%d": "[0-9]{1,2}",
    "%m": "[0-9]{1,2}",
    "%H": "[0-9]{1,2}",
    "%M": "[0-9]{2}",
    "%S": "[0-9]{2}",
    "%.f": r"(?:\.[0-9]{1,9})?",
    "%z": "(?:[+-][0-9]{2}(?::?[0-9]{2})?|Z)",
    "%b": r"[^\W\d_]{3,9}\.?",
    "%B": r"[^\W\d_]{3,9}\.?",
    "%p": "[aApP][mM]",
    "%I": "[0-9]{1,2}",
}
"""By directive of strptime: a regular expression of what stands in its place."""
ISO_FORMATS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%.f")
"""The formats of what `parse` gives."""
_WRITTEN_ISO = (
    *ISO_FORMATS,
    *("%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M%z"),
)
"""Ways of writing ISO 8601 that are read whatever the format of a column is."""
ISO = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?)?")
"""Matches what `parse` gives."""
_NANOSECONDS: Final = r"\.([0-9]{6}(?:[1-9]|0[1-9]|00[1-9])[0-9]*)"
"""Matches a fraction of a second that is no whole number of microseconds."""
_WEEKDAY: Final = r"(?:(?P<weekday>[^\W\d_]{3,9})\.?,? +)?"
_DAY: Final = "(?P<day>[0-9]{1,2})(?:er|st|nd|rd|th)?"
_MONTH: Final = r"(?P<month>[^\W\d_]{3,9})\.?"
_YEAR: Final = "(?P<year>[0-9]{4})"
_NAMED_DATES: Final = (
    re.compile(f"{_WEEKDAY}{_DAY}[ .-]*{_MONTH}[ -]*{_YEAR}"),
    re.compile(f"{_WEEKDAY}{_MONTH} +{_DAY},? +{_YEAR}"),
)
"""Match dates with the name of a month: the day before it or behind."""
_NAMED = re.compile(r"([^\W\d_]{3,9})\.?")
_ORDINAL = re.compile(r"(?<=[0-9])(?:er|st|nd|rd|th)\b")
TOKEN = re.compile(r"%\.f|%[A-Za-z]|.", re.DOTALL)
"""Matches a directive or another character of a date format."""


def regular_expression(pattern: str) -> str:
    """A regular expression of the texts in a date format.

    :param pattern: in the notation of strptime.
    :raises InvalidRequest: the format has a directive that is not supported.
    """
    return f"^{_expression(pattern)}$"


def is_named(pattern: str) -> bool:
    """Whether a format has names of months."""
    return "%B" in pattern or "%b" in pattern


def parse(texts: pl.Series, date_format: DateFormat | str) -> pl.Series:
    """Texts as ISO 8601: `2024-03-12`, or `2024-03-12T10:00:00` if the format has a time, in UTC if it has a zone.
    Null where a text is not a date in this format. Blanks around a date are allowed."""
    if isinstance(date_format, str):
        date_format = DateFormat(pattern=date_format)
    return texts.replace_strict(*_translated(texts, date_format), default=None, return_dtype=pl.String)


def parse_known(texts: pl.Series, date_format: DateFormat | None) -> pl.Series:
    """As `parse`, but two other ways of writing are read, too, as they can mean one date only: ISO 8601, and the name
    of a month with a year of four digits (`3 mars 2024`, `Tuesday, March 3, 2024`).

    :param date_format: None for these alone.
    """
    found = pl.Series(texts.name, [None], pl.String).new_from_index(0, len(texts))
    if date_format is not None:
        found = parse(texts, date_format)
    if found.null_count() == texts.null_count():
        return found
    rest = texts.filter(found.is_null()).drop_nulls().unique()
    iso = parse(rest, _WRITTEN_ISO[0])
    for pattern in _WRITTEN_ISO[1:]:
        if not iso.null_count():
            break
        iso = iso.fill_null(parse(rest, pattern))
    if iso.null_count():
        iso = iso.fill_null(pl.Series([_named_date(text) for text in rest.to_list()], dtype=pl.String))
    if iso.null_count() == len(iso):
        return found
    return found.fill_null(texts.replace_strict(rest, iso, default=None, return_dtype=pl.String))


def _named_date(text: str) -> str | None:
    """A date with the name of its month as ISO 8601; None for another text."""
    found = next((found for each in _NAMED_DATES if (found := each.fullmatch(text.strip()))), None)
    if found is None or (found["weekday"] and found["weekday"].lower() not in WEEKDAYS):
        return None
    month = MONTHS.get(found["month"].lower())
    try:
        return None if month is None else date(int(found["year"]), month, int(found["day"])).isoformat()
    except ValueError:
        return None


def _expression(pattern: str) -> str:
    parts, patterns = [], PATTERNS
    if is_named(pattern):  # 1er janvier, July 4th
        patterns = PATTERNS | {"%d": "[0-9]{1,2}(?:er|st|nd|rd|th)?"}
    for token in TOKEN.findall(pattern):
        if token.startswith("%") and token not in patterns:
            raise InvalidRequest("unknown_date_directive", format=pattern, token=token, known=list(patterns))
        parts.append(patterns.get(token) or re.escape(token))
    return "".join(parts)


def _translated(texts: pl.Series, date_format: DateFormat) -> tuple[pl.Series, pl.Series]:
    """The distinct texts and their ISO dates; most tables have far fewer dates than rows."""
    pattern = date_format.pattern
    different = texts.drop_nulls().unique()
    stripped = different.str.strip_chars()
    stripped = stripped.set(~stripped.str.contains(regular_expression(pattern)), None)
    if "%y" in pattern:
        stripped, pattern = _with_century(stripped, pattern, date_format.first_year)
    if is_named(pattern):
        stripped = pl.Series(
            [None if text is None else _numbered(text) for text in stripped.to_list()], dtype=pl.String
        )
        pattern = pattern.replace("%B", "|%m|").replace("%b", "|%m|")
    if "%z" in pattern:  # polars reads neither Z nor +01
        stripped = stripped.str.replace("Z$", "+00:00").str.replace("([+-][0-9]{2})$", "${1}:00")
    if "%H" not in pattern and "%I" not in pattern:
        return different, stripped.str.to_date(pattern, strict=False).dt.strftime("%Y-%m-%d")
    moments = stripped.str.to_datetime(pattern, strict=False, time_unit="us")
    if isinstance(moments.dtype, pl.Datetime) and moments.dtype.time_zone is not None:
        moments = moments.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    written = moments.dt.strftime("%Y-%m-%dT%H:%M:%S%.f")
    if "%.f" not in pattern:
        return different, written
    fractions = stripped.str.extract(_NANOSECONDS)  # polars would cut them to microseconds
    if fractions.null_count() == len(fractions):
        return different, written
    exact = moments.dt.strftime("%Y-%m-%dT%H:%M:%S.") + fractions.str.pad_end(9, "0")
    return different, exact.fill_null(written)


def _with_century(texts: pl.Series, pattern: str, first_year: int) -> tuple[pl.Series, str]:
    """The texts with years of four digits, and the pattern for these."""
    before, _, behind = pattern.partition("%y")
    groups = f"^({_expression(before)})([0-9]{{2}})({_expression(behind)})$"
    parts = texts.str.extract_groups(groups).struct.unnest()
    year = parts["2"].cast(pl.Int64)
    full = (first_year + (year - first_year % 100) % 100).cast(pl.String).str.zfill(4)
    return parts["1"] + full + parts["3"], f"{before}%Y{behind}"


def _numbered(text: str) -> str | None:
    """A text with the month's number between bars instead of its name; None if no word is the name of a month."""
    bare = _ORDINAL.sub("", text)
    for word in _NAMED.finditer(bare):
        if month := MONTHS.get(word[1].lower()):
            return f"{bare[: word.start()]}|{month}|{bare[word.end() :]}"
    return None
