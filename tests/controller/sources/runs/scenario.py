"""A clock that a test moves, and orders of a source that runs every hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tablee.jobs.source import SourceOrder

START = datetime(2026, 3, 27, 6, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def after(self, **passed: float) -> None:
        self.time += timedelta(**passed)


def order(**changes: Any) -> SourceOrder:
    hourly = {"of": {"kind": "prefix", "address": "inbox/"}, "schedule": {"kind": "every", "minutes": 60}}
    return SourceOrder.model_validate(hourly | changes)
