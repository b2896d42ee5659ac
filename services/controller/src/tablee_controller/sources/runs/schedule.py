"""When a source is due next."""

from __future__ import annotations

from datetime import datetime, timedelta

from cronsim import CronSim, CronSimError

from tablee.errors import InvalidRequest
from tablee.jobs.source import Cron, Every, Outcome, Source, SourceState

PATIENCE = 3
"""A run that was interrupted is started again at once, unless this many runs in a row failed: the run itself may be
what ends the controller."""


def due(source: Source, state: SourceState) -> datetime | None:
    """The time of the next run, in UTC. A time in the past means now; missed runs are made up for by one run.

    :returns: None if the source does not run by itself.
    """
    run, schedule = state.run, source.order.schedule
    if state.asked is not None:
        return state.asked.at
    if run is not None and run.outcome is Outcome.INTERRUPTED and state.failures < PATIENCE:
        return run.started
    if schedule is None or source.paused:
        return None
    match schedule:
        case Every(minutes=minutes):
            return source.created if run is None else run.started + timedelta(minutes=minutes)
        case Cron(expression=expression):
            return following(expression, source.created if run is None else run.started)


def following(expression: str, moment: datetime) -> datetime:
    """The first time of a cron expression after a moment, in UTC.

    :raises InvalidRequest: the expression is invalid, or none of its times ever comes.
    """
    try:
        return next(CronSim(expression, moment))
    except (CronSimError, StopIteration):
        raise InvalidRequest("no_cron_expression", hint="cron_fields", expression=expression) from None
