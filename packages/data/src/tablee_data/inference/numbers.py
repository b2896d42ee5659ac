"""Number formats: the decimal sign and the thousands separator, and which of them the texts of a column fit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import polars as pl

from tablee.datasets.reading import Decimal, Thousands
from tablee.tables.cells import EXACT_LIMIT

_SPACES = r"[ \x{00A0}\x{202F}\x{2009}]"
_BETWEEN: dict[Thousands, str] = {" ": _SPACES, ".": r"\.", ",": ",", "'": "['\u2019]"}
_CODE = r"^[+-]?0[0-9]|^\+[0-9]{8,}$"
"""A leading zero, or a plus before 8 or more digits, belongs to a code, such as a post code or a telephone number."""
_DIGITS = r"^[+-]?[0-9]+$"
LOOKS_LIKE_NUMBER = re.compile(r"[+-]?(?:\d[\d\s.,'’]*|[.,]\d+)(?:[eE][+-]?\d+)?")
"""Matches a number in any format, and some texts that are none, such as 1.2.3."""


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """One way of writing numbers."""

    decimal: Decimal
    thousands: Thousands = ""

    @property
    def grouped(self) -> str:
        """A regular expression of a number with thousands separators."""
        between = _BETWEEN[self.thousands]
        point = r"\." if self.decimal == "." else ","
        return rf"^[+-]?[1-9][0-9]{{0,2}}(?:{between}[0-9]{{3}})+(?:{point}[0-9]+)?$"


NUMBER_FORMATS = (
    *(NumberFormat(".", between) for between in ("", " ", ",", "'")),
    *(NumberFormat(",", between) for between in ("", " ", ".", "'")),
)
"""All formats that are inferred; those without thousands separators first."""


def parse(texts: pl.Series, number_format: NumberFormat) -> pl.Series:
    """Texts as float64, null where a text is not a finite number in this format. Spaces around a number are allowed."""
    texts = texts.str.strip_chars()
    numbers = _parse_ungrouped(texts, number_format.decimal)
    if not number_format.thousands:
        return numbers
    rest = numbers.is_null() & texts.is_not_null()
    if not rest.any():
        return numbers
    at = rest.arg_true()
    grouped = texts.gather(at)
    fits = grouped.str.contains(number_format.grouped)
    bare = grouped.str.replace_all(_BETWEEN[number_format.thousands], "")
    if number_format.decimal == ",":
        bare = bare.str.replace(",", ".", literal=True)
    return numbers.scatter(at, bare.set(~fits, None).cast(pl.Float64, strict=False))


def _parse_ungrouped(texts: pl.Series, decimal: Decimal) -> pl.Series:
    """As `parse`, without thousands separators and without spaces around."""
    if decimal == ",":
        pointed = texts.str.contains(".", literal=True)
        if pointed.any():
            texts = texts.set(pointed, None)
        texts = texts.str.replace(",", ".", literal=True)
    numbers = texts.cast(pl.Float64, strict=False)
    finite = numbers.is_finite()
    return numbers if finite.all() else numbers.set(~finite, None)


def _all_fit(texts: pl.Series, number_format: NumberFormat) -> bool:
    few = texts.head(50)  # mostly enough to reject a format
    if parse(few, number_format).null_count():
        return False
    return len(few) == len(texts) or not parse(texts, number_format).null_count()


def are_codes(texts: pl.Series, numbers: pl.Series) -> bool:
    """Whether some of the texts are numbers that float64 would change: a leading zero or plus would be lost, or the
    whole number is 2^53 or more.

    :param numbers: the same texts, parsed.
    """
    suspects = texts.str.starts_with("0") | texts.str.starts_with("+") | texts.str.starts_with("-0")
    if suspects.any() and texts.filter(suspects).str.contains(_CODE).any():
        return True
    low, high = numbers.min(), numbers.max()
    if low is None or max(-float(low), float(high)) < EXACT_LIMIT:  # type: ignore[arg-type]  # numbers
        return False
    large = numbers.abs() >= EXACT_LIMIT
    return bool(texts.filter(large.fill_null(False)).str.contains(_DIGITS).any())


class NumberFormatInference:
    """The number formats that all cells of a column fit; each block of cells may exclude some."""

    def __init__(self, formats: Iterable[NumberFormat] = NUMBER_FORMATS) -> None:
        self.formats = tuple(formats)
        """Those that are left."""
        self.seen = 0
        """Cells that were looked at, without missing ones."""
        self.codes = False
        """Some cells are codes: the column is of texts, but it shows which number formats the file has."""
        self.plain = True
        """Every cell is a number without thousands separators and spaces around, or missing in any column."""

    def update(self, texts: pl.Series, markers: Collection[str]) -> None:
        """Look at the next cells.

        :param markers: texts that stand for a missing number.
        """
        if not self.formats or texts.null_count() == len(texts) or self._all_plain(texts):
            return
        cells = texts.drop_nulls().str.strip_chars()
        cells = cells.filter(~cells.is_in(markers))
        unmarked = len(cells) == len(texts) - texts.null_count()
        self.seen += len(cells)
        kept: list[NumberFormat] = []
        ungrouped = False
        for decimal in self.decimals:
            numbers = _parse_ungrouped(cells, decimal)
            rest = cells.filter(numbers.is_null())
            formats = [each for each in self.formats if each.decimal == decimal]
            kept += [each for each in formats if not len(rest) or _all_fit(rest, each)]
            self.codes = self.codes or are_codes(cells, numbers)
            ungrouped |= not len(rest)
        self.formats = tuple(kept)
        self.plain &= unmarked and ungrouped

    def _all_plain(self, texts: pl.Series) -> bool:
        """Whether all cells are plain numbers that exclude no format; then they are counted. This is the fast way."""
        decimals = self.decimals
        numbers = _parse_ungrouped(texts, decimals[0])
        if numbers.null_count() != texts.null_count():
            return False
        if len(decimals) > 1 and texts.str.contains(".", literal=True).any():
            return False
        self.seen += len(texts) - texts.null_count()
        self.codes = self.codes or are_codes(texts, numbers)
        return True

    def fits(self, number_format: NumberFormat) -> bool:
        """Whether the column holds numbers in this format."""
        return bool(self.seen) and number_format in self.formats and not self.codes

    @property
    def decimals(self) -> tuple[Decimal, ...]:
        """The decimal signs of the formats that are left, a point first."""
        return tuple(dict.fromkeys(each.decimal for each in self.formats))
