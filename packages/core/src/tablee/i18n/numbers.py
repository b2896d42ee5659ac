"""Numbers and shares as people of a language write them.

French after the Imprimerie nationale and CLDR: decimal comma, narrow no-break space between thousands and before %.
"""

from __future__ import annotations

import math
from typing import Final

_MARKS: Final = {"fr": (",", "\u202f", "\u202f%"), "en": (".", ",", "%")}
"""Decimal mark, mark between thousands, percent sign."""


class Numbers:
    """The numbers of one language, `fr` or `en`."""

    def __init__(self, language: str) -> None:
        self._decimal, self._thousands, self._percent = _MARKS[language]

    @property
    def marks(self) -> tuple[str, str]:
        """Decimal mark, and the mark between thousands."""
        return self._decimal, self._thousands

    def number(self, value: float, decimals: int | None = None) -> str:
        """A number; without `decimals`, whole numbers as they are and others with four significant digits."""
        if not math.isfinite(value):
            return str(value)
        fitting = _stripped(f"{value:,.{min(_decimals(value), 8)}f}")
        shown = fitting if decimals is None else f"{value:,.{decimals}f}"
        if not shown.strip("-0.,"):
            shown = shown.lstrip("-")
        return self._written(shown)

    def value(self, value: float) -> str:
        """A number that may be a year or tiny: as `number`, but thousands are marked from 10,000 on, and what is very
        small or large has an exponent."""
        if not math.isfinite(value):
            return str(value)
        if value and not 1e-4 <= abs(value) < 1e15:
            return self._written(f"{value:.3e}")
        decimals = _decimals(value)
        return self._written(_stripped(f"{value:,.{decimals}f}" if abs(value) >= 10_000 else f"{value:.{decimals}f}"))

    def percent(self, share: float, decimals: int = 1) -> str:
        """A share of 1 in percent; never rounded to 0 or 100 when it is neither."""
        edge = 10.0**-decimals
        value = 100 * share
        if 0 < value < edge / 2:
            return f"<\u00a0{self.number(edge, decimals)}{self._percent}"
        if 100 - edge / 2 < value < 100:
            return f">\u00a0{self.number(100 - edge, decimals)}{self._percent}"
        whole = decimals == 0 or value in (0, 100)
        return f"{self.number(value, 0 if whole else decimals)}{self._percent}"

    def share(self, share: float) -> str:
        """As `percent` with one decimal, which is left out where it is 0."""
        written = self.percent(share)
        return written if written[0] in "<>" else f"{self.number(round(100 * share, 1))}{self._percent}"

    def _written(self, shown: str) -> str:
        return shown.translate({ord(","): self._thousands, ord("."): self._decimal})


def _decimals(value: float) -> int:
    """Behind the decimal mark, for four significant digits."""
    return 0 if float(value).is_integer() else max(0, 3 - math.floor(math.log10(abs(value))))


def _stripped(shown: str) -> str:
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
