"""What is worth saying about a column: decisions of which most are sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import polars as pl

from tablee.datasets.reading import Decision, Reason
from tablee.tables.cells import numbers
from tablee.tables.cells.cell_format import DateFormat, NumberFormat
from tablee.tables.cells.dates import parse
from tablee_data.inference.decisions.telling import shown, telling_cells
from tablee_data.inference.texts import TextInference

_NO_OFFSETS: Final = ("Z", "+00:00", "-00:00", "+0000", "-0000", "+00", "-00")
OTHER_FIRST_YEARS: Final = (1900, 2000)
"""Years of two digits may also be those of one century. One that makes the same of all cells is no other reading."""


def counted(field: str, columns: Counter[str]) -> Decision:
    """What most columns have, which is certain for each of them."""
    first, *others = sorted(columns, key=lambda sign: (-columns[sign], sign != "."))
    return Decision(
        field=field, chosen=first, reason=Reason.COLUMNS, facts={"columns": columns[first]}, alternatives=tuple(others)
    )


def codes(name: str, reason: Reason, example: str, number_format: NumberFormat) -> Decision:
    """That texts stay texts, as they may be codes.

    :param example: a cell that would change if it were a number in this format.
    """
    number = numbers.parse(pl.Series([example]), number_format)[0]
    return Decision(
        field="type",
        column=name,
        chosen="text",
        reason=reason,
        facts={"example": example},
        alternatives=("number",),
        examples={"text": example, "number": f"{number:.15g}"},
        sure=reason is Reason.CODES,
    )


def century(name: str, date: DateFormat, examples: list[str], *, sure: bool) -> Decision:
    """The hundred years that years of two digits are in."""

    def read(first_year: int) -> dict[str, str]:
        found = parse(pl.Series(examples, dtype=pl.String), date.model_copy(update={"first_year": first_year}))
        return dict(zip(examples, map(str, found), strict=True))

    readings = {date.first_year: read(date.first_year)}
    for year in OTHER_FIRST_YEARS:
        if (other := read(year)) not in readings.values():
            readings[year] = other
    dates = sorted(readings[date.first_year].values())
    cells = telling_cells(readings, first=examples[-1:])
    return Decision(
        field="first_year",
        column=name,
        chosen=str(date.first_year),
        reason=Reason.ASKED if sure else Reason.TWO_DIGIT_YEARS,
        facts={
            "from": str(date.first_year),
            "to": str(date.first_year + 99),
            "earliest": dates[0],
            "latest": dates[-1],
            "example": shown(cells),
        },
        alternatives=tuple(str(year) for year in readings if year != date.first_year),
        examples={str(year): shown(map(found.__getitem__, cells)) for year, found in readings.items()},
        sure=sure,
    )


def in_utc(name: str, dates: Mapping[str, str]) -> list[Decision]:
    """That times with an offset are other times in UTC, if one of them is.

    :param dates: cells, and what they are in UTC.
    """
    for text, date in dates.items():
        if date is not None and not text.rstrip().endswith(_NO_OFFSETS):
            facts: dict[str, float | str] = {"example": text, "result": date}
            return [Decision(field="zone", column=name, chosen="UTC", reason=Reason.OFFSET, facts=facts)]
    return []


def markers(name: str, texts: TextInference, *, decided: bool) -> list[Decision]:
    """Which texts stand for a missing value, and which would but for their quotes.

    :param decided: whether a person said which texts do.
    """
    found = []
    for text, count in sorted(texts.markers.items()):
        alike = texts.is_like_a_value(text) and not decided
        taken = missing_cells(text, count, name, Reason.MARKER_OR_LEVEL if alike else Reason.MARKER)
        found.append(taken.model_copy(update={"alternatives": ("text",), "sure": not alike}))
    for text, count in sorted(texts.quoted.items()):
        kept = missing_cells(text, count, name, Reason.MARKER_IN_QUOTES)
        found.append(kept.model_copy(update={"chosen": "text", "alternatives": ("missing",)}))
    return found


def missing_cells(value: str, count: int, column: str | None = None, reason: Reason = Reason.MARKER) -> Decision:
    """That some cells were taken for missing; None for those of any column."""
    facts: dict[str, float | str] = {"value": value, "count": count}
    return Decision(field="missing", column=column, chosen="missing", reason=reason, facts=facts)


def left_out_rows(reason: Reason, count: int, line: int) -> tuple[Decision, ...]:
    """That rows are left out, if there are any.

    :param line: of the first one, from 1.
    """
    if not count:
        return ()
    return (Decision(field="left_out_rows", chosen=str(count), reason=reason, facts={"count": count, "line": line}),)
