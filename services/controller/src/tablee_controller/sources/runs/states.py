"""All sources with their states: in memory, in the object store, and as metrics."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from tablee import metrics
from tablee.errors import Conflict, SourceNotFound
from tablee.i18n.message import Message
from tablee.jobs.source import Outcome, Source, SourcePhase, Sources, SourceState, SourceView
from tablee_controller.sources.runs.schedule import due


class SourceStates:
    """The sources and their states. No other object writes them, so they are read once. Whoever reads them and then
    changes them holds `lock` meanwhile.

    :param now: the time, in UTC.
    """

    def __init__(self, sources: Sources, *, now: Callable[[], datetime]) -> None:
        self._sources, self._now = sources, now
        self._known: dict[str, tuple[Source, SourceState]] | None = None
        self.lock = threading.RLock()
        self.running = ""
        """The name of the source that runs; empty if none does."""

    def all(self) -> dict[str, tuple[Source, SourceState]]:
        """Sources and states by name. A run that an earlier controller left unfinished is marked as interrupted."""
        if self._known is None:
            known = {}
            for source in self._sources.all():
                state = self._sources.state(source.name)
                if state.run is not None and state.run.outcome is None:
                    state.run.outcome, state.run.ended = Outcome.INTERRUPTED, self._now()
                    ended = Message("source_run.ended")
                    state.run.message, state.run.told = str(ended), ended.to_dict()
                    state.failures += 1
                known[source.name] = source, state
            self._known = known
            for each in known.values():
                _measure(*each)
        return self._known

    def one(self, name: str) -> tuple[Source, SourceState]:
        """:raises SourceNotFound: there is no such source."""
        try:
            return self.all()[name]
        except KeyError:
            raise SourceNotFound("source", name=name) from None

    def put(self, source: Source, state: SourceState) -> None:
        """Store a new or changed source with its state."""
        self._sources.save(source)
        self.update(source, state)

    def update(self, source: Source, state: SourceState) -> None:
        """Store the state of a source."""
        self._sources.save_state(source.name, state)
        self.all()[source.name] = source, state
        _measure(source, state)

    def remove(self, name: str) -> None:
        """Delete a source with its state."""
        self._sources.remove(name)
        del self.all()[name]
        for gauge in (metrics.SOURCE_LAST_SUCCESS, metrics.SOURCE_FAILURES, metrics.SOURCE_REFUSED):
            with suppress(KeyError):  # the gauge was never set
                gauge.remove(name)

    def check_idle(self, name: str) -> None:
        """:raises Conflict: the source runs."""
        if self.running == name:
            raise Conflict("source_running", hint="wait_or_cancel", name=name)

    def view(self, source: Source, state: SourceState) -> SourceView:
        """The source as everyone sees it."""
        time = due(source, state)
        running = self.running == source.name
        waits = time is not None and time <= self._now()
        return SourceView(
            **state.model_dump(),
            name=source.name,
            dataset=source.dataset,
            order=source.order,
            created=source.created,
            paused=source.paused,
            phase=SourcePhase.RUNNING if running else SourcePhase.WAITING if waits else SourcePhase.IDLE,
            due=None if running else time,
        )


def _measure(source: Source, state: SourceState) -> None:
    metrics.SOURCE_FAILURES.labels(source.name).set(state.failures)
    metrics.SOURCE_REFUSED.labels(source.name).set(len(state.refused))
    if state.last_success is not None:
        metrics.SOURCE_LAST_SUCCESS.labels(source.name).set(state.last_success.timestamp())
