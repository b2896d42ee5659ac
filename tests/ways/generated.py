"""Generated contracts, as trainings make them, and rows for them, written in every style that a data set may have."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
from hypothesis import strategies as st
from odd_names import NAMES

from tablee.datasets.generalisation import Generalisation, read_texts
from tablee.datasets.privacy import Bands, Mask, Period, Prefix
from tablee.models.contract import CategoryColumn, Column, Contract, NumberColumn, Target, TextColumn
from tablee.models.problem import ProblemType
from tablee.tables.cells.cell_format import CellFormat, DateFormat, NumberFormat
from ways.written import Row, Written

LEVELS = (
    *("NA", "null", "None", "n/a", "True", "false", "01", "1", "1.0", "-99", "?", "-", "nan", "oui", "é", "😀"),
    *('say "hi"', "with, comma", "a;b", "a\nb", "\\", "'", "%s", "{}", "=1+1", "#", "11/02/2023"),
)
LEADING = (" lead", "trail ", "\u00a0both\u00a0", "  ")
"""Levels of columns whose blanks count."""
MARKERS = ("NA", "null", "None", "n/a", "?", "-", "nan", "n.d.")
NUMERIC_MARKERS = ("-99", "999", "9999", "0")
STYLES = [
    NumberFormat(decimal=decimal, thousands=thousands)
    for decimal, thousands in ((".", ""), (",", ""), (",", "."), (",", " "), (".", ","), (".", "'"), (None, ""))
]
MONTHS = ("janvier", "févr.", "March", "avril", "May", "juin", "juil.", "Aug", "sept.", "octobre", "November", "déc.")
PATTERNS = ("%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%d", "%d.%m.%y", "%m/%d/%y", "%y-%m-%d")
EARLIEST, LATEST = dt.date(1995, 3, 1), dt.date(2024, 11, 30)
FIRST_YEAR = 1930
TARGET = Target(name="y", problem_type=ProblemType.REGRESSION)
MISSING = Written(None, "")


@st.composite
def tables(draw: st.DrawFn) -> tuple[Contract, list[Row]]:
    """A contract, and some rows for it."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    kinds = (numbers, categories, dates, texts, bands, coarse_texts, coarse_dates)
    made = [draw(st.one_of(*(kind(name) for kind in kinds))) for name in names]
    contract = Contract(
        model="m",
        columns=tuple(column for column, _ in made),
        target=TARGET,
        ignored=("y",),
    )
    height = draw(st.integers(1, 6))
    rows = [{column.name: draw(cells) for column, cells in made} for _ in range(height)]
    return contract, rows


Made = tuple[Column, st.SearchStrategy[Written]]


@st.composite
def numbers(draw: st.DrawFn, name: str) -> Made:
    style = draw(st.sampled_from(STYLES))
    markers = draw(some_markers())
    numeric = tuple(draw(st.lists(st.sampled_from(NUMERIC_MARKERS), max_size=2, unique=True)))
    cell_format = CellFormat(number=style, missing=(*markers, *numeric))
    column = NumberColumn(name=name, minimum=-50, maximum=5000, cell_format=cell_format)
    marked = [
        Written(float(marker), text) for marker in numeric for text in (marker, f"{marker}{style.decimal or '.'}0")
    ]
    return column, st.one_of(number(style), missing(markers), *([st.sampled_from(marked)] if marked else []))


@st.composite
def number(draw: st.DrawFn, style: NumberFormat) -> Written:
    whole, rest = draw(st.integers(0, 12_000_000) | st.integers(0, 99)), draw(st.sampled_from(("", "5", "25", "125")))
    sign = draw(st.sampled_from(("", "-")))
    grouped = str(whole)
    if style.thousands and draw(st.booleans()):
        grouped = f"{whole:,}".replace(",", style.thousands)
    if style.decimal is None and len(rest) == 3:
        rest += "0"  # three digits may be thousands
    decimal = style.decimal or draw(st.sampled_from((".", ",")))
    plain = f"{sign}{whole}" + (f".{rest}" if rest else "")
    return Written(float(plain), f"{sign}{grouped}" + (f"{decimal}{rest}" if rest else ""))


