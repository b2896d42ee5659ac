"""Which number formats the texts of a column fit, and whether they can mean several numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

import polars as pl

from tablee.tables.cells.cell_format import Decimal, NumberFormat
from tablee.tables.cells.exact_numbers import CENTS_LIMIT, EXACT_LIMIT
from tablee.tables.cells.numbers import NUMBER_FORMATS, parse, parse_ungrouped
from tablee_data.inference.odd_cells import MOSTLY, OddCells
from tablee_data.inference.texts import bare_cells

LOOKS_LIKE_NUMBER = re.compile(r"[+\u2212\u2013-]?(?:\d[\d\s.,'’]*|[.,]\d+)(?:[eE][+-]?\d+)?")
"""Matches a number in any format, and some texts that are none, such as 1.2.3."""
LIKE_NUMBER = r"^\(?[+\u2212\u2013-]?[\d.,'’\s]*\d[\d.,'’\s]*\)? ?-?$"
"""Matches a number in any format, in parentheses, or with a minus behind, and some texts that are none."""
_CODE = r"^[+-]?0[0-9]|^\+[0-9]{8,}$"
"""A leading zero, or a plus before 8 or more digits, belongs to a code, such as a post code or a telephone number."""
_ZERO_EXPONENT = r"^0[eE][0-9]"
"""Zero times a power of ten is zero: nobody writes that number so."""
_EXPONENT_CODE = r"^(?:0|[1-9][0-9]*)[eE][0-9]+$"
"""A number such as 1E5; programs write it 1e+05, 100000.0 or 1.0E5. It may be a code, such as that of a plate."""
_WITH_EXPONENT = re.compile(r"[eE]")
_BETWEEN_THOUSANDS = re.compile(r"[^0-9+-]")
FIRST = 100
"""The first cells, which tell most columns of texts."""
_SIGNS = (".", ",", " ", "'")
"""Signs by which texts differ in meaning from format to format."""
LEVELS: Final = 3
"""More different first cells that are no numbers are levels of a column of texts."""
FEW_LEVELS: Final = 5
"""Fewer different whole numbers may be levels."""


class NumberFormatInference:
    """The number formats that the cells of a column fit; each block of cells may exclude some. A few cells that fit
    none do not exclude all (`odd`)."""

    def __init__(self, formats: Iterable[NumberFormat] = NUMBER_FORMATS) -> None:
        self.formats = tuple(formats)
        """Those that are left."""
        self.seen = 0
        """Cells that were looked at, without missing ones."""
        self.codes: str | None = None
        """The first cell that shows that the numbers are codes, whose column is read as texts."""
        self.plain = True
        """Every cell is a number without thousands separators and blanks around, or missing in any column."""
        self.odd = OddCells()
        """Cells that are numbers in none of the formats that are left."""
        self._exponent: str | None = None
        self._real = False
        self._different: set[str] = set()
        self._asked_decimals = len(self.decimals)
        self._examples: dict[str, str] = {}

    def update(
        self, texts: pl.Series, markers: Collection[str], line_of: Callable[[int], int] = lambda row: row + 1
    ) -> None:
        """Look at the next cells.

        :param markers: texts that stand for a missing number.
        :param line_of: the line of the file that a row of the cells begins on.
        """
        if not self.formats or texts.null_count() == len(texts):
            return
        few = texts.drop_nulls().head(FIRST).str.strip_chars()
        if not self.seen and self._are_words(few, markers):
            self._reject(texts, few.filter(~few.is_in([*markers])), line_of)
        if not self.formats or self._all_plain(texts):
            return
        cells = bare_cells(texts, markers)
        present = cells.drop_nulls()
        unmarked = len(present) == len(texts) - texts.null_count()
        if self._all_plain(present):
            self.plain &= unmarked
            return
        misfits = self._misfits(present)
        fewest = min(misfits.values(), key=len)
        if len(fewest) and not self.odd.add(cells, fewest, self.seen, line_of):
            fitting = max(parse(present, each).count() for each in self.formats)
            self.odd.too_many = fitting >= MOSTLY * len(present)
            self.formats = ()
            return
        self.seen += len(present) - len(fewest)
        if len(fewest):
            present = present.filter(~present.is_in(fewest.implode()))
            misfits = self._misfits(present)
        self.formats = tuple(each for each, cells in misfits.items() if not len(cells))
        if not self.formats:
            return
        numbers = [parse_ungrouped(present, decimal) for decimal in self.decimals]
        ungrouped = any(not each.null_count() for each in numbers)
        self._note(present, parse(present, self.formats[0]) if numbers[0].null_count() else numbers[0])
        self.plain &= unmarked and ungrouped and not len(fewest)

    def _are_words(self, few: pl.Series, markers: Collection[str]) -> bool:
        """Whether the first cells show that the column is one of texts: most are, and need no more."""
        different = few.filter(~few.is_in([*markers])).unique()
        misfits = (parse(different, each).null_count() for each in self.formats)
        return all(odd > (OddCells.MAX_DISTINCT if odd < len(different) else LEVELS) for odd in misfits)

    def _reject(self, texts: pl.Series, few: pl.Series, line_of: Callable[[int], int]) -> None:
        """Take a column for one of texts, and keep the first cell that shows it if all cells look like numbers."""
        if few.str.contains(LIKE_NUMBER).all():
            wrong = min((few.filter(parse(few, each).is_null()) for each in self.formats), key=len)
            self.odd.note(texts.str.strip_chars(), wrong[0], line_of)
        self.formats = ()

    def _misfits(self, cells: pl.Series) -> dict[NumberFormat, pl.Series]:
        """The cells that are not numbers in a format, or some of them, by the formats that are left."""
        found: dict[NumberFormat, pl.Series] = {}
        for decimal in self.decimals:
            rest = cells.filter(parse_ungrouped(cells, decimal).is_null())
            if not len(rest):
                found |= dict.fromkeys((each for each in self.formats if each.decimal == decimal), rest)
                continue
            few = rest.head(50)  # mostly enough to reject a format
            for each in (each for each in self.formats if each.decimal == decimal):
                wrong = few.filter(parse(few, each).is_null())
                if wrong.n_unique() <= OddCells.MAX_DISTINCT and len(rest) > len(few):
                    wrong = rest.filter(parse(rest, each).is_null())
                found[each] = wrong
        return found

    def _all_plain(self, texts: pl.Series) -> bool:
        """Whether all cells are plain numbers that exclude no format; then they are counted. This is the fast way."""
        decimals = self.decimals
        numbers = parse_ungrouped(texts, decimals[0])
        if numbers.null_count() != texts.null_count():
            return False
        if len(decimals) > 1 and texts.str.contains(".", literal=True).any():
            return False
        self.seen += len(texts) - texts.null_count()
        self._note(texts, numbers)
        return True

    def _note(self, texts: pl.Series, numbers: pl.Series) -> None:
        """Keep what tells numbers from codes, and examples of cells that may have several meanings.

        :param numbers: the same texts, parsed.
        """
        self.codes = self.codes or _code(texts, numbers, self.formats[0])
        self._real = self._real or _has_real(numbers)
        if len(self._different) < FEW_LEVELS:
            self._different.update(texts.drop_nulls().head(FIRST).unique())
        if not self._real:
            powers = texts.filter(
                (texts.str.contains("e", literal=True) | texts.str.contains("E", literal=True)).fill_null(False)
            )
            codes = powers.filter(powers.str.contains(_EXPONENT_CODE))
            self._real = len(codes) < len(powers)
            self._exponent = self._exponent or next(iter(codes), None)
        if len(self.formats) > 1:
            for sign in (each for each in _SIGNS if each not in self._examples):
                found = texts.filter(texts.str.contains(sign, literal=True).fill_null(False)).head(1)
                if len(found):
                    self._examples[sign] = found[0]

    @property
    def exponent(self) -> str | None:
        """The first cell such as 1E5, if all cells are written like that or with digits alone."""
        has_sign = len(self.decimals) < self._asked_decimals or all(each.thousands for each in self.formats)
        return None if self._real or has_sign else self._exponent

    @property
    def is_measured(self) -> bool:
        """Whether the numbers cannot be a few levels such as 1, 2, 3."""
        return self._real or bool(self._examples) or len(self._different) >= FEW_LEVELS

    @property
    def is_number(self) -> bool:
        """Whether the column holds numbers."""
        return bool(self.seen) and bool(self.formats) and not self.codes and not self.odd.texts

    @property
    def readings(self) -> dict[NumberFormat, dict[str, float]]:
        """As `readings_in`, of the formats that are left."""
        return self.readings_in(self.formats)

    def readings_in(self, formats: Sequence[NumberFormat]) -> dict[NumberFormat, dict[str, float]]:
        """Those of some formats that differ in meaning, with their readings of some cells; one format if all read the
        cells alike.

        :param formats: of those that are left.
        """
        if not self._examples and formats:
            return {formats[0]: {}}
        return dict(_readings(tuple(formats), tuple(dict.fromkeys(self._examples.values()))))

    @property
    def decimals(self) -> tuple[Decimal, ...]:
        """The decimal signs of the formats that are left, a point first."""
        return tuple(dict.fromkeys(each.decimal for each in self.formats if each.decimal is not None))


@lru_cache(maxsize=1024)  # asked for after each block, and mostly the same
def _readings(formats: tuple[NumberFormat, ...], examples: tuple[str, ...]) -> Mapping[NumberFormat, dict[str, float]]:
    """The formats that differ in meaning, with their readings of the examples."""
    texts = pl.Series(examples, dtype=pl.String)
    found: dict[tuple[float, ...], NumberFormat] = {}
    for each in formats:
        found.setdefault(tuple(parse(texts, each)), each)
    return {each: dict(zip(examples, values, strict=True)) for values, each in found.items()}


def _has_real(numbers: pl.Series) -> bool:
    """Whether a number is below 0 or has decimals, as no code such as 1E5 has."""
    low = numbers.min()
    return (low is not None and float(low) < 0) or bool((numbers != numbers.round()).any())  # type: ignore[arg-type]


def _code(texts: pl.Series, numbers: pl.Series, number_format: NumberFormat) -> str | None:
    """A text whose number float64 would change: a leading zero or plus would be lost, or some of the digits of a
    large number.

    :param number_format: in which the texts are the numbers.
    """
    suspects = texts.str.starts_with("0") | texts.str.starts_with("+") | texts.str.starts_with("-0")
    if suspects.any():
        few = texts.filter(suspects.fill_null(False))
        for text in few.filter(few.str.contains(_CODE) | few.str.contains(_ZERO_EXPONENT)).head(1):
            return str(text)
    low, high = numbers.min(), numbers.max()
    if low is None or max(-float(low), float(high)) < CENTS_LIMIT:  # type: ignore[arg-type]  # numbers
        return None
    at = (numbers.abs() >= CENTS_LIMIT).fill_null(False)
    large = zip(texts.filter(at), numbers.filter(at), strict=True)
    return next((text for text, number in large if _is_changed(text, number, number_format.decimal or ".")), None)


def _is_changed(text: str, number: float, decimal: Decimal) -> bool:
    """Whether float64 has other digits (1234567890123456.79), or may have lost some of a code of 2^53 or more."""
    if _WITH_EXPONENT.search(text):
        return False
    whole, _, decimals = text.partition(decimal)
    if not decimals:
        return abs(number) >= EXACT_LIMIT
    digits = f"{_BETWEEN_THOUSANDS.sub('', whole)}.{decimals}"
    return digits.removeprefix("+") != f"{number:.{len(decimals)}f}"
