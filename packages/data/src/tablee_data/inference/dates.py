"""Date formats, in the notation of strptime: which of them the texts of a column fit, and dates as ISO 8601 texts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

import polars as pl

from tablee.errors import InvalidRequest
from tablee.recipes.parsing.dates import MONTHS

_DIGITS = {"%Y": "[0-9]{4}", "%y": "[0-9]{2}", "%d": "[0-9]{1,2}", "%m": "[0-9]{1,2}", "%H": "[0-9]{1,2}"}
_PATTERNS = _DIGITS | {
    "%M": "[0-9]{2}",
    "%S": "[0-9]{2}",
    "%.f": r"(?:\.[0-9]{1,9})?",
    "%z": "(?:[+-][0-9]{2}:?[0-9]{2})",
    "%b": r"[^\W\d_]{3,9}\.?",
    "%B": r"[^\W\d_]{3,9}\.?",
    "%p": "[aApP][mM]",
    "%I": "[0-9]{1,2}",
}
_TIMES = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S%.f", " %H:%M:%S%.f")
_DAY_FIRST = tuple(f"%d{mark}%m{mark}{year}" for mark in "/-." for year in ("%Y", "%y"))
_MONTH_FIRST = tuple(f"%m{mark}%d{mark}{year}" for mark in "/-." for year in ("%Y", "%y"))
_ISO = ("%Y-%m-%d", "%Y/%m/%d")
DATE_FORMATS = (
    *(f"{day}{time}" for day in _ISO for time in _TIMES),
    *(f"%Y-%m-%d{mark}%H:%M:%S%.f{zone}" for mark in "T " for zone in ("Z", "%z")),
    *(f"{day}{time}" for day in (*_DAY_FIRST, *_MONTH_FIRST) for time in _TIMES[:3]),
    *(f"%d{mark}%B{mark}%Y{time}" for mark in " -" for time in _TIMES[:3]),
    *("%B %d, %Y", "%B %d %Y"),
)
"""All formats that are inferred. Names of months are French or English, whole or short: `janvier`, `janv.`, `Jan`."""
FIRST = 20
"""The first cells, which exclude most formats."""
LOOKS_LIKE_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?")
"""Matches a date in any format without names of months, and some texts that are none, such as 99/99/9."""
ISO = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?)?")
"""Matches what `parse` gives."""
_NAMED = re.compile(r"([^\W\d_]{3,9})\.?")
_ORDINAL = re.compile(r"(?<=[0-9])(?:er|st|nd|rd|th)\b")
_TOKEN = re.compile(r"%\.f|%[A-Za-z]|.", re.DOTALL)


def pattern(date_format: str) -> str:
    """A regular expression of the texts in a date format.

    :raises InvalidRequest: the format has a directive that is not supported.
    """
    parts, patterns = [], _PATTERNS
    if is_named(date_format):  # 1er janvier, July 4th
        patterns = _PATTERNS | {"%d": "[0-9]{1,2}(?:er|st|nd|rd|th)?"}
    for token in _TOKEN.findall(date_format):
        if token.startswith("%") and token not in patterns:
            raise InvalidRequest("unknown_date_directive", format=date_format, token=token, known=list(patterns))
        parts.append(patterns.get(token) or re.escape(token))
    return f"^{''.join(parts)}$"


def is_named(date_format: str) -> bool:
    """Whether a format has names of months."""
    return "%B" in date_format or "%b" in date_format


@lru_cache(maxsize=256)
def _matcher(date_format: str) -> re.Pattern[str]:
    return re.compile(pattern(date_format))


def parse(texts: pl.Series, date_format: str) -> pl.Series:
    """Texts as ISO 8601: `2024-03-12`, or `2024-03-12T10:00:00` if the format has a time, in UTC if it has a zone.
    Null where a text is not a date in this format. Spaces around a date are allowed."""
    return texts.replace_strict(*_translated(texts, date_format), default=None, return_dtype=pl.String)


def _translated(texts: pl.Series, date_format: str) -> tuple[pl.Series, pl.Series]:
    """The distinct texts and their ISO dates; most tables have far fewer dates than rows."""
    different = texts.drop_nulls().unique()
    stripped = different.str.strip_chars()
    stripped = stripped.set(~stripped.str.contains(pattern(date_format)), None)
    if is_named(date_format):
        stripped = pl.Series(
            [None if text is None else _numbered(text) for text in stripped.to_list()], dtype=pl.String
        )
        date_format = date_format.replace("%B", "%m").replace("%b", "%m")
    if "%H" not in date_format and "%I" not in date_format:
        return different, stripped.str.to_date(date_format, strict=False).dt.strftime("%Y-%m-%d")
    moments = stripped.str.to_datetime(date_format, strict=False, time_unit="us")
    if isinstance(moments.dtype, pl.Datetime) and moments.dtype.time_zone is not None:
        moments = moments.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return different, moments.dt.strftime("%Y-%m-%dT%H:%M:%S%.f")


def _numbered(text: str) -> str | None:
    """A text with the month's number instead of its name; None if no word is the name of a month."""
    bare = _ORDINAL.sub("", text)
    for word in _NAMED.finditer(bare):
        if month := MONTHS.get(word[1].lower()):
            return f"{bare[: word.start()]}{month}{bare[word.end() :]}"
    return None


class DateFormatInference:
    """The date formats that all cells of a column fit; each block of cells may exclude some."""

    def __init__(self, formats: Iterable[str] = DATE_FORMATS) -> None:
        self.formats = tuple(formats)
        """Those that are left."""
        self.seen = 0
        """Distinct cells that were looked at, without missing ones, added up over the blocks."""

    def update(self, texts: pl.Series, markers: Collection[str]) -> None:
        """Look at the next cells.

        :param markers: texts that stand for a missing date.
        """
        if not self.formats:
            return
        if not self.seen:  # most columns hold no dates, and a few cells show that
            few = [text.strip() for text in texts.drop_nulls().head(FIRST).to_list()]
            few = [text for text in few if text not in markers]
            self.formats = tuple(
                date_format for date_format in self.formats if all(_matcher(date_format).match(text) for text in few)
            )
        if not self.formats:
            return
        cells = texts.drop_nulls().unique().str.strip_chars()
        cells = cells.filter(~cells.is_in(markers))
        self.seen += len(cells)
        if len(cells):
            self.formats = tuple(
                date_format for date_format in self.formats if not parse(cells, date_format).null_count()
            )

    @property
    def choices(self) -> tuple[str, ...]:
        """None, one, or two of the formats that are left: one with the day first and one with the month first."""
        if not self.seen:
            return ()
        day = next((date_format for date_format in self.formats if not date_format.startswith("%m")), None)
        month = next((date_format for date_format in self.formats if date_format.startswith("%m")), None)
        return tuple(date_format for date_format in (day, month) if date_format is not None)


def common_format(texts: pl.Series) -> str | None:
    """The format that all of the texts fit, or None; with the day first if both orders of day and month fit."""
    inference = DateFormatInference()
    inference.update(texts, ())
    return next(iter(inference.choices), None)
