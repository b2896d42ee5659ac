"""Numbers as people write them: decimal comma or point, and what stands between thousands."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import polars as pl

from tablee.datasets.reading import Decimal, Thousands

_SPACES = r"[ \x{00A0}\x{202F}\x{2009}]"
_BETWEEN: dict[Thousands, str] = {" ": _SPACES, ".": r"\.", ",": ",", "'": "['\u2019]"}
_CODE = r"^[+-]?0[0-9]|^\+[0-9]{8,}$"
"""A leading zero, or a plus before so many digits, belongs to a code: a post code, a telephone number."""
_DIGITS = r"^[+-]?[0-9]+$"
EXACT = 2.0**53
"""From here on float64 does not hold every whole number."""


@dataclass(frozen=True, slots=True)
class Style:
    """One way of writing numbers."""

    decimal: Decimal
    thousands: Thousands = ""

    @property
    def grouped(self) -> str:
        """What a number with thousands apart looks like."""
        between = _BETWEEN[self.thousands]
        point = r"\." if self.decimal == "." else ","
        return rf"^[+-]?[1-9][0-9]{{0,2}}(?:{between}[0-9]{{3}})+(?:{point}[0-9]+)?$"


STYLES = (
    *(Style(".", between) for between in ("", " ", ",", "'")),
    *(Style(",", between) for between in ("", " ", ".", "'")),
)
"""All of them; plain ones first."""


def parse(texts: pl.Series, style: Style) -> pl.Series:
    """Texts as float64, null where a text is no finite number in this style. Spaces around it do not matter."""
    texts = texts.str.strip_chars()
    numbers = _bare(texts, style.decimal)
    if not style.thousands:
        return numbers
    rest = numbers.is_null() & texts.is_not_null()
    if not rest.any():
        return numbers
    at = rest.arg_true()
    grouped = texts.gather(at)
    fits = grouped.str.contains(style.grouped)
    bare = grouped.str.replace_all(_BETWEEN[style.thousands], "")
    if style.decimal == ",":
        bare = bare.str.replace(",", ".", literal=True)
    return numbers.scatter(at, bare.set(~fits, None).cast(pl.Float64, strict=False))


def _bare(texts: pl.Series, decimal: Decimal) -> pl.Series:
    """The same without thousands, and without spaces around."""
    if decimal == ",":
        pointed = texts.str.contains(".", literal=True)
        if pointed.any():
            texts = texts.set(pointed, None)
        texts = texts.str.replace(",", ".", literal=True)
    numbers = texts.cast(pl.Float64, strict=False)
    finite = numbers.is_finite()
    return numbers if finite.all() else numbers.set(~finite, None)


def _all_fit(texts: pl.Series, style: Style) -> bool:
    few = texts.head(50)  # which mostly is enough to tell
    return not parse(few, style).null_count() and (len(few) == len(texts) or not parse(texts, style).null_count())


def are_codes(texts: pl.Series, numbers: pl.Series) -> bool:
    """Whether some of the texts, though numbers, would not come back from float64 as they were written."""
    suspects = texts.str.starts_with("0") | texts.str.starts_with("+") | texts.str.starts_with("-0")
    if suspects.any() and texts.filter(suspects).str.contains(_CODE).any():
        return True
    low, high = numbers.min(), numbers.max()
    if low is None or max(-float(low), float(high)) < EXACT:  # type: ignore[arg-type]  # numbers
        return False
    large = numbers.abs() >= EXACT
    return bool(texts.filter(large.fill_null(False)).str.contains(_DIGITS).any())


class Candidates:
    """The styles that all cells of a column fit, block by block fewer of them."""

    def __init__(self, styles: Iterable[Style] = STYLES) -> None:
        self.alive = tuple(styles)
        self.seen = 0
        self.codes = False
        """Some cells are codes: the column is no number column, but tells how numbers look."""
        self.plain = True
        """Every cell is a number without more ado: no thousands, no spaces, no missing marker of numbers only."""

    def see(self, texts: pl.Series, markers: Collection[str]) -> None:
        """
        :param markers: texts that do not count.
        """
        if not self.alive or texts.null_count() == len(texts) or self._plainly(texts):
            return
        cells = texts.drop_nulls().str.strip_chars()
        cells = cells.filter(~cells.is_in(markers))
        unmarked = len(cells) == len(texts) - texts.null_count()
        self.seen += len(cells)
        kept: list[Style] = []
        without_thousands = False
        for decimal in self.decimals:
            numbers = _bare(cells, decimal)
            rest = cells.filter(numbers.is_null())
            grouped = [style for style in self.alive if style.decimal == decimal]
            kept += [style for style in grouped if not len(rest) or _all_fit(rest, style)]
            self.codes = self.codes or are_codes(cells, numbers)
            without_thousands |= not len(rest)
        self.alive = tuple(kept)
        self.plain &= unmarked and without_thousands

    def _plainly(self, texts: pl.Series) -> bool:
        """Whether all cells are numbers by themselves, which is quickly seen."""
        decimals = self.decimals
        numbers = _bare(texts, decimals[0])
        if numbers.null_count() != texts.null_count():
            return False
        if len(decimals) > 1 and texts.str.contains(".", literal=True).any():
            return False
        self.seen += len(texts) - texts.null_count()
        self.codes = self.codes or are_codes(texts, numbers)
        return True

    def fits(self, style: Style) -> bool:
        return bool(self.seen) and style in self.alive and not self.codes

    @property
    def decimals(self) -> tuple[Decimal, ...]:
        """The decimal signs that would do, a point first."""
        return tuple(dict.fromkeys(style.decimal for style in self.alive))
