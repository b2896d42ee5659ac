"""Texts as numbers, in a number format: a decimal sign and a thousands separator."""

from __future__ import annotations

import polars as pl

from tablee.tables.cells.cell_format import Decimal, NumberFormat, Thousands

PLAIN = NumberFormat()
"""A decimal point and no thousands separator, as in JSON."""
UNDECIDED = NumberFormat(decimal=None)
"""Of a column whose cells have neither a decimal sign nor a thousands separator."""
NUMBER_FORMATS = (
    *(NumberFormat(decimal=".", thousands=between) for between in ("", " ", ",", "'")),
    *(NumberFormat(decimal=",", thousands=between) for between in ("", " ", ".", "'")),
)
"""All formats that are inferred; those without thousands separators first."""
_SPACES = r"[ \x{00A0}\x{202F}\x{2009}]"
_MINUS = "\u2212\u2013"
"""The sign of minus, and the dash that stands for it."""
_LIKE_THOUSANDS = r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$"
_BETWEEN: dict[Thousands, str] = {" ": _SPACES, ".": r"\.", ",": ",", "'": "['\u2019]"}


def parse(texts: pl.Series, number_format: NumberFormat = PLAIN) -> pl.Series:
    """Texts as float64, null where a text is not a finite number in this format (1, -2.5, 3e4 in `PLAIN`). Blanks
    around a number and other signs of minus are allowed. With an undecided decimal sign, null also where formats differ
    about a text (1,500)."""
    texts = texts.str.strip_chars()
    if number_format.decimal is None:
        return _parse_undecided(texts, number_format)
    numbers = parse_ungrouped(texts, number_format.decimal)
    if numbers.null_count() > texts.null_count() and any(texts.str.starts_with(sign).any() for sign in _MINUS):
        texts = _with_minus(texts)
        numbers = parse_ungrouped(texts, number_format.decimal)
    if not number_format.thousands:
        return numbers
    rest = numbers.is_null() & texts.is_not_null()
    if not rest.any():
        return numbers
    at = rest.arg_true()
    grouped = texts.gather(at)
    fits = grouped.str.contains(_grouped(number_format))
    bare = grouped.str.replace_all(_BETWEEN[number_format.thousands], "")
    if number_format.decimal == ",":
        bare = bare.str.replace(",", ".", literal=True)
    return numbers.scatter(at, bare.set(~fits, None).cast(pl.Float64, strict=False))


def _with_minus(texts: pl.Series) -> pl.Series:
    """Texts whose minus is that of a keyboard."""
    return texts.str.replace(f"^[{_MINUS}]([0-9.,])", "-$1")


def parse_ungrouped(texts: pl.Series, decimal: Decimal) -> pl.Series:
    """As `parse`, without thousands separators and without blanks around."""
    if decimal == ",":
        pointed = texts.str.contains(".", literal=True)
        if pointed.any():
            texts = texts.set(pointed, None)
        texts = texts.str.replace(",", ".", literal=True)
    numbers = texts.cast(pl.Float64, strict=False)
    finite = numbers.is_finite()
    return numbers if finite.all() else numbers.set(~finite, None)


def parse_known(texts: pl.Series, number_format: NumberFormat) -> pl.Series:
    """As `parse`, but a number in the format `PLAIN`, such as 1234.5, is read, too, if it can mean nothing else: not
    where the point separates thousands, and not if exactly three digits follow it (1.500) while a comma is the decimal
    sign."""
    numbers = parse(texts, number_format)
    if number_format.decimal != "," or number_format.thousands == ".":
        return numbers
    at = (numbers.is_null() & texts.is_not_null()).arg_true()
    if not len(at):
        return numbers
    rest = _with_minus(texts.gather(at).str.strip_chars())
    return numbers.scatter(at, parse_ungrouped(rest.set(rest.str.contains(_LIKE_THOUSANDS), None), "."))


def formats_of(number_format: NumberFormat) -> tuple[NumberFormat, ...]:
    """The formats that numbers may have: this one, or with an undecided decimal sign all that it does not exclude."""
    if number_format.decimal is not None:
        return (number_format,)
    between = number_format.thousands
    return tuple(each for each in NUMBER_FORMATS if not between or each.thousands == between)


def _parse_undecided(texts: pl.Series, number_format: NumberFormat) -> pl.Series:
    """The numbers about which all formats agree that read a text.

    :param texts: without blanks around.
    """
    numbers = parse_ungrouped(texts, ".")
    at = (texts.is_not_null() & (numbers.is_null() | texts.str.contains(_LIKE_THOUSANDS))).arg_true()
    if not len(at):
        return numbers
    rest = texts.gather(at)
    readings = pl.DataFrame([parse(rest, each).alias(str(each)) for each in formats_of(number_format)])
    lowest, highest = readings.min_horizontal(), readings.max_horizontal()
    return numbers.scatter(at, lowest.set((lowest != highest).fill_null(False), None))


def _grouped(number_format: NumberFormat) -> str:
    """A regular expression of a number with thousands separators."""
    between = _BETWEEN[number_format.thousands]
    point = r"\." if number_format.decimal == "." else ","
    return rf"^[+-]?[1-9][0-9]{{0,2}}(?:{between}[0-9]{{3}})+(?:{point}[0-9]+)?$"
