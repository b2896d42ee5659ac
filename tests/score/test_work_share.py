"""Workers as processes: every part is scored exactly once, even if workers are stopped or killed."""

from __future__ import annotations

import hashlib
import io
import json
import signal
from typing import Any

import numpy as np
import polars as pl
import pytest

from tablee.jobs.scoring import PartDone, ScoringState
from tablee_score.outcome import ExitCode

pytestmark = pytest.mark.timeout(900)

ENDLESS = 400
"""A number of files that takes a worker much longer than it takes to see that the scoring was cancelled."""


def check(services: Any, state: ScoringState) -> dict[int, PartDone]:
    """Every part has one output, the one that its marker describes, with the scores that the model gives."""
    plan, markers, outputs = services.scorings.plan(state.id), services.markers(state.id), services.outputs(state)
    assert set(markers) == {part.number for part in plan.parts}
    assert set(outputs) == {part.name for part in plan.parts}
    for part in plan.parts:
        marker, output = markers[part.number], outputs[part.name]
        assert (marker.name, marker.bytes, marker.sha256) == (
            part.name,
            len(output),
            hashlib.sha256(output).hexdigest(),
        )
        kind = pl.read_parquet if part.name.lower().endswith(".parquet") else pl.read_csv
        answered, source = kind(io.BytesIO(output)), kind(io.BytesIO(place_of(services, state).store.get(part.key)))
        assert answered.select(source.columns).equals(source)
        assert answered.height == marker.rows
        scores = answered.select(
            f"probability_{name}" for name in services.made.model.contract.target.classes
        ).to_numpy()
        block = services.made.model.validator.frame(source)
        assert np.array_equal(scores, services.made.model.score(block))
        assert answered["prediction"].to_list() == services.made.model.predict(block).values
        assert marker.warnings == block.warning_count
    return markers


def place_of(services: Any, state: ScoringState) -> Any:
    return services.locations.find(state.request.source)


def test_two_workers_share_the_parts(services: Any) -> None:
    services.fill(3, 500)
    services.fill(2, 300, at="inbox/sub/", suffix=".csv")
    state = services.ask(parallel=2)
    processes = [services.start(state.id, worker) for worker in (0, 1)]
    for process in processes:
        code, out, err = services.ended(process)
        assert code is ExitCode.DONE.value, err
        assert "parts" in out
    markers = check(services, state)
    assert {number: marker.worker for number, marker in markers.items()} == {0: 0, 1: 1, 2: 0, 3: 1, 4: 0}
    workers = services.scorings.workers(state.id, 2)
    assert [(each.parts, each.parts_done, each.ended, each.part) for each in workers] == [
        (3, 3, True, None),
        (2, 2, True, None),
    ]
    assert sum(each.rows for each in workers) == 3 * 500 + 2 * 300
    assert all(each.rows_per_second > 0 and each.failed == [] for each in workers)

    code, out, _ = services.run(state.id)  # once more: nothing is left, so nothing changes, and no model is needed
    assert (code, out) == (0, f"3 parts, {workers[0].rows} rows\n")
    assert services.markers(state.id) == markers


def test_from_one_bucket_to_another(s3_yard: Any) -> None:
    s3_yard.fill(3, 200, at=f"s3://{s3_yard.lake}/2026/in/")
    state = s3_yard.ask(f"s3://{s3_yard.lake}/2026/in/", target=f"s3://{s3_yard.lake}/2026/out")
    code, _, err = s3_yard.run(state.id)
    assert code == 0, err
    check(s3_yard, state)
    left = {key.removeprefix(f"scorings/{state.id}/") for key in s3_yard.store.list("scorings/")}
    once = {"request.json", "plan.json", "state.json", "workers/0.json"}
    assert left == once | {f"parts/{number}.json" for number in range(3)}


def test_a_worker_that_is_killed_is_followed_by_another(s3_yard: Any) -> None:
    s3_yard.fill(24, 40_000)
    state = s3_yard.ask()
    first = s3_yard.start(state.id)
    s3_yard.until(lambda: len(s3_yard.scorings.done(state.id)) >= 2, first)
    first.kill()
    assert first.wait(10) == -signal.SIGKILL
    before = s3_yard.markers(state.id)
    assert 2 <= len(before) < 24
    whole = s3_yard.outputs(state)
    assert len(before) <= len(whole) <= len(before) + 1  # the one more is whole, too: its marker was to come
    code, _, err = s3_yard.run(state.id)
    assert code == 0, err
    after = check(s3_yard, state)
    assert {number: after[number] for number in before} == before
    assert {name: s3_yard.outputs(state)[name] for name in whole} == whole
    assert s3_yard.scorings.workers(state.id, 1)[0].rows == 24 * 40_000


