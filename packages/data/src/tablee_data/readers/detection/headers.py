"""Whether the first record of a table names its columns, and whether the second has their units."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from tablee.datasets.reading import Decision, Reason
from tablee.tables.cells.missing_markers import OF_NUMBERS
from tablee_data.inference.dates import LOOKS_LIKE_DATE
from tablee_data.inference.numbers import LOOKS_LIKE_NUMBER

_YEAR = re.compile(r"(?:19|20)\d\d")
_DECIMAL = re.compile(r"[+-]?\d*[.,]\d+(?:[eE][+-]?\d+)?")
_WHOLE = re.compile(r"[+-]?\d+")
_MISSING = frozenset(OF_NUMBERS)
LEAST_SCALE = 3
"""Numbers in a line that may be a scale."""
_UNIT = re.compile(
    r"""[\[(]?\s*(?:
        [kmcdµμnMGTh]?(?:g|m|l|L|s|W|Wh|V|A|Hz|Pa|J|N|B|bit|bps|t|mol|cd|K|Bq|Sv|Gy|eq|VA|VAr|F|Ω|ohm)[²³23]?
        |k?m\s?[²³23]|ha|m3|m2|°\s?[CFK]?|°|deg|degrees?|deg\s?C|%|‰|pct|percent|ppm|ppb|pH
        |€|\$|£|¥|[kM]€|[kM]\$|EUR|USD|GBP|CHF|JPY|euros?|dollars?|k?EUR
        |min|h|hr|hrs|hours?|heures?|jours?|days?|d|ans?|years?|yr|mois|months?|sec|seconds?|minutes?
        |mm|cm|km|in|ft|mi|lb|lbs|oz|bar|mbar|hPa|atm|psi|mmHg|bpm|rpm|dB|dBA|cal|kcal
        |nb|nombre|number|count|units?|unités?|pers\.?|personnes?|sans\ unité|[-–]
        |text|texte|string|str|date|datetime|id|code|name|nom|libellé|yyyy-mm-dd|aaaa-mm-jj|jj/mm/aaaa
    )(?:\s?[/.·*]\s?[A-Za-zµμ°%€$²³]+[-−]?[²³\d]?|[-−]\d|\^[-−]?\d)*\s*[\])]?""",
    re.VERBOSE,
)
"""A unit, or a word that stands for none in a row of units."""
_RULE = re.compile(r":?[-=]{2,}:?|:-:?|-:")
"""A cell of a line below the header, as SQL tools and Markdown draw it."""
_IMPORT_ID = '{"ImportId":'
"""How the cells of the second row below the header begin in exports of surveys (Qualtrics)."""
_WIDTH = re.compile(r"\d+[sdn]")
"""The width and type of a column, as the files of hydrologists (RDB) have it."""


def has_header(records: Sequence[Sequence[str]]) -> tuple[bool, Reason, bool]:
    """Whether the first record is a header, the reason, and whether that is sure.

    It is one if its cells are words and a column below holds numbers or dates, or if nothing tells. It is not if a cell
    is a number or a date as those below, unless a word is above values or all values are years; nor if a cell stands
    for a missing value and no word is above values. Dates above numbers, and 0, 1, 2 above words or behind an empty
    cell, are names, too.
    """
    if not records:
        return True, Reason.NO_LINE, True
    first, rest = [cell.strip() for cell in records[0]], records[1:]
    if not rest:
        return True, Reason.ONE_LINE, False
    again = [cell.strip('\ufeff"') for cell in first]  # it may be repeated between the rows, behind a byte order mark
    rest = [record for record in rest if [cell.strip('\ufeff" ') for cell in record] != again] or rest
    if (scale := _is_scale(first, rest)) is not None:
        return scale, Reason.SCALE if scale else Reason.VALUES_LIKE_OTHERS, False
    below = _values_below(rest, len(first))
    values = [are_values([cell]) for cell in first]
    marked = any(cell in _MISSING for cell in first)
    told = zip(first, values, below, strict=True)
    words = [under and bool(cell) and not value and cell not in _MISSING for cell, value, under in told]
    alike = [cell for cell, value, under in zip(first, values, below, strict=True) if value and under]
    decimals = any(_DECIMAL.fullmatch(cell) for cell in alike)
    if any(words):
        if decimals and len(alike) >= sum(words):
            return False, Reason.VALUES_LIKE_OTHERS, False
        return True, Reason.WORDS_OVER_VALUES, not decimals and not marked
    if alike and all(_YEAR.fullmatch(cell) for cell in alike) and not marked:
        return True, Reason.YEARS, False
    if any(values) and not marked and _are_years(first, rest):
        return True, Reason.YEARS, False
    if any(values) and not marked and (named := _are_names(first, rest)) is not None:
        return named
    if any(values):
        certain = all(value or not cell or cell in _MISSING for cell, value in zip(first, values, strict=True))
        return False, Reason.VALUES_LIKE_OTHERS, certain or len(set(first)) < len(first)
    if marked:
        return False, Reason.MISSING_CELL, False
    if not first[0] and _counts([record[0] for record in rest if record]):
        return True, Reason.ROW_NUMBERS, True
    filled = [any(cell.strip() for cell in column) for column in _columns(rest, len(first))]
    if any(under and not cell for cell, under in zip(first, filled, strict=True)):
        return True, Reason.EMPTY_CELL, False
    return True, Reason.WORDS_LIKE_OTHERS, False


def _is_scale(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool | None:
    """Whether the first record has numbers that rise or fall, such as the wavelengths of spectra, which name columns:
    they are far from all numbers below, or go up in even steps as no other row does. False if they may be such, None
    if they are not."""
    places = [at for at, cell in enumerate(first) if _number(cell) is not None]
    names = _numbers(first, places)
    if len(names) < LEAST_SCALE or not any(_DECIMAL.fullmatch(first[at]) for at in places) or not _is_ordered(names):
        return None
    rows = [numbers for row in rest if (numbers := _numbers(row, places))]
    values = [value for row in rows for value in row]
    if not values:
        return None
    gap = max(min(names) - max(values), min(values) - max(names))
    if gap > max(values) - min(values):
        return True
    if len(names) == LEAST_SCALE:
        return None
    return (_is_even(names) and not any(map(_is_even, rows))) or (None if any(map(_is_ordered, rows)) else False)


def _number(cell: str) -> float | None:
    """The number in a cell without thousands separators; None if there is none."""
    return float(cell.replace(",", ".")) if _DECIMAL.fullmatch(cell) or _WHOLE.fullmatch(cell) else None


def _numbers(record: Sequence[str], places: Sequence[int]) -> list[float]:
    """The numbers in some cells."""
    found = [_number(record[at].strip()) for at in places if at < len(record)]
    return [number for number in found if number is not None]


def _is_even(numbers: Sequence[float]) -> bool:
    """Whether numbers go up or down in steps that differ by at most a hundredth."""
    steps = _steps(numbers)
    return len(steps) > 1 and max(steps) - min(steps) <= 0.01 * max(map(abs, steps))


def _is_ordered(numbers: Sequence[float]) -> bool:
    """Whether numbers rise or fall from one to the next."""
    steps = _steps(numbers)
    return all(step > 0 for step in steps) or all(step < 0 for step in steps)


def _steps(numbers: Sequence[float]) -> list[float]:
    return [after - before for before, after in pairwise(numbers)]


def _are_years(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Whether the first record has words and at least two years one after the other, and no year is below these."""
    columns = _columns(rest, len(first))
    years = [(int(cell), column) for cell, column in zip(first, columns, strict=True) if _YEAR.fullmatch(cell)]
    others = [cell for cell in first if not _YEAR.fullmatch(cell)]
    return (
        len(years) > 1
        and any(others)
        and not any(are_values([cell]) for cell in others)
        and all(abs(after - before) == 1 for (before, _), (after, _) in pairwise(years))
        and not any(_YEAR.fullmatch(cell.strip()) for _, column in years for cell in column)
    )


