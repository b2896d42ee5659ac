"""Steps that read dates out of texts, and numbers out of dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from tablee.recipes.steps.base import BaseStep, Kind, Name, NewName, SingleColumnStep, StepFault, kind_name

Part = Literal["year", "quarter", "month", "day", "weekday", "day_of_year", "hour", "days"]


class ParseDate(SingleColumnStep):
    """Read dates out of texts; a text that is not a date becomes a missing value.

    ISO 8601 is always read. Times may follow a date; an offset from UTC is applied.
    """

    accepts, gives = ("text",), "date"
    kind: Literal["parse_date"] = "parse_date"
    order: Literal["day_month_year", "month_day_year", "year_month_day", "month_year"] = "day_month_year"
    """Of dates such as 03/04/2024, 3.4.24, 3 avril 2024; of months such as 04/2024, avr. 2024, which are their first
    day."""


class DateParts(BaseStep):
    """Numbers out of a date, each a column “{column}.{part}”; weekdays count from Monday, 1."""

    kind: Literal["date_parts"] = "date_parts"
    column: Name
    parts: Annotated[tuple[Part, ...], Field(min_length=1, max_length=8)]
    since: date = date(1970, 1, 1)
    """`days` counts from this day on."""

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        _expect_dates(kinds, self.column)
        return dict.fromkeys((self.named(part) for part in self.parts), "number")

    def named(self, part: str) -> str:
        return f"{self.column}.{part}"


class Elapsed(BaseStep):
    """The time from one date to another, negative where the second is the earlier one."""

    kind: Literal["elapsed"] = "elapsed"
    start: Name
    end: Name
    to: NewName
    unit: Literal["days", "hours", "minutes", "seconds"] = "days"

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.start, self.end)

    def makes(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        _expect_dates(kinds, self.start, self.end)
        return {self.to: "number"}


def _expect_dates(kinds: Mapping[str, Kind], *names: str) -> None:
    """:raises StepFault: one of the columns does not hold dates."""
    for name in names:
        if kinds[name] != "date":
            raise StepFault("not_parsed", name=name, kind=kind_name(kinds[name]))
