"""Sources run on time, once for all missed times, one at a time, and also after a restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from controller.sources.runs.scenario import Clock, order

from tablee.jobs.source import Outcome, SourcePhase
from tablee.storage.object_store import DirectoryStore
from tablee_controller.services import SourceServices


def test_a_source_runs_on_time_and_once_for_all_missed_times(
    begin: Callable[[], SourceServices], clock: Clock, until: Callable[..., Any]
) -> None:
    sources = begin()
    view, new = sources.requests.put("visits", order())
    assert (new, view.phase, view.due) == (True, SourcePhase.WAITING, clock.time), "first at once"
    assert sources.runner.tick()
    until(lambda: not sources.runner.busy)
    assert sources.requests.get("visits").due == clock.time + timedelta(hours=1)
    clock.after(minutes=59)
    assert not sources.runner.tick()
    clock.after(hours=5, minutes=31)
    assert sources.runner.tick()
    until(lambda: not sources.runner.busy)
    assert not sources.runner.tick(), "six times were missed, one run makes up for them"
    assert sources.requests.get("visits").due == clock.time + timedelta(hours=1)


def test_a_paused_source_runs_only_on_request(
    begin: Callable[[], SourceServices], clock: Clock, until: Callable[..., Any]
) -> None:
    sources = begin()
    sources.requests.put("visits", order())
    assert sources.requests.pause("visits", True).due is None
    assert not sources.runner.tick()
    sources.requests.ask("visits", "Zoé")
    assert sources.runner.tick(), "still when somebody asks"
    until(lambda: not sources.runner.busy)
    clock.after(days=2)
    assert not begin().runner.tick(), "another controller knows"
    assert sources.requests.pause("visits", False).phase is SourcePhase.WAITING
    assert sources.runner.tick()
    until(lambda: not sources.runner.busy)


def test_one_runs_at_a_time_the_longest_due_first(
    begin: Callable[[], SourceServices], clock: Clock, until: Callable[..., Any]
) -> None:
    sources = begin()
    sources.requests.put("b", order(dataset="x", schedule=None))
    sources.requests.put("a", order(dataset="x", schedule=None))
    sources.requests.ask("b", None)
    clock.after(seconds=1)
    sources.requests.ask("a", None)
    assert sources.runner.tick()
    assert not sources.runner.tick() or not sources.runner.busy
    until(lambda: sources.requests.get("b").run)
    until(lambda: sources.runner.tick() or sources.requests.get("a").run)
    until(lambda: not sources.runner.busy)
    first, second = (sources.requests.get(name).run for name in "ba")
    assert first is not None
    assert second is not None
    assert first.ended is not None
    assert first.ended <= second.started


def test_a_requested_run_survives_a_restart(begin: Callable[[], SourceServices], until: Callable[..., Any]) -> None:
    sources = begin()
    sources.requests.put("visits", order(schedule=None))
    assert sources.requests.ask("visits", "Zoé").phase is SourcePhase.WAITING
    later = begin()
    assert later.runner.tick()
    until(lambda: not later.runner.busy)
    run = later.requests.get("visits").run
    assert run is not None
    assert (run.by, run.outcome) == ("Zoé", Outcome.UNCHANGED)


def test_a_shutdown_counts_as_no_failure(
    begin: Callable[[], SourceServices], store: DirectoryStore, until: Callable[..., Any]
) -> None:
    store.put("inbox/a.csv", b"n\n1\n")
    sources = begin()
    sources.requests.put("visits", order())
    sources.runner.shutdown()
    assert not sources.runner.tick(), "nothing begins any more"
    assert begin().requests.get("visits").failures == 0
