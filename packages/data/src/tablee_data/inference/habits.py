"""What is taken of a column that can be read in several ways: what the other columns of its file have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tablee.datasets.reading import EarlierReading, Reading, Reason
from tablee.tables.cells.cell_format import Decimal


@dataclass(frozen=True, slots=True)
class Habits:
    """How the other columns of a file are written."""

    decimal: Decimal | None = None
    """The decimal sign of most columns of numbers."""
    orders: tuple[str, ...] = ()
    """What dates begin with, `d`, `m` or `y`, the most frequent first."""
    semicolons: bool = False
    """Whether semicolons separate the cells."""
    commas: bool = False
    """Whether some column of numbers has a decimal comma."""

    @staticmethod
    def of(reading: Reading | EarlierReading | None) -> Habits:
        """Of a stored file."""
        if isinstance(reading, EarlierReading):
            order = "d" if reading.day_first else "m"
            return Habits(reading.decimal, (order,), reading.separator == ";", reading.decimal == ",")
        if reading is None:
            return Habits()
        signs: Counter[Decimal] = Counter()
        if reading.format == "csv":
            decimals = (each.number.decimal for each in reading.cells.values() if each.number is not None)
            signs.update(filter(None, decimals))
        orders = orders_of(each.date.pattern for each in reading.cells.values() if each.date is not None)
        return Habits(most_frequent(signs), orders, reading.separator == ";", "," in signs)

    def decimal_of(self, signs: Collection[Decimal]) -> tuple[Decimal, Reason]:
        """The decimal sign of numbers that can be read with each of these, and why: that of other columns, else a
        comma where semicolons separate the cells, else a point."""
        if self.decimal is not None and self.decimal in signs:
            return self.decimal, Reason.OTHER_NUMBERS
        if self.semicolons and "," in signs:
            return ",", Reason.SEMICOLONS
        return ".", Reason.NO_COMMA

    def order_of(self, orders: Collection[str]) -> tuple[str, Reason]:
        """What dates begin with that can be read in each of these orders: as those of other columns, else the day."""
        common = next((each for each in self.orders if each in orders), None)
        if common is not None:
            return common, Reason.OTHER_DATES
        first = next((each for each in "dmy" if each in orders), "")
        return first, Reason.COMMAS if self.commas or self.semicolons else Reason.NOTHING_TELLS


def most_frequent(signs: Counter[Decimal]) -> Decimal | None:
    """The decimal sign of most columns; a point if as many have a comma."""
    return max(signs, key=lambda sign: (signs[sign], sign == "."), default=None)


def order_of(pattern: str) -> str:
    """Which comes first: the day, the month or a year of two digits; empty for other formats."""
    return {"%d": "d", "%m": "m", "%y": "y"}.get(pattern[:2], "")


def orders_of(patterns: Iterable[str]) -> tuple[str, ...]:
    """What dates in these formats begin with, the most frequent first."""
    found = Counter(order for pattern in patterns if (order := order_of(pattern)))
    return tuple(each for each, _ in found.most_common())