def _are_names(first: Sequence[str], rest: Sequence[Sequence[str]]) -> tuple[bool, Reason, bool] | None:
    """What `has_header` says of a first record with values that may be names; None if they are as those below."""
    columns = _columns(rest, len(first))
    if _counts([cell for cell in first if cell]) and len(first) > 1 and all(first[1:]):
        if not first[0] and _counts([cell.strip() for cell in columns[0]]):
            return True, Reason.ROW_NUMBERS, True
        if not first[0] and all(cell.strip() and not are_values([cell]) for cell in columns[0]):
            return True, Reason.COLUMN_NUMBERS, False
        if first[0] and not any(map(are_values, columns)):
            return True, Reason.COLUMN_NUMBERS, False
        if (
            len(first) > 2
            and first[0]
            and any(_DECIMAL.fullmatch(cell.strip()) for column in columns for cell in column)
        ):
            return False, Reason.VALUES_LIKE_OTHERS, False
    dates = [column for cell, column in zip(first, columns, strict=True) if LOOKS_LIKE_DATE.fullmatch(cell)]
    others = [cell for cell in first if are_values([cell]) and not LOOKS_LIKE_DATE.fullmatch(cell)]
    if dates and not others and all(_are_numbers(column) for column in dates):
        return True, Reason.DATES_OVER_NUMBERS, False
    return None


def _counts(cells: Sequence[str]) -> bool:
    """Whether the cells are 0, 1, 2 or 1, 2, 3 and so on."""
    start = cells[0] if cells else ""
    return start in ("0", "1") and all(cell == str(int(start) + at) for at, cell in enumerate(cells))


