"""The steps compiled for one row: plain Python over a list of cells, a few hundred nanoseconds for each step.

Each column has a position in the list; a step reads positions and writes one. `tablee.recipes.frame` computes the same
for many rows, and tests prove that both give the same bits.
"""

from __future__ import annotations

import math
import operator
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, assert_never

from tablee.recipes import steps
from tablee.recipes.formula import expression
from tablee.recipes.formula.row import Cells, Compiled, compile_expression
from tablee.recipes.parsing import dates, numbers, texts
from tablee.recipes.steps import Kind, Step

Operation = Callable[[Cells], None]
_DATE_ATTRIBUTES = ("year", "month", "day")
"""Parts of dates that are attributes of Python's own dates."""
CACHE_SIZE = 4096
"""How many results the rule of a step keeps."""
MAX_CACHED_LENGTH = 100
"""Characters of a text at most, for its result to be kept."""
UNITS = {"days": 86_400.0, "hours": 3_600.0, "minutes": 60.0, "seconds": 1.0}
"""Seconds of each unit."""


def compile_step(step: Step, kinds: Mapping[str, Kind], positions: Mapping[str, int]) -> list[Operation]:
    """The operations that carry out the step on a row.

    :param kinds: of the columns before the step, by name.
    :param positions: of the columns in the list of cells, by name.
    """
    match step:
        case steps.Elapsed():
            start, end, to = positions[step.start], positions[step.end], positions[step.to]
            return [_two(start, end, to, _elapsed(UNITS[step.unit]))]
        case steps.Ratio():
            return [_two(positions[step.numerator], positions[step.denominator], positions[step.to], ratio)]
        case steps.Formula():
            return [_computed(compile_expression(expression.parse(step.expression), positions), positions[step.to])]
        case steps.Fill():
            return [_filled(positions[step.column], positions[step.output], step.value)]
        case steps.DateParts():
            source, since = positions[step.column], step.since
            named = [(positions[step.named(part)], part) for part in step.parts]
            parts = [_one(source, to, part_of(part, since)) for to, part in named if part not in _DATE_ATTRIBUTES]
            of_a_day = [(to, operator.attrgetter(part)) for to, part in named if part in _DATE_ATTRIBUTES]
            return [*parts, _day(source, of_a_day)] if of_a_day else parts
        case steps.Drop():
            return []
        case _:
            return [_one(positions[step.column], positions[step.output], cached_rule(step, kinds[step.column]))]


def cached_rule(step: steps.ValueStep, kind: Kind) -> Callable[[Any], Any]:
    """As `rule`; where the same short texts are likely to come again, their results are kept."""
    read = rule(step, kind)
    if not isinstance(step, steps.CleanText | steps.ParseDate):
        return read
    cached = lru_cache(CACHE_SIZE)(read)
    return lambda text: cached(text) if len(text) <= MAX_CACHED_LENGTH else read(text)


def rule(step: steps.ValueStep, kind: Kind) -> Callable[[Any], Any]:
    """The function from a value that is not missing to the step's result, which is None where there is none."""
    match step:
        case steps.CleanText():
            return texts.text_cleaner(step)
        case steps.MissingMarkers():
            return texts.marker_remover(step) if kind == "text" else _unless(frozenset(step.numbers))
        case steps.ParseNumber():
            return numbers.number_parser(step)
        case steps.ParseDate():
            return dates.date_parser(step)
        case steps.RareLevels():
            levels = {level: level for level in step.levels or ()}
            return lambda text: levels.get(text, step.other)
        case steps.Cap():
            return _capped(step.low, step.high)
        case steps.Log():
            return _logarithm(step.offset)
        case steps.Bin():
            edges, labels = step.edges or (), step.labels
            return lambda value: labels[bisect_right(edges, value)]
        case _:
            assert_never(step)


def part_of(part: str, since: date) -> Callable[[int], float]:
    """The function from a date in seconds to one of its parts.

    :param since: the day from which `days` counts.
    """
    day, first = dates.DAY, dates.FIRST_DAY
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
    """Days since 1970: what a model reads of a date in seconds."""
    return seconds / 86_400.0


def ratio(numerator: float, denominator: float) -> float | None:
    """The quotient; None where it is no finite number."""
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
    day, first, from_ordinal = dates.DAY, dates.FIRST_DAY, date.fromordinal

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


def _computed(function: Compiled, to: int) -> Operation:
    def operation(cells: Cells) -> None:
        cells[to] = function(cells)

    return operation


def compiled_days(position: int) -> Operation:
    """The operation that turns a date into the number that a model reads."""
    return _one(position, position, days)
