"""One part in this process: the same bytes each time, the first marker, and a rate that counts what was done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tablee.errors import InvalidSettings, ScoringCancelled
from tablee.jobs.process import StopRequest
from tablee_score.part import Parts
from tablee_score.progress import Progress
from tablee_score.settings import ScoreSettings
from tablee_score.work_share import work


@pytest.fixture
def parts(services: Any, tmp_path: Path) -> Parts:
    services.fill(2, 200)
    state = services.ask()
    scratch = tmp_path / "a scratch"
    scratch.mkdir()
    source, target = services.locations.find(state.request.source), services.locations.find(state.request.target)
    return Parts(
        services.scorings,
        state.id,
        0,
        source,
        target,
        scratch,
        StopRequest(ScoringCancelled("the worker was interrupted")),
    )


def test_the_second_writer_changes_nothing(services: Any, parts: Parts) -> None:
    part = services.scorings.plan(parts.scoring_id).parts[0]
    seen: list[int] = []
    first = parts.score(services.made.model, part, parts.fetch(part), seen.append)
    parts.drop(part)
    output = services.store.get(f"scorings/{parts.scoring_id}/output/{part.name}")
    other = Parts(parts.scorings, parts.scoring_id, 7, parts.source, parts.target, parts.scratch, parts.stop)
    assert other.score(services.made.model, part, parts.fetch(part), seen.append) == first
    assert services.store.get(f"scorings/{parts.scoring_id}/output/{part.name}") == output
    assert (first.worker, first.rows, sum(seen)) == (0, 200, 400)


def test_what_is_stopped_leaves_nothing(services: Any, parts: Parts) -> None:
    part = services.scorings.plan(parts.scoring_id).parts[0]
    file = parts.fetch(part)
    parts.stop.request(ScoringCancelled("enough"))
    with pytest.raises(ScoringCancelled):
        parts.score(services.made.model, part, file, lambda _: None)
    assert services.store.list(f"scorings/{parts.scoring_id}/output/") == []
    assert not parts.scorings.marked(parts.scoring_id, part.number)
    parts.drop(part)
    assert list(parts.scratch.iterdir()) == []


def test_progress_has_the_rows_done_and_the_time_left(services: Any, parts: Parts) -> None:
    share = services.scorings.plan(parts.scoring_id).parts
    time = [0.0]
    progress = Progress(services.scorings, parts.scoring_id, 0, share, parts.stop, interval=3600, clock=lambda: time[0])
    parts.score(services.made.model, share[0], parts.fetch(share[0]), lambda _: None)  # by another worker
    parts.drop(share[0])
    with progress:
        work(lambda: services.made.model, parts, share[:1], progress)
        assert (progress.state.parts_done, progress.state.rows) == (1, 200)
        progress.begin(share[1])
        progress.advance(50)
        time[0] = 10.0
        progress._write()
        worker = services.scorings.workers(parts.scoring_id, 1)[0]
        assert (worker.rows, worker.rows_per_second, worker.seconds_left, worker.part) == (
            250,
            5.0,
            None,
            share[1].name,
        )
        done = parts.score(services.made.model, share[1], parts.fetch(share[1]), progress.advance)
        progress.finish(share[1], done, own=True)
        progress._write()
        worker = services.scorings.workers(parts.scoring_id, 1)[0]
        assert (worker.rows, worker.rows_per_second, worker.seconds_left, worker.part) == (400, 20.0, 0.0, None)
    worker = services.scorings.workers(parts.scoring_id, 1)[0]
    assert (worker.ended, worker.message, worker.parts_done) == (True, "", 2)


@pytest.mark.parametrize(
    ("variables", "worker"),
    [({}, 0), ({"JOB_COMPLETION_INDEX": "3"}, 3), ({"JOB_COMPLETION_INDEX": "3", "TABLEE_WORKER": "1"}, 1)],
)
def test_which_worker_it_is(variables: dict[str, str], worker: int) -> None:
    assert ScoreSettings.read({"TABLEE_SCORING_ID": "s"} | variables).worker == worker


def test_contradicting_settings_are_refused() -> None:
    with pytest.raises(InvalidSettings, match="TABLEE_SCORING_ID"):
        ScoreSettings.read({})
    with pytest.raises(InvalidSettings, match="TABLEE_WORKER"):
        ScoreSettings.read({"TABLEE_SCORING_ID": "s", "JOB_COMPLETION_INDEX": "-1"})