@st.composite
def categories(draw: st.DrawFn, name: str) -> Made:
    if draw(st.integers(0, 5)) == 0:
        yes, no = draw(st.sampled_from((("oui", "non"), ("Y", "N"), ("1", "0"))))
        booleans = CategoryColumn(name=name, levels=(no, yes), cell_format=CellFormat(booleans=(yes, no)))
        typed = {yes: (True, yes), no: (False, no)} | (
            {"1": (1, 1.0, True), "0": (0, 0.0, False)} if yes == "1" else {}
        )
        cells = st.sampled_from([Written(value, text) for text in (yes, no) for value in typed[text]])
        return booleans, st.one_of(cells, st.just(MISSING))
    trimmed = draw(st.booleans())
    pool = LEVELS if trimmed else (*LEVELS, *LEADING)
    levels = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=8, unique=True))
    markers = draw(some_markers())
    cell_format = CellFormat(missing=markers, trimmed=trimmed, quoted_missing=draw(st.booleans()))
    column = CategoryColumn(name=name, levels=tuple(sorted(levels)), cell_format=cell_format)
    numbers = [Written(value, str(int(value))) for value in (1, 1.0, -99) if str(int(value)) in levels]
    cells = st.one_of(text(st.sampled_from(pool), markers, trimmed), *([st.sampled_from(numbers)] if numbers else []))
    return column, st.one_of(cells, missing(markers))


@st.composite
def texts(draw: st.DrawFn, name: str) -> Made:
    trimmed, markers = draw(st.booleans()), draw(some_markers())
    cell_format = CellFormat(missing=markers, trimmed=trimmed, quoted_missing=draw(st.booleans()))
    column = TextColumn(name=name, cell_format=cell_format)
    pool = st.sampled_from(LEVELS if trimmed else (*LEVELS, *LEADING))
    numbers = st.sampled_from(
        (Written(7, "7"), Written(0.5, "0.5"), Written(2.0, "2"), Written(10**15, "1" + "0" * 15))
    )
    return column, st.one_of(text(pool, markers, trimmed), numbers, missing(markers))


@st.composite
def text(draw: st.DrawFn, pool: st.SearchStrategy[str], markers: tuple[str, ...], trimmed: bool) -> Written:
    """A text that is not missing: one that reads as a marker stands between quotes."""
    given = draw(pool)
    if given in markers:
        return Written(given, given, quoted=True)
    padded = f" {given} " if trimmed and draw(st.booleans()) else given
    return Written(padded, padded)


@st.composite
def dates(draw: st.DrawFn, name: str) -> Made:
    pattern, markers = draw(st.sampled_from(PATTERNS)), draw(some_markers())
    column = TextColumn(
        name=name,
        reads="date",
        earliest=EARLIEST.isoformat(),
        latest=LATEST.isoformat(),
        cell_format=CellFormat(date=DateFormat(pattern=pattern, first_year=FIRST_YEAR), missing=markers),
    )
    days = st.dates(dt.date(FIRST_YEAR, 1, 1), dt.date(FIRST_YEAR + 99, 12, 31))
    return column, st.one_of(days.flatmap(lambda day: date(day, pattern)), missing(markers))


@st.composite
def date(draw: st.DrawFn, day: dt.date, pattern: str) -> Written:
    """In the column's format, in ISO 8601 or with the name of the month; the same in typed formats."""
    ways = st.sampled_from((day.isoformat(), day.strftime(pattern), f"{day.day} {MONTHS[day.month - 1]} {day.year}"))
    return Written(draw(ways), draw(ways))