def test_two_at_the_same_part_change_nothing(s3_yard: Any) -> None:
    s3_yard.fill(3, 5_000)
    state = s3_yard.ask()
    twins = [s3_yard.start(state.id) for _ in range(2)]
    assert [s3_yard.ended(twin)[0] for twin in twins] == [0, 0]
    check(s3_yard, state)


def test_sigterm_ends_it_soon_and_leaves_the_rest_to_another(services: Any) -> None:
    services.fill(40, 40_000)
    state = services.ask()
    process = services.start(state.id)
    services.until(lambda: services.scorings.done(state.id), process)
    process.send_signal(signal.SIGTERM)
    code, out, err = services.ended(process)
    assert (code, out) == (ExitCode.STOPPED, "")
    assert err.splitlines()[-1].startswith("The worker was interrupted.")
    assert 1 <= len(services.scorings.done(state.id)) < 40
    assert services.scorings.workers(state.id, 1)[0].message == "the worker was interrupted"
    assert list((services.home / "scratch").iterdir()) == []
    code, _, err = services.run(state.id)
    assert code == 0, err
    check(services, state)


def test_a_cancel_is_seen_within_seconds(services: Any) -> None:
    services.fill(ENDLESS, 40_000, same=True)
    state = services.ask()
    process = services.start(state.id)
    services.until(lambda: services.scorings.done(state.id), process)
    services.scorings.ask_to_cancel(state.id)
    code, _, err = services.ended(process)
    assert code == ExitCode.STOPPED
    assert err.splitlines()[-1].startswith("The scoring was cancelled.")
    assert len(services.scorings.done(state.id)) < ENDLESS
    assert services.run(state.id)[0] == ExitCode.STOPPED  # a later worker does not begin


def test_parts_that_cannot_be_scored_do_not_stop_the_others(services: Any) -> None:
    services.fill(6, 100)
    broken = {
        "inbox/part-000.parquet": b"no parquet at all",
        "inbox/part-001.parquet": parquet(pl.DataFrame({"another": ["table"] * 3})),
        "inbox/part-002.parquet": b"",
    }
    for key, data in broken.items():
        services.store.put(key, data)
    state = services.ask()
    services.store.put("inbox/part-003.parquet", services.store.get("inbox/part-004.parquet"))
    services.store.delete("inbox/part-005.parquet")
    code, _, err = services.run(state.id)
    assert code == ExitCode.HOPELESS
    assert err.splitlines()[-1].startswith("5 of 6 parts could not be scored: “part-000.parquet” (")
    (worker,) = services.scorings.workers(state.id, 1)
    assert [(failed.number, failed.code) for failed in worker.failed] == [
        (0, "invalid_table"),
        (1, "invalid_rows"),
        (2, "invalid_table"),
        (3, "source_changed"),
        (5, "source_changed"),
    ]
    assert worker.failed[3].reason == "“part-003.parquet” has changed since the scoring was asked for"
    assert worker.failed[4].reason == "“part-005.parquet” is gone since the scoring was asked for"
    assert set(services.markers(state.id)) == {4}
    assert set(services.outputs(state)) == {"part-004.parquet"}


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"TABLEE_SCORING_ID": "none"}, ExitCode.HOPELESS, "There is no scoring “none”"),
        ({"TABLEE_WORKER": "1"}, ExitCode.HOPELESS, "There is no worker 1 of 1"),
        ({"TABLEE_WORKER": "first"}, ExitCode.SETTINGS, "TABLEE_WORKER"),
        ({"TABLEE_WORKERS": "2"}, ExitCode.SETTINGS, "nknown variable TABLEE_WORKERS"),
        ({"TABLEE_MLFLOW__URL": "http://127.0.0.1:9"}, ExitCode.UNAVAILABLE, "MLflow at http://127.0.0.1:9"),
        ({"TABLEE_OBJECTS__S3__BUCKET": "x"}, ExitCode.SETTINGS, "exactly one of"),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
def test_errors_that_end_a_worker(services: Any, change: dict[str, str], code: ExitCode, words: str) -> None:
    services.fill(1, 10)
    ended, out, err = services.ended(services.start(services.ask().id, **change))
    assert (ended, out) == (code, "")
    assert words in err


def test_a_store_that_does_not_answer(s3_yard: Any) -> None:
    process = s3_yard.start("any", TABLEE_OBJECTS__S3__ENDPOINT="http://127.0.0.1:9")
    assert s3_yard.ended(process)[0] == ExitCode.UNAVAILABLE


def test_a_changed_bundle_is_not_tried_again(services: Any) -> None:
    services.fill(1, 10)
    state = services.ask()
    plan = json.loads(services.store.get(f"scorings/{state.id}/request.json"))
    services.store.put(f"scorings/{state.id}/request.json", json.dumps(plan | {"version": 9}).encode())
    code, _, err = services.run(state.id)
    assert code == ExitCode.HOPELESS
    assert "version 9" in err
