"""Sources run on time, once for all missed times, one at a time, and also after a restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tablee import metrics
from tablee.datasets.store import Datasets
from tablee.errors import InvalidRequest, TableeError
from tablee.jobs.source import Outcome, Source, SourceOrder, SourcePhase, SourceRun, Sources, SourceState
from tablee.settings import ObjectStoreSettings
from tablee.storage.locations import Locations
from tablee.storage.object_store import DirectoryStore
from tablee_controller.datasets.anonymisation import Anonymisation
from tablee_controller.datasets.writer import DatasetWriter
from tablee_controller.sources.connections import Connections
from tablee_controller.sources.pull import Puller
from tablee_controller.sources.runner import SourceRunner
from tablee_controller.sources.schedule import PATIENCE, due, following

START = datetime(2026, 3, 27, 6, 0, tzinfo=UTC)
HOURLY = {"of": {"kind": "prefix", "address": "inbox/"}, "schedule": {"kind": "every", "minutes": 60}}


WORDS = ("Wilhelmine",)
"""Words of cells, which no output may show."""


class Clock:
    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def after(self, **passed: float) -> None:
        self.time += timedelta(**passed)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def begin(store: DirectoryStore, tmp_path: Path, clock: Clock) -> Callable[[], SourceRunner]:
    """Another controller over the same store."""

    def make() -> SourceRunner:
        sources, datasets = Sources(store), Datasets(store)
        locations = Locations(ObjectStoreSettings(directory=store.root), store)
        connections = Connections(tmp_path / "none")
        anonymisation = Anonymisation(datasets, lambda: pytest.fail("no pseudonyms"))
        writer = DatasetWriter(datasets, store, anonymisation, lambda: pytest.fail("no erasures"))
        options: dict[str, Any] = {"folder": tmp_path, "max_bytes": 1 << 20}
        return SourceRunner(
            sources, Puller(sources, datasets, connections, locations, anonymisation, writer, **options), now=clock
        )

    return make


def order(**changes: Any) -> SourceOrder:
    return SourceOrder.model_validate(HOURLY | changes)


def test_a_source_runs_on_time_and_once_for_all_missed_times(
    begin: Callable[[], SourceRunner], clock: Clock, until: Callable[..., Any]
) -> None:
    runner = begin()
    view, new = runner.put("visits", order())
    assert (new, view.phase, view.due) == (True, SourcePhase.WAITING, START), "first at once"
    assert runner.tick()
    until(lambda: not runner.busy)
    assert runner.get("visits").due == START + timedelta(hours=1)
    clock.after(minutes=59)
    assert not runner.tick()
    clock.after(hours=5, minutes=31)
    assert runner.tick()
    until(lambda: not runner.busy)
    assert not runner.tick(), "six times were missed, one run makes up for them"
    assert runner.get("visits").due == clock.time + timedelta(hours=1)


def test_a_paused_source_runs_only_on_request(
    begin: Callable[[], SourceRunner], clock: Clock, until: Callable[..., Any]
) -> None:
    runner = begin()
    runner.put("visits", order())
    assert runner.pause("visits", True).due is None
    assert not runner.tick()
    runner.ask("visits", "Zoé")
    assert runner.tick(), "still when somebody asks"
    until(lambda: not runner.busy)
    clock.after(days=2)
    assert not begin().tick(), "another controller knows"
    assert runner.pause("visits", False).phase is SourcePhase.WAITING
    assert runner.tick()
    until(lambda: not runner.busy)


def test_one_runs_at_a_time_the_longest_due_first(
    begin: Callable[[], SourceRunner], clock: Clock, until: Callable[..., Any]
) -> None:
    runner = begin()
    runner.put("b", order(dataset="x", schedule=None))
    runner.put("a", order(dataset="x", schedule=None))
    runner.ask("b", None)
    clock.after(seconds=1)
    runner.ask("a", None)
    assert runner.tick()
    assert not runner.tick() or not runner.busy
    until(lambda: runner.get("b").run)
    until(lambda: runner.tick() or runner.get("a").run)
    until(lambda: not runner.busy)
    first, second = (runner.get(name).run for name in "ba")
    assert first is not None
    assert second is not None
    assert first.ended is not None
    assert first.ended <= second.started


def test_a_requested_run_survives_a_restart(begin: Callable[[], SourceRunner], until: Callable[..., Any]) -> None:
    runner = begin()
    runner.put("visits", order(schedule=None))
    assert runner.ask("visits", "Zoé").phase is SourcePhase.WAITING
    later = begin()
    assert later.tick()
    until(lambda: not later.busy)
    run = later.get("visits").run
    assert run is not None
    assert (run.by, run.outcome) == ("Zoé", Outcome.UNCHANGED)


def test_an_interrupted_run_is_repeated_at_once_until_patience_ends(
    begin: Callable[[], SourceRunner], store: DirectoryStore, clock: Clock
) -> None:
    begin().put("visits", order())
    for failures in range(PATIENCE):
        Sources(store).save_state("visits", SourceState(run=SourceRun(started=clock.time), failures=failures))
        view = begin().get("visits")
        assert view.run is not None
        assert view.run.outcome is Outcome.INTERRUPTED
        assert view.failures == failures + 1
        again = clock.time if failures + 1 < PATIENCE else clock.time + timedelta(hours=1)
        assert view.due == again


def test_a_shutdown_counts_as_no_failure(
    begin: Callable[[], SourceRunner], store: DirectoryStore, until: Callable[..., Any]
) -> None:
    store.put("inbox/a.csv", b"n\n1\n")
    runner = begin()
    runner.put("visits", order())
    runner.shutdown()
    assert not runner.tick(), "nothing begins any more"
    assert begin().get("visits").failures == 0


def test_every_source_has_metrics(
    begin: Callable[[], SourceRunner], store: DirectoryStore, clock: Clock, until: Callable[..., Any]
) -> None:
    store.put("inbox/a.csv", b"n,m\n1,2\n1,2,3\n")
    runner = begin()
    runner.put("metered", order())
    assert runner.tick()
    until(lambda: not runner.busy)
    read = metrics.REGISTRY.get_sample_value
    labels = {"source": "metered"}
    assert read("tablee_source_failures", labels) == 1
    assert read("tablee_source_refused_objects", labels) == 1
    assert read("tablee_source_last_success_timestamp_seconds", labels) is None
    store.put("inbox/a.csv", b"n\n1\n")
    clock.after(hours=1)
    assert runner.tick()
    until(lambda: not runner.busy)
    assert read("tablee_source_failures", labels) == 0
    assert read("tablee_source_last_success_timestamp_seconds", labels) == clock.time.timestamp()
    runner.remove("metered")
    assert read("tablee_source_failures", labels) is None


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


def test_an_internal_error_is_reported_without_its_text(
    store: DirectoryStore, until: Callable[..., Any], capfd: pytest.CaptureFixture[str]
) -> None:
    class Broken:
        """Raises an error that no code expects."""

        def check(self, source: Source) -> None:
            assert source.name

        def pull(self, source: Source, *_: Any) -> None:
            cell = WORDS[0]
            raise RuntimeError(f"{source.name}: {cell}")

        look = pull

    runner: Any = SourceRunner(Sources(store), Broken())  # type: ignore[arg-type]  # of the same form
    runner.put("visits", order())
    assert runner.tick()
    until(lambda: not runner.busy)
    run = runner.get("visits").run
    with pytest.raises(TableeError) as caught:
        runner.look(order())
    assert run.error["detail"] == caught.value.detail == "something went wrong inside the controller"
    said = capfd.readouterr()
    assert "source_broken" in said.out + said.err
    assert "RuntimeError" in said.out + said.err
    assert WORDS[0] not in f"{said}{run}"