def _columns(records: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    """The cells of each column; a record may be too short."""
    return [[record[at] for record in records if at < len(record)] for at in range(width)]


def _values_below(records: Sequence[Sequence[str]], width: int) -> list[bool]:
    """Of each column: whether it holds numbers or dates."""
    return [are_values(column) for column in _columns(records, width)]


def all_values(records: Sequence[Sequence[str]], width: int) -> bool:
    """Whether all columns hold numbers or dates."""
    return all(_values_below(records, width))


def are_values(cells: Sequence[str]) -> bool:
    """Whether all cells look like numbers or dates; missing ones do not count, but one must be there."""
    present = [cell.strip() for cell in cells if cell.strip() and cell.strip() not in _MISSING]
    return bool(present) and all(
        LOOKS_LIKE_NUMBER.fullmatch(cell) or LOOKS_LIKE_DATE.fullmatch(cell) for cell in present
    )


def _are_numbers(cells: Sequence[str]) -> bool:
    """Whether all cells look like numbers, and not like dates; missing ones do not count, but one must be there."""
    return are_values(cells) and not any(LOOKS_LIKE_DATE.fullmatch(cell.strip()) for cell in cells)


def is_words_row(records: Sequence[Sequence[str]]) -> bool:
    """Whether all cells of the first record are words, and there are values below some."""
    if len(records) < 2:
        return False
    first, rest = [cell.strip() for cell in records[0]], records[1:]
    if not all(first) or any(cell in _MISSING or are_values([cell]) for cell in first):
        return False
    return any(_values_below(rest, len(first)))


def has_units_row(records: Sequence[Sequence[str]]) -> list[str]:
    """The cells of the row below the header if they are units of numbers or other marks, else none."""
    if len(records) < 3 or len(records[1]) != len(records[0]):
        return []
    cells = [cell.strip() for cell in records[1]]
    inner = [cell for at, cell in enumerate(cells) if cell or 0 < at < len(cells) - 1]  # separators may be outside
    if (inner and all(map(_RULE.fullmatch, inner))) or all(map(_WIDTH.fullmatch, cells)):
        return cells
    below = _values_below(records[2:], len(cells))
    over = [cell for cell, under in zip(cells, below, strict=True) if under]
    named = [cell for cell in over if cell and cell not in ("-", "–")]
    if not named or any(are_values([cell]) for cell in over if cell):
        return []
    others = [cell for cell, under in zip(cells, below, strict=True) if not under and cell]
    known = all(_UNIT.fullmatch(cell) for cell in named)
    return cells if known and all(_UNIT.fullmatch(cell) for cell in others) else []


def is_import_ids(record: Sequence[str]) -> bool:
    """Whether a record is the second one below the header of a survey (Qualtrics); questions are in the first one."""
    return all(cell.replace(" ", "").startswith(_IMPORT_ID) for cell in record) and len(record) > 0


def units_height(below: Sequence[Sequence[str]]) -> int:
    """The number of rows of units, at most two.

    :param below: the first rows below the header, of which the first one has units.
    """
    return 2 if len(below) > 2 and (is_import_ids(below[1]) or is_marks(below[1], below[2])) else 1


def units_rows(records: Sequence[Sequence[str]]) -> list[str]:
    """The cells of the rows below the header that are units or other marks: none, one row or two."""
    if len(records) > 3 and is_import_ids(records[2]):
        return [cell.strip() for cell in (*records[1], *records[2])]
    if len(records) > 3 and is_marks(records[2], records[3]):
        first, second = records[1], records[2]
        if has_units_row([records[0], first, *records[3:]]) or is_marks(first, records[3]):
            return [cell.strip() for cell in (*first, *second)]
    return has_units_row(records)


def units_decision(cells: list[str], *, sure: bool) -> Decision:
    """That the row below the header has units.

    :param cells: of that row.
    """
    shown = ", ".join(cell.strip() for cell in cells if cell.strip())[:200]
    return Decision(
        field="units_row", chosen="yes", reason=Reason.UNITS, facts={"cells": shown}, alternatives=("no",), sure=sure
    )


def is_named(records: Sequence[Sequence[str]]) -> bool:
    """Whether the first record is a header: all of its cells are words, and there are values below its units."""
    width = len(records[0]) if records else 0
    rows = len(units_rows(records)) // max(width, 1)
    return is_words_row([*records[:1], *records[1 + rows :]])


def is_marks(record: Sequence[str], row: Sequence[str]) -> bool:
    """Whether a record has words above numbers or dates of a row, and nothing else."""
    if len(record) != len(row) or any(are_values([cell]) for cell in record):
        return False
    filled = [(cell.strip(), under) for cell, under in zip(record, row, strict=True) if cell.strip()]
    return all(are_values([under]) for _, under in filled) and any(cell not in _MISSING for cell, _ in filled)
