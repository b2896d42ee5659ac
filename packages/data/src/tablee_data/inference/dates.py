"""Dates as people write them, and as ISO 8601 texts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

import polars as pl

from tablee.errors import InvalidRequest
from tablee.recipes.texts import MONTHS

_DIGITS = {"%Y": "[0-9]{4}", "%y": "[0-9]{2}", "%d": "[0-9]{1,2}", "%m": "[0-9]{1,2}", "%H": "[0-9]{1,2}"}
_SHAPES = _DIGITS | {
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
FORMATS = (
    *(f"{day}{time}" for day in _ISO for time in _TIMES),
    *(f"%Y-%m-%d{mark}%H:%M:%S%.f{zone}" for mark in "T " for zone in ("Z", "%z")),
    *(f"{day}{time}" for day in (*_DAY_FIRST, *_MONTH_FIRST) for time in _TIMES[:3]),
    *(f"%d{mark}%B{mark}%Y{time}" for mark in " -" for time in _TIMES[:3]),
    *("%B %d, %Y", "%B %d %Y"),
)
"""Those that are looked for. The name of a month is French or English, whole or short: `janvier`, `janv.`, `Jan`."""
FIRST = 20
"""Cells by which most formats are out."""
_NAMED = re.compile(r"([^\W\d_]{3,9})\.?")
_ORDINAL = re.compile(r"(?<=[0-9])(?:er|st|nd|rd|th)\b")
_TOKEN = re.compile(r"%\.f|%[A-Za-z]|.", re.DOTALL)


def shape(form: str) -> str:
    """What a text in a strptime format looks like, as a regular expression.

    :raises InvalidRequest: the format has a directive that is not known here.
    """
    parts = []
    shapes = _SHAPES | {"%d": "[0-9]{1,2}(?:er|st|nd|rd|th)?"} if is_named(form) else _SHAPES  # 1er janvier, July 4th
    for token in _TOKEN.findall(form):
        if token.startswith("%") and token not in shapes:
            known = ", ".join(shapes)
            raise InvalidRequest(f"«{form}»: «{token}» is no part of a date's format; there are {known}")
        parts.append(shapes.get(token) or re.escape(token))
    return f"^{''.join(parts)}$"


def is_named(form: str) -> bool:
    """Whether a format has the names of months."""
    return "%B" in form or "%b" in form


@lru_cache(maxsize=256)
def _matcher(form: str) -> re.Pattern[str]:
    return re.compile(shape(form))


def parse(texts: pl.Series, form: str) -> pl.Series:
    """Texts as ISO 8601: `2024-03-12`, or `2024-03-12T10:00:00` where the format has a time, in UTC where it has a
    zone. Null where a text is no such date. Spaces around it do not matter."""
    return texts.replace_strict(*_translated(texts, form), default=None, return_dtype=pl.String)


def _translated(texts: pl.Series, form: str) -> tuple[pl.Series, pl.Series]:
    """The different texts and what they become; a table has far fewer dates than rows."""
    different = texts.drop_nulls().unique()
    stripped = different.str.strip_chars()
    stripped = stripped.set(~stripped.str.contains(shape(form)), None)
    if is_named(form):
        stripped = pl.Series(
            [None if text is None else _numbered(text) for text in stripped.to_list()], dtype=pl.String
        )
        form = form.replace("%B", "%m").replace("%b", "%m")
    if "%H" not in form and "%I" not in form:
        return different, stripped.str.to_date(form, strict=False).dt.strftime("%Y-%m-%d")
    moments = stripped.str.to_datetime(form, strict=False, time_unit="us")
    if isinstance(moments.dtype, pl.Datetime) and moments.dtype.time_zone is not None:
        moments = moments.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return different, moments.dt.strftime("%Y-%m-%dT%H:%M:%S%.f")


def _numbered(text: str) -> str | None:
    """A text with the number of its month in the place of the name; None if none of its words is one."""
    bare = _ORDINAL.sub("", text)
    for word in _NAMED.finditer(bare):
        if month := MONTHS.get(word[1].lower()):
            return f"{bare[: word.start()]}{month}{bare[word.end() :]}"
    return None


class Candidates:
    """The formats that all cells of a column fit."""

    def __init__(self, formats: Iterable[str] = FORMATS) -> None:
        self.alive = tuple(formats)
        self.seen = 0

    def see(self, texts: pl.Series, markers: Collection[str]) -> None:
        """
        :param markers: texts that do not count.
        """
        if not self.alive:
            return
        if not self.seen:  # most columns hold no dates, which a few cells tell
            few = [text.strip() for text in texts.drop_nulls().head(FIRST).to_list()]
            few = [text for text in few if text not in markers]
            self.alive = tuple(form for form in self.alive if all(_matcher(form).match(text) for text in few))
        if not self.alive:
            return
        cells = texts.drop_nulls().unique().str.strip_chars()
        cells = cells.filter(~cells.is_in(markers))
        self.seen += len(cells)
        if len(cells):
            self.alive = tuple(form for form in self.alive if not parse(cells, form).null_count())

    @property
    def choices(self) -> tuple[str, ...]:
        """The formats left: none, one, or one with the day first and one with the month first."""
        if not self.seen:
            return ()
        day = next((form for form in self.alive if not form.startswith("%m")), None)
        month = next((form for form in self.alive if form.startswith("%m")), None)
        return tuple(form for form in (day, month) if form is not None)


def form_of(texts: pl.Series) -> str | None:
    """The format that all of these texts are written in, the day first where day and month may be either; None if they
    have none."""
    candidates = Candidates()
    candidates.see(texts, ())
    return next(iter(candidates.choices), None)