@st.composite
def bands(draw: st.DrawFn, name: str) -> Made:
    """Numbers of which training saw the bands."""
    column, cells = draw(numbers(name))
    width, start = draw(st.sampled_from((10.0, 0.1, 0.25, 1000.0, 1 / 3))), draw(st.sampled_from((0.0, 5.0)))
    generalisation = Generalisation(action=Bands(column=name, width=width, start=start), original=column.cell_format)
    return column.model_copy(update={"generalisation": generalisation}), cells


@st.composite
def coarse_texts(draw: st.DrawFn, name: str) -> Made:
    """Texts or numbers of which training saw the first or the last characters."""
    markers, trimmed = draw(some_markers()), draw(st.booleans())
    action: Prefix | Mask = draw(
        st.sampled_from(
            (
                Prefix(column=name, length=2),
                Prefix(column=name, length=2, digits=5),
                Prefix(column=name, length=1),
                Mask(column=name, keep_last=1),
            )
        )
    )
    if draw(st.booleans()):
        style = draw(st.sampled_from(STYLES))
        original = CellFormat(missing=markers, number=style)
        cells = number(style).map(lambda cell: Written(cell.text, cell.text))
    else:
        original = CellFormat(missing=markers, trimmed=trimmed)
        pool = (*LEVELS, "75011", "1000", "Lyon", "le Mans")
        cells = text(st.sampled_from(pool if trimmed else (*pool, *LEADING)), markers, trimmed)
    known = draw(st.lists(cells.map(lambda cell: cell.text), max_size=12))
    coarse = read_texts(pl.Series(known, dtype=pl.String), Generalisation(action=action, original=original), ())
    return _coarse(draw, name, Generalisation(action=action, original=original), coarse, cells, markers)


@st.composite
def coarse_dates(draw: st.DrawFn, name: str) -> Made:
    """Dates of which training saw the month or the year."""
    pattern, markers = draw(st.sampled_from(PATTERNS)), draw(some_markers())
    original = CellFormat(missing=markers, date=DateFormat(pattern=pattern, first_year=FIRST_YEAR))
    action: Period = draw(st.sampled_from((Period(column=name, to="month"), Period(column=name, to="year"))))
    days = st.dates(dt.date(FIRST_YEAR, 1, 1), dt.date(FIRST_YEAR + 99, 12, 31))
    cells = days.flatmap(lambda day: date(day, pattern))
    known = draw(st.lists(cells.map(lambda cell: cell.text), max_size=12))
    coarse = read_texts(pl.Series(known, dtype=pl.String), Generalisation(action=action, original=original), ())
    return _coarse(draw, name, Generalisation(action=action, original=original), coarse, cells, markers)


def _coarse(
    draw: st.DrawFn,
    name: str,
    generalisation: Generalisation,
    coarse: pl.Series,
    cells: st.SearchStrategy[Written],
    markers: tuple[str, ...],
) -> Made:
    levels = sorted({level for level in coarse.to_list() if level and level not in markers})
    fields: dict[str, Any] = {
        "name": name,
        "cell_format": CellFormat(missing=markers),
        "generalisation": generalisation,
    }
    column = CategoryColumn(levels=tuple(levels), **fields) if draw(st.booleans()) else TextColumn(**fields)
    known = st.sampled_from(levels).map(lambda level: Written(level, level)) if levels else st.nothing()
    return column, st.one_of(cells, known, missing(markers))


def some_markers() -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(MARKERS), max_size=4, unique=True).map(tuple)


def missing(markers: tuple[str, ...]) -> st.SearchStrategy[Written]:
    return st.sampled_from([MISSING, *(Written(None, marker) for marker in markers)])


def shown(block: Any) -> dict[str, Any]:
    """What is compared of a block."""
    return {
        "columns": {name: list(values) for name, values in block.columns.items()},
        "warned": {code.value: count for code, count in sorted(block.warned.items()) if count},
        "rows": block.rows,
    }
