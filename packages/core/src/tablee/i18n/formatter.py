"""Numbers, shares, dates, durations and sizes as a language writes them, by the CLDR through Babel."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date as calendar_day
from datetime import datetime, tzinfo
from decimal import Decimal
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, Literal

from tablee.i18n.catalogue import Language

if TYPE_CHECKING:
    from babel import Locale

_UNITS: Final = ("digital-byte", "digital-kilobyte", "digital-megabyte", "digital-gigabyte")
_NBSP: Final = "\u00a0"
_LARGE: Final = 1e15
"""From here on not every whole number is a double: digits would pretend to an exactness that is not there."""


class Formatter:
    """The numbers of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    @cached_property
    def _locale(self) -> Locale:
        from babel import Locale  # reads the language's data, which a process that says nothing need not do

        return Locale.parse(self.language)

    @cached_property
    def marks(self) -> tuple[str, str]:
        """Decimal mark, and the mark between thousands."""
        symbols = self._locale.number_symbols["latn"]
        return symbols["decimal"], symbols["group"]

    def plural(self, count: float) -> str:
        """The plural category of a number: `one`, `many` or `other`."""
        category: str = self._locale.plural_form(abs(count))
        return category

    def shown(self, value: float, form: str = "") -> str:
        """A number in one of the forms that texts ask for: `number`, `plain`, `share`, `size`, `duration`; `value` if
        the form is empty.

        :raises ValueError: there is no such form.
        """
        if not form:
            return self.value(value)
        forms: dict[str, Callable[[float], str]] = {
            "number": self.number,
            "plain": self.plain,
            "share": self.share,
            "size": lambda count: self.size(int(count)),
            "duration": self.duration,
        }
        if form not in forms:
            raise ValueError(f"a text asks for the form {form} of a number; there are {', '.join(forms)}")
        return forms[form](value)

    def number(self, value: float, decimals: int | None = None) -> str:
        """A number with marks between thousands: `12,345.6`; from 10¹⁵ on with an exponent.

        :param decimals: digits behind the decimal mark; without it four significant digits, whole numbers in full.
        """
        if not math.isfinite(value):
            return str(value)
        if abs(value) >= _LARGE:
            return self._exponent(value)
        digits = min(_decimals(value), 8) if decimals is None else decimals
        return self._decimal(value, digits, fixed=decimals is not None)

    def value(self, value: float) -> str:
        """A number that may be a year or tiny: as `number`, but with marks between thousands from 10,000 on only, and
        with an exponent where it is below 0.0001 or from 10¹⁵ on."""
        if not math.isfinite(value):
            return str(value)
        if value and not 1e-4 <= abs(value) < _LARGE:
            return self._exponent(value)
        return self._decimal(value, _decimals(value), group=abs(value) >= 10_000)

    def plain(self, value: float | str | None, missing: str = "", *, digits: int = 6) -> str:
        """A cell of a table: a text as it is, a number without marks between thousands.

        :param missing: what is shown for None.
        :param digits: significant digits of a number that is not whole; 0 for as many as tell it from all others.
        """
        if value is None:
            return missing
        if isinstance(value, str):
            return value
        if float(value).is_integer() and abs(value) < _LARGE:
            return f"{value:.0f}"
        return (f"{value:.{digits}g}" if digits else repr(float(value))).replace(".", self.marks[0])

    def percent(self, share: float, decimals: int = 1) -> str:
        """A share of 1 in percent. It is never rounded to 0 or 100 when it is neither: `> 99.9%`."""
        edge = 10.0**-decimals
        value = 100 * share
        if 0 < value < edge / 2:
            return f"<{_NBSP}{self.number(edge, decimals)}{self._percent}"
        if 100 - edge / 2 < value < 100:
            return f">{_NBSP}{self.number(100 - edge, decimals)}{self._percent}"
        whole = decimals == 0 or value in (0, 100)
        return f"{self.number(value, 0 if whole else decimals)}{self._percent}"

    def share(self, share: float) -> str:
        """As `percent` with one decimal, which is left out where it is 0."""
        written = self.percent(share)
        return written if written[0] in "<>" else f"{self.number(round(100 * share, 1))}{self._percent}"

    def date(self, moment: datetime, zone: tzinfo | None = None) -> str:
        """Day and minute: `24 Nov 2025, 23:05`.

        :param zone: time zone to show it in; the moment's own by default.
        """
        from babel.dates import format_datetime

        local = moment.astimezone(zone) if zone else moment
        return str(format_datetime(local, "d MMM y, HH:mm", locale=self._locale))

    def day(self, day: calendar_day) -> str:
        """A day: `24 Nov 2025`."""
        from babel.dates import format_date

        return str(format_date(day, "d MMM y", locale=self._locale))

    def duration(self, seconds: float) -> str:
        """A span of time: `0.4 s`, `42 s`, `3 min 05 s`, `1 h 20 min`."""
        if seconds < 10 and seconds != round(seconds):
            return f"{self.number(seconds, 1)}{_NBSP}s"
        minutes, rest = divmod(round(seconds), 60)
        if minutes == 0:
            return f"{rest}{_NBSP}s"
        if minutes < 60:
            return f"{minutes}{_NBSP}min {rest:02d}{_NBSP}s" if rest else f"{minutes}{_NBSP}min"
        hours, minutes = divmod(minutes, 60)
        return f"{hours}{_NBSP}h {minutes:02d}{_NBSP}min" if minutes else f"{hours}{_NBSP}h"

    def size(self, count: int) -> str:
        """A number of bytes, in steps of 1024: `14.9 kB`."""
        from babel.units import format_unit

        value, step = float(count), 0
        while value >= 1024 and step < len(_UNITS) - 1:
            value, step = value / 1024, step + 1
        number = self.number(value, 0 if step == 0 or value >= 100 else 1)
        length: Literal["short", "long"] = "short" if step else "long"
        unit = re.sub(r"^[\d\s]+", "", str(format_unit(round(value), _UNITS[step], length, locale=self._locale)))
        return f"{number}{_NBSP}{unit.removeprefix(self.marks[1])}"

    def read(self, text: str) -> float | None:
        """A number as people type it; None for an empty text.

        The decimal mark may be a comma or a point in every language. Marks between thousands are those of the
        language: spaces, and in English commas before three digits.

        :raises ValueError: it is no finite number; the text is its message.
        """
        typed = re.sub(r"[\s\u00a0\u202f]", "", text).replace("−", "-")
        if not typed:
            return None
        if self.marks[1] == "," and re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", typed):
            typed = typed.replace(",", "")
        if not re.fullmatch(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", typed):
            raise ValueError(text)
        value = float(typed.replace(",", "."))
        if not math.isfinite(value):
            raise ValueError(text)
        return value

    @cached_property
    def _percent(self) -> str:
        """What stands behind a number of percent, with the space that the language wants."""
        from babel.numbers import format_percent

        # A narrow space, as French typography wants it, where the CLDR has a wide one.
        return str(format_percent(0, locale=self._locale)).removeprefix("0").replace(_NBSP, "\u202f")

    def _exponent(self, value: float) -> str:
        return f"{value:.3e}".replace(".", self.marks[0])

    def _decimal(self, value: float, decimals: int, *, fixed: bool = False, group: bool = True) -> str:
        from babel.numbers import format_decimal

        rounded = Decimal(f"{value:.{decimals}f}") + 0  # no minus before a zero
        pattern = "#,##0" + ("." + ("0" if fixed else "#") * decimals if decimals else "")
        written = format_decimal(
            rounded, pattern, locale=self._locale, decimal_quantization=False, group_separator=group
        )
        return str(written)


@cache
def formatter(language: Language) -> Formatter:
    """The one formatter of a language."""
    return Formatter(language)


def _decimals(value: float) -> int:
    """Digits behind the decimal mark for four significant digits."""
    return 0 if float(value).is_integer() else max(0, 3 - math.floor(math.log10(abs(value))))
