"""Cron expressions: their times in UTC, and those that are refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from controller.sources.runs.scenario import START, order

from tablee.errors import InvalidRequest
from tablee.jobs.source import Outcome, Source, SourceRun, SourceState
from tablee_controller.sources.runs.schedule import due, following


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("30 6 * * *", datetime(2026, 3, 27, 6, 30, tzinfo=UTC)),
        ("0 6 * * *", datetime(2026, 3, 28, 6, 0, tzinfo=UTC)),
        ("0 9 * * 1-5", datetime(2026, 3, 27, 9, 0, tzinfo=UTC)),
        ("0 2 * * 0", datetime(2026, 3, 29, 2, 0, tzinfo=UTC)),  # clocks change in Europe that night; UTC's do not
        ("*/15 * * * *", datetime(2026, 3, 27, 6, 15, tzinfo=UTC)),
    ],
)
def test_cron_expressions_are_in_utc(expression: str, expected: datetime) -> None:
    assert following(expression, START) == expected
    source = Source(name="x", order=order(schedule={"kind": "cron", "expression": expression}), created=START)
    assert due(source, SourceState()) == expected
    assert due(source, SourceState(run=SourceRun(started=expected, outcome=Outcome.FAILED))) == following(
        expression, expected
    )


@pytest.mark.parametrize("expression", ["x", "61 * * * *", "* * * *", "0 0 30 2 *", "@daily"])
def test_invalid_cron_expressions_are_refused(expression: str) -> None:
    with pytest.raises(InvalidRequest, match="is no cron expression"):
        following(expression, START)
