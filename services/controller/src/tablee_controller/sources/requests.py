"""What people ask of sources: store, show, preview, run, cancel, pause and remove them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tablee.datasets.names import checked_name
from tablee.datasets.privacy import Findings
from tablee.errors import Conflict
from tablee.http.schemas.datasets import FilePreview
from tablee.jobs.source import Asked, Cron, Source, SourceOrder, SourceState, SourceView
from tablee.telemetry import logger
from tablee_controller.sources.pull import Puller
from tablee_controller.sources.runs.internal_error import internal_errors
from tablee_controller.sources.runs.runner import SourceRunner
from tablee_controller.sources.runs.schedule import following
from tablee_controller.sources.runs.states import SourceStates
from tablee_controller.sources.taken_files import TakenFiles

log = logger(__name__)


class SourceRequests:
    """Carries out requests about sources. Threads of requests call it while the runner works."""

    def __init__(
        self,
        states: SourceStates,
        taken_files: TakenFiles,
        puller: Puller,
        runner: SourceRunner,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._states, self._taken_files, self._puller = states, taken_files, puller
        self._runner, self._now = runner, now

    def put(self, name: str, order: SourceOrder) -> tuple[SourceView, bool]:
        """Save an order under a name, replacing an earlier one; returns the source, and whether the name is new.

        :raises InvalidInput: it cannot be carried out.
        :raises InvalidRequest: it names a connection that does not exist.
        :raises Conflict: the source is running.
        """
        now = self._now()
        source = Source(name=checked_name(name), order=order, created=now)
        if isinstance(order.schedule, Cron):
            following(order.schedule.expression, now)
        self._puller.check(source)
        with self._states.lock:
            before = self._states.all().get(name)
            state = SourceState()
            if before is not None:
                self._states.check_idle(name)
                earlier, state = before
                source = source.model_copy(update={"created": earlier.created, "paused": earlier.paused})
                self._taken_files.forget(name, state.refused)  # under another order they may be readable
                state = state.model_copy(update={"refused": ()})
                if earlier.dataset != source.dataset:
                    self._taken_files.forget_all(name)  # they are in the earlier data set only
            self._states.put(source, state)
        log.info("source_kept", source=name, kind=order.of.kind, dataset=source.dataset, by=order.by)
        return self._states.view(source, state), before is None

    def look(self, order: SourceOrder) -> tuple[FilePreview, Findings]:
        """Preview an order by its first rows; nothing is stored.

        :raises TableeError: it cannot be carried out.
        """
        with internal_errors("preview"):
            return self._puller.look(Source(name="preview", order=order, created=self._now()))

    def all(self) -> list[SourceView]:
        """All sources, sorted by name."""
        with self._states.lock:
            known = self._states.all()
            return [self._states.view(*known[name]) for name in sorted(known)]

    def get(self, name: str) -> SourceView:
        """:raises SourceNotFound: there is no such source."""
        with self._states.lock:
            return self._states.view(*self._states.one(name))

    def ask(self, name: str, by: str | None) -> SourceView:
        """Run it as soon as no other source runs, also if it is paused.

        :raises SourceNotFound: there is none.
        :raises Conflict: it runs already.
        """
        with self._states.lock:
            source, state = self._states.one(name)
            self._states.check_idle(name)
            if state.asked is None:
                state.asked = Asked(at=self._now(), by=by)
                self._states.update(source, state)
            return self._states.view(source, state)

    def cancel(self, name: str) -> SourceView:
        """Take it out of the queue, or end its run; versions that were made stay.

        :raises SourceNotFound: there is none.
        :raises Conflict: it neither waits nor runs.
        """
        with self._states.lock:
            source, state = self._states.one(name)
            if self._states.running == name:
                self._runner.cancel()
            elif state.asked is not None:
                state.asked = None
                self._states.update(source, state)
            else:
                raise Conflict("source_idle", hint="nothing_to_cancel", name=name)
            log.info("source_cancelled", source=name)
            return self._states.view(source, state)

    def pause(self, name: str, paused: bool) -> SourceView:
        """Pause or resume its schedule.

        :raises SourceNotFound: there is no such source.
        """
        with self._states.lock:
            source, state = self._states.one(name)
            source = source.model_copy(update={"paused": paused})
            self._states.put(source, state)
        log.info("source_paused" if paused else "source_resumed", source=name)
        return self._states.view(source, state)

    def remove(self, name: str) -> None:
        """Delete it; the data set stays.

        :raises SourceNotFound: there is none.
        :raises Conflict: it runs at this moment.
        """
        with self._states.lock:
            self._states.one(name)
            self._states.check_idle(name)
            self._states.remove(name)
        log.info("source_removed", source=name)
