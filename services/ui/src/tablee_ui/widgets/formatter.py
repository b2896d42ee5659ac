"""Figures of the pages: numbers, and numbers in cells and fields, dates, spans of time, sizes."""

from __future__ import annotations

import math
import re
from datetime import datetime, tzinfo
from typing import Final

from tablee.i18n.numbers import Numbers

_MONTHS: Final = {
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_SIZES: Final = {"fr": ("octets", "ko", "Mo", "Go"), "en": ("bytes", "kB", "MB", "GB")}


class Figures(Numbers):
    """The figures of one language, `fr` or `en`."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self._months, self._sizes = _MONTHS[language], _SIZES[language]

    def plain(self, value: float | str | None, missing: str = "", *, digits: int = 6) -> str:
        """A cell of a table: texts as they are, numbers without a mark between thousands; `digits` significant ones,
        or with 0 as many as it takes to read the same number back."""
        if value is None:
            return missing
        if isinstance(value, str):
            return value
        if float(value).is_integer() and abs(value) < 1e15:
            return f"{value:.0f}"
        return (f"{value:.{digits}g}" if digits else repr(float(value))).replace(".", self._decimal)

    def read(self, text: str) -> float | None:
        """A number as people type it; None for an empty text.

        The decimal mark may be a comma or a point in every language. Marks between thousands are those of the
        language: spaces, and in English commas before three digits.

        :raises ValueError: it is no finite number; the text is its message.
        """
        typed = re.sub(r"[\s\u00a0\u202f]", "", text).replace("−", "-")
        if not typed:
            return None
        if self._thousands == "," and re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", typed):
            typed = typed.replace(",", "")
        if not re.fullmatch(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", typed):
            raise ValueError(text)
        value = float(typed.replace(",", "."))
        if not math.isfinite(value):
            raise ValueError(text)
        return value

    def date(self, moment: datetime, zone: tzinfo | None = None) -> str:
        """Day and minute in a time zone (the moment's own by default)."""
        local = moment.astimezone(zone) if zone else moment
        return f"{local.day} {self._months[local.month - 1]} {local.year}, {local:%H:%M}"

    def duration(self, seconds: float) -> str:
        """A span of time: `0.4 s`, `42 s`, `3 min 05 s`, `1 h 20 min`."""
        if seconds < 10 and seconds != round(seconds):
            return f"{self.number(seconds, 1)}\u00a0s"
        minutes, rest = divmod(round(seconds), 60)
        if minutes == 0:
            return f"{rest}\u00a0s"
        if minutes < 60:
            return f"{minutes}\u00a0min {rest:02d}\u00a0s" if rest else f"{minutes}\u00a0min"
        hours, minutes = divmod(minutes, 60)
        return f"{hours}\u00a0h {minutes:02d}\u00a0min" if minutes else f"{hours}\u00a0h"

    def size(self, count: int) -> str:
        """A number of bytes, in steps of 1024."""
        value, step = float(count), 0
        while value >= 1024 and step < len(self._sizes) - 1:
            value, step = value / 1024, step + 1
        return f"{self.number(value, 0 if step == 0 or value >= 100 else 1)}\u00a0{self._sizes[step]}"
