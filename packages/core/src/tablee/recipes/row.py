"""The steps compiled for one row: plain Python over a list of cells, a few hundred nanoseconds a step.

A column has a place in the list; a step reads places and writes one. `tablee.recipes.frame` says the same of many
rows, and tests hold the two to each other bit for bit.
"""

from __future__ import annotations

import math
import operator
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, assert_never

from tablee.recipes import texts
from tablee.recipes.formula import expression
from tablee.recipes.steps import (
    Bin,
    Cap,
    CleanText,
    DateParts,
    Drop,
    Elapsed,
    Fill,
    Formula,
    Kind,
    Log,
    MissingMarkers,
    ParseDate,
    ParseNumber,
    RareLevels,
    Ratio,
    Step,
)

Cells = list[Any]
Operation = Callable[[Cells], None]
_OF_A_DAY = ("year", "month", "day")
"""Parts that Python's own dates tell, all at once."""
REMEMBERED, LONGEST = 4096, 100
"""Texts whose reading is remembered, and how long such a text may be: days and levels come again and again."""
UNITS = {"days": 86_400.0, "hours": 3_600.0, "minutes": 60.0, "seconds": 1.0}


def compile_step(step: Step, kinds: Mapping[str, Kind], places: Mapping[str, int]) -> list[Operation]:
    """What the step does to a row.

    :param kinds: of the columns before it.
    :param places: of the columns that it reads and writes.
    """
    match step:
        case Elapsed():
            start, end, to = places[step.start], places[step.end], places[step.to]
            return [_two(start, end, to, _elapsed(UNITS[step.unit]))]
        case Ratio():
            return [_two(places[step.numerator], places[step.denominator], places[step.to], ratio)]
        case Formula():
            return [_computed(expression.of_cells(expression.parse(step.expression), places), places[step.to])]
        case Fill():
            return [_filled(places[step.column], places[step.output], step.value)]
        case DateParts():
            source, since = places[step.column], step.since
            named = [(places[step.named(part)], part) for part in step.parts]
            parts = [_one(source, to, part_of(part, since)) for to, part in named if part not in _OF_A_DAY]
            of_a_day = [(to, operator.attrgetter(part)) for to, part in named if part in _OF_A_DAY]
            return [*parts, _day(source, of_a_day)] if of_a_day else parts
        case Drop():
            return []
        case _:
            return [_one(places[step.column], places[step.output], quick(step, kinds[step.column]))]


def quick(
    step: CleanText | MissingMarkers | ParseNumber | ParseDate | RareLevels | Cap | Log | Bin, kind: Kind
) -> Callable[[Any], Any]:
    """The rule of a step, which remembers short texts where the same ones are likely to come again."""
    read = rule(step, kind)
    if not isinstance(step, CleanText | ParseDate):
        return read
    remembered = lru_cache(REMEMBERED)(read)
    return lambda text: remembered(text) if len(text) <= LONGEST else read(text)


def rule(
    step: CleanText | MissingMarkers | ParseNumber | ParseDate | RareLevels | Cap | Log | Bin, kind: Kind
) -> Callable[[Any], Any]:
    """What a step makes of a value that is there."""
    match step:
        case CleanText():
            return texts.clean(step)
        case MissingMarkers():
            return texts.missing(step) if kind == "text" else _unless(frozenset(step.numbers))
        case ParseNumber():
            return texts.number(step)
        case ParseDate():
            return texts.seconds(step)
        case RareLevels():
            levels = {level: level for level in step.levels or ()}
            return lambda text: levels.get(text, step.other)
        case Cap():
            return _capped(step.low, step.high)
        case Log():
            return _logarithm(step.offset)
        case Bin():
            edges, labels = step.edges or (), step.labels
            return lambda value: labels[bisect_right(edges, value)]
        case _:
            assert_never(step)


def part_of(part: str, since: date) -> Callable[[int], float]:
    """A part of a date given in seconds."""
    day, first = texts.DAY, texts.FIRST_DAY
    if part == "hour":
        return lambda seconds: float(seconds % day // 3600)
    if part == "weekday":
        return lambda seconds: float((seconds // day + 3) % 7 + 1)
    if part == "days":
        origin = (since.toordinal() - first) * day
        return lambda seconds: days(seconds - origin)
    if part == "quarter":
        return lambda seconds: float((date.fromordinal(seconds // day + first).month + 2) // 3)
    if part == "day_of_year":
        return lambda seconds: float(date.fromordinal(seconds // day + first).timetuple().tm_yday)
    raise AssertionError(part)


def days(seconds: int) -> float:
    """Of a date that is read as a number."""
    return seconds / 86_400.0


def ratio(numerator: float, denominator: float) -> float | None:
    if denominator == 0.0:
        return None
    value = numerator / denominator
    return value if math.isfinite(value) else None


def _elapsed(unit: float) -> Callable[[int, int], float]:
    return lambda start, end: (end - start) / unit


def _unless(numbers: frozenset[float]) -> Callable[[float], float | None]:
    return lambda value: None if value in numbers else value


def _capped(low: float | None, high: float | None) -> Callable[[float], float]:
    if low is None or high is None:  # there was no number in training
        return lambda value: value
    return lambda value: low if value < low else high if value > high else value


def _logarithm(offset: float) -> Callable[[float], float | None]:
    log, largest = math.log, math.inf

    def rule(value: float) -> float | None:
        value += offset
        return log(value) if 0.0 < value < largest else None

    return rule


def _one(source: int, to: int, function: Callable[[Any], Any]) -> Operation:
    def operation(cells: Cells) -> None:
        value = cells[source]
        cells[to] = None if value is None else function(value)

    return operation


def _day(source: int, parts: Sequence[tuple[int, Callable[[date], Any]]]) -> Operation:
    day, first, from_ordinal = texts.DAY, texts.FIRST_DAY, date.fromordinal

    def operation(cells: Cells) -> None:
        seconds = cells[source]
        when = None if seconds is None else from_ordinal(seconds // day + first)
        for to, part in parts:
            cells[to] = None if when is None else float(part(when))

    return operation


def _two(first: int, second: int, to: int, function: Callable[[Any, Any], Any]) -> Operation:
    def operation(cells: Cells) -> None:
        one, other = cells[first], cells[second]
        cells[to] = None if one is None or other is None else function(one, other)

    return operation


def _filled(source: int, to: int, filling: float | str | None) -> Operation:
    def operation(cells: Cells) -> None:
        value = cells[source]
        cells[to] = filling if value is None else value

    return operation


def _computed(function: expression.Compiled, to: int) -> Operation:
    def operation(cells: Cells) -> None:
        cells[to] = function(cells)

    return operation


def compiled_days(place: int) -> Operation:
    """A date at that place becomes the number that it is read as."""
    return _one(place, place, days)
