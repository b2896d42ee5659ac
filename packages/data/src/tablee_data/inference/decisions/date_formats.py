"""The formats of columns of dates."""

from __future__ import annotations

from collections.abc import Mapping

from tablee.datasets.reading import Decision, Reason
from tablee.tables.cells.cell_format import FIRST_YEAR, CellFormat, DateFormat
from tablee_data.inference.decisions import remarks
from tablee_data.inference.decisions.candidates import Candidates
from tablee_data.inference.decisions.given import Given
from tablee_data.inference.decisions.telling import shown, telling_cells
from tablee_data.inference.habits import Habits, order_of, orders_of


def date_formats(
    columns: Mapping[str, Candidates], formats: Mapping[str, CellFormat], given: Given, decisions: list[Decision]
) -> dict[str, CellFormat]:
    """The format of each column of dates. Where several fit, that of other columns is taken, else the day comes
    first.

    :param formats: those of the columns of numbers.
    :param decisions: gets those about them.
    """
    found = {name: readings for name, column in columns.items() if (readings := column.dates.readings)}
    asked = {name: each for name, each in given.asked.dates.items() if name in columns}
    found |= {name: {each: found.get(name, {}).get(each, {})} for name, each in asked.items()}
    certain = [next(iter(readings)) for readings in found.values() if len(readings) == 1]
    certain += [each.date.pattern for each in given.fixed.values() if each.date is not None]
    decimals = {each.number.decimal for each in formats.values() if each.number is not None}
    habits = Habits(orders=orders_of(certain), semicolons=given.reading.separator == ";", commas="," in decimals)
    chosen: dict[str, CellFormat] = {}
    for name, readings in found.items():
        pattern = next(iter(readings))
        if len(readings) > 1:
            pattern, decision = _ambiguous(name, readings, habits, given)
            decisions.append(decision)
        first_year = given.asked.of_column(name).first_year
        date = DateFormat(pattern=pattern, first_year=first_year or FIRST_YEAR)
        if "%y" in pattern and readings[pattern]:
            decisions.append(remarks.century(name, date, [*readings[pattern]], sure=first_year is not None))
        decisions += remarks.in_utc(name, readings[pattern]) if pattern.endswith("%z") else []
        chosen[name] = CellFormat(missing=given.missing(name, numbers=True), date=date)
    return chosen


def _ambiguous(name: str, readings: dict[str, dict[str, str]], habits: Habits, given: Given) -> tuple[str, Decision]:
    """The format of a column whose cells are dates in several."""
    by_order = {order_of(pattern): pattern for pattern in reversed(readings)}
    order, reason = habits.order_of(by_order)
    sure = False
    if given.asked.day_first is not None and (wanted := "d" if given.asked.day_first else "m") in by_order:
        order, reason, sure = wanted, Reason.ASKED, True
    pattern = by_order[order]
    cells = telling_cells(readings)
    return pattern, Decision(
        field="dates",
        column=name,
        chosen=pattern,
        reason=reason,
        facts={"example": shown(cells)},
        alternatives=tuple(each for each in readings if each != pattern),
        examples={each: shown(map(found.__getitem__, cells)) for each, found in readings.items()},
        sure=sure,
    )
