"""Numbers as people write them: decimal comma or point, and what stands between thousands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from tablee.reading import Decimal, Thousands

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
    plain = texts
    if style.decimal == ",":
        plain = texts.set(texts.str.contains(".", literal=True), None).str.replace(",", ".", literal=True)
    numbers = plain.cast(pl.Float64, strict=False)
    numbers = numbers.set(~numbers.is_finite(), None)
    if not style.thousands:
        return numbers
    rest = numbers.is_null() & texts.is_not_null()
    if style.decimal == "." and style.thousands == " ":
        rest = rest & ~texts.str.contains(",", literal=True)
    if not rest.any():
        return numbers
    at = rest.arg_true()
    grouped = texts.gather(at)
    fits = grouped.str.contains(style.grouped)
    bare = grouped.str.replace_all(_BETWEEN[style.thousands], "")
    if style.decimal == ",":
        bare = bare.str.replace(",", ".", literal=True)
    return numbers.scatter(at, bare.set(~fits, None).cast(pl.Float64, strict=False))


def are_codes(texts: pl.Series, numbers: pl.Series) -> bool:
    """Whether some of the texts, though numbers, would not come back from float64 as they were written."""
    texts = texts.str.strip_chars()
    suspects = texts.str.starts_with("0") | texts.str.starts_with("+") | texts.str.starts_with("-0")
    if suspects.any() and texts.filter(suspects).str.contains(_CODE).any():
        return True
    large = numbers.abs() >= EXACT
    return bool(large.any()) and bool(texts.filter(large.fill_null(False)).str.contains(_DIGITS).any())


class Candidates:
    """The styles that all cells of a column fit, cell by cell fewer of them."""

    def __init__(self, styles: Iterable[Style] = STYLES) -> None:
        self.alive = tuple(styles)
        self.seen = 0
        self.codes = False
        """Some cells are codes: the column is no number column, but tells how numbers look."""
        self.plain = True
        """Every cell is a number without more ado: no thousands, no missing marker of numbers only."""

    def see(self, cells: pl.Series, plain: bool) -> None:
        """
        :param cells: without missing ones.
        :param plain: whether no missing marker was taken away.
        """
        self.plain &= plain
        if not self.alive or not len(cells):
            return
        self.seen += len(cells)
        numbers = cells.str.strip_chars().cast(pl.Float64, strict=False)
        if numbers.is_finite().all() and not numbers.null_count():
            self.codes = self.codes or are_codes(cells, numbers)
            if not cells.str.contains(".", literal=True).any():  # whole numbers are the same in every style
                return
        kept = []
        for style in self.alive:
            parsed = parse(cells, style)
            if parsed.null_count():
                continue
            self.codes = self.codes or are_codes(cells, parsed)
            kept.append(style)
        self.alive = tuple(kept)

    def fits(self, style: Style) -> bool:
        return bool(self.seen) and style in self.alive and not self.codes

    @property
    def bare(self) -> set[Decimal]:
        """The decimal signs that would do."""
        return {style.decimal for style in self.alive}
