"""States after a restart, and the metrics of every source."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from controller.sources.runs.scenario import Clock, order

from tablee import metrics
from tablee.jobs.source import Outcome, SourceRun, Sources, SourceState
from tablee.storage.object_store import DirectoryStore
from tablee_controller.services import SourceServices
from tablee_controller.sources.runs.schedule import PATIENCE


def test_an_interrupted_run_is_repeated_at_once_until_patience_ends(
    begin: Callable[[], SourceServices], store: DirectoryStore, clock: Clock
) -> None:
    begin().requests.put("visits", order())
    for failures in range(PATIENCE):
        Sources(store).save_state("visits", SourceState(run=SourceRun(started=clock.time), failures=failures))
        view = begin().requests.get("visits")
        assert view.run is not None
        assert view.run.outcome is Outcome.INTERRUPTED
        assert view.failures == failures + 1
        again = clock.time if failures + 1 < PATIENCE else clock.time + timedelta(hours=1)
        assert view.due == again


def test_every_source_has_metrics(
    begin: Callable[[], SourceServices], store: DirectoryStore, clock: Clock, until: Callable[..., Any]
) -> None:
    store.put("inbox/a.csv", b"n,m\n1,2\n1,2,3\n")
    sources = begin()
    sources.requests.put("metered", order())
    assert sources.runner.tick()
    until(lambda: not sources.runner.busy)
    read = metrics.REGISTRY.get_sample_value
    labels = {"source": "metered"}
    assert read("tablee_source_failures", labels) == 1
    assert read("tablee_source_refused_objects", labels) == 1
    assert read("tablee_source_last_success_timestamp_seconds", labels) is None
    store.put("inbox/a.csv", b"n\n1\n")
    clock.after(hours=1)
    assert sources.runner.tick()
    until(lambda: not sources.runner.busy)
    assert read("tablee_source_failures", labels) == 0
    assert read("tablee_source_last_success_timestamp_seconds", labels) == clock.time.timestamp()
    sources.requests.remove("metered")
    assert read("tablee_source_failures", labels) is None
