"""Scorings in an object store: shares, markers, and what the workers' words come to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tablee.errors import AlreadyExists, ScoringNotFound
from tablee.jobs.scoring import (
    Part,
    PartDone,
    PartFailed,
    Plan,
    ScoringPhase,
    ScoringRequest,
    Scorings,
    ScoringState,
    WorkerState,
)
from tablee.storage.object_store import DirectoryStore

NOW = datetime.now(UTC)
REQUEST = ScoringRequest(model="clients", version=3, source="in/", parallel=2)


def plan(count: int) -> Plan:
    return Plan(
        parts=tuple(Part(number=n, key=f"in/{n}.csv", name=f"{n}.csv", bytes=100, etag="e") for n in range(count))
    )


def done(number: int, worker: int = 0, **members: Any) -> PartDone:
    facts: dict[str, Any] = {"rows": 10, "warnings": 1, "bytes": 5, "sha256": "a", "seconds": 1, "rows_per_second": 10}
    return PartDone(number=number, name=f"{number}.csv", worker=worker, at=NOW, **facts | members)


@pytest.fixture
def scorings(tmp_path: Path) -> Scorings:
    return Scorings(DirectoryStore(tmp_path))


@pytest.mark.parametrize(("count", "parallel"), [(7, 3), (1, 4), (10, 1), (0, 2), (256, 255)])
def test_the_shares_are_all_parts_each_once(count: int, parallel: int) -> None:
    shares = [plan(count).share(worker, parallel) for worker in range(parallel)]
    numbers = sorted(part.number for share in shares for part in share)
    assert numbers == list(range(count))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_one_is_written_down_and_found(scorings: Scorings) -> None:
    made = scorings.create(REQUEST, plan(3), "s-1")
    assert (made.phase, made.parts, made.bytes) == (ScoringPhase.QUEUED, 3, 300)
    assert made.request.target == "scorings/s-1/output/"
    assert scorings.get("s-1") == scorings.stored("s-1") == made
    assert scorings.request("s-1") == made.request
    assert scorings.plan("s-1") == plan(3)
    with pytest.raises(AlreadyExists):
        scorings.create(REQUEST, plan(1), "s-1")
    second = scorings.create(REQUEST.model_copy(update={"target": "out/"}), plan(1), "s-2")
    assert second.request.target == "out/"
    assert scorings.ids() == ("s-1", "s-2")
    assert [state.id for state in scorings.page().documents] == ["s-2", "s-1"]


@pytest.mark.parametrize("missing", ["none", "..", "a/b"])
def test_what_is_not_there(scorings: Scorings, missing: str) -> None:
    for ask in (scorings.get, scorings.request, scorings.plan):
        with pytest.raises(ScoringNotFound):
            ask(missing)


def test_one_that_is_being_written_down_is_none_yet(scorings: Scorings, tmp_path: Path) -> None:
    DirectoryStore(tmp_path).put("scorings/half/request.json", b"{}")
    assert scorings.ids() == ("half",)
    assert scorings.page().documents == []


def test_the_first_marker_counts(scorings: Scorings) -> None:
    first = done(4, worker=0)
    assert not scorings.marked("s-1", 4)
    assert scorings.mark("s-1", first) == first
    assert scorings.mark("s-1", done(4, worker=1, rows=99)) == first
    assert scorings.marked("s-1", 4)
    scorings.mark("s-1", done(11))
    assert scorings.done("s-1") == {4, 11}


def test_a_cancel_is_written_down(scorings: Scorings) -> None:
    assert not scorings.cancel_asked("s-1")
    scorings.ask_to_cancel("s-1", by="ana")
    assert scorings.cancel_asked("s-1")


def worker(number: int, **members: Any) -> WorkerState:
    return WorkerState(worker=number, parts=2, updated=NOW, **members)


def test_the_workers_words_are_added_up_while_it_runs(scorings: Scorings) -> None:
    state = scorings.create(REQUEST, plan(4), "s-1")
    failed = PartFailed(number=1, name="1.csv", code="invalid_rows", reason="no column")
    scorings.save_worker("s-1", worker(0, parts_done=1, rows=15, warnings=2, rows_per_second=5.0, seconds_left=30.0))
    scorings.save_worker("s-1", worker(1, rows=3, rows_per_second=2.0, failed_parts=1, failed=[failed]))
    assert scorings.get("s-1").rows == 0  # it is queued: these words are of an earlier attempt
    state.phase = ScoringPhase.RUNNING
    scorings.save(state)
    found = scorings.get("s-1")
    assert (found.parts_done, found.rows, found.warnings, found.rows_per_second) == (1, 18, 2, 7.0)
    assert (found.failed_parts, found.failed, found.expected_end) == (1, [failed], None)
    scorings.save_worker("s-1", worker(1, rows=9, seconds_left=60.0))
    end = scorings.get("s-1").expected_end
    assert end is not None
    assert timedelta(seconds=50) < end - datetime.now(UTC) <= timedelta(seconds=60)


def test_ended_workers_are_no_longer_fast() -> None:
    state = ScoringState(id="s", request=REQUEST, parts=4, bytes=4, created=NOW, updated=NOW)
    added = state.added_up([worker(0, rows_per_second=5.0, ended=True, rows=7), worker(1, rows_per_second=1.0)])
    assert (added.rows, added.rows_per_second, added.expected_end) == (7, 1.0, None)


def test_the_end_gets_its_time(scorings: Scorings) -> None:
    state = scorings.create(REQUEST, plan(1), "s-1")
    assert state.ended is None
    state.phase = ScoringPhase.CANCELLED
    scorings.save(state)
    assert scorings.get("s-1").ended is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"parallel": 0},
        {"parallel": 257},
        {"version": 0},
        {"model": "a/b"},
        {"source": ""},
        {"source": "a\nb"},
        {"x": 1},
    ],
)
def test_requests_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ScoringRequest.model_validate({"model": "m", "source": "in/"} | wrong)
