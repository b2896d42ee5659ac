"""Rows through a real H2O: every name and every value arrives as it is."""

from __future__ import annotations

import dataclasses
from contextlib import closing
from typing import Any

import polars as pl
import pytest

from tablee.errors import TrainingFailed
from tablee.jobs.training import TrainingRequest
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee_train.engine.base import SearchPlan, SearchProgress, TrainingRows
from tablee_train.engine.h2o import H2oEngine
from tablee_train.engine.h2o_frames import TARGET
from tablee_train.lifecycle.stop import training_stop

LEVELS = [
    "a,b",
    'dit "non"',
    "é è",
    "  devant",
    "NA ",
    "001",
    "1",
    "true",
    "x\ty",
    "l'ap",
    "zeile\nzwei",
    "\\",
    "[1,2]",
    "?",
    "nan.",
]
NUMBER, CATEGORY = 'prix "net" é', "ville, l'une \\ l'autre"


@pytest.fixture
def odd() -> tuple[pl.DataFrame, SearchPlan]:
    rows = len(LEVELS) * 12
    frame = pl.DataFrame(
        {
            NUMBER: [i * 0.1 if i % 9 else None for i in range(rows)],
            CATEGORY: [LEVELS[i % len(LEVELS)] if i % 7 else None for i in range(rows)],
            "2020-01-01": [f"2020-01-{1 + i % 28:02}" for i in range(rows)],
            "target": [str(i % 3) for i in range(rows)],
            "class/é @@": [["oui, certes", 'non "non"'][(i * i) % 7 % 2] for i in range(rows)],
        }
    )
    columns: list[Any] = [NumberColumn(name=NUMBER, minimum=0, maximum=100)]
    for name in (CATEGORY, "2020-01-01", "target"):
        columns.append(CategoryColumn(name=name, levels=tuple(sorted(frame[name].drop_nulls().unique()))))
    target = Target(name="class/é @@", problem_type=ProblemType.BINARY, classes=('non "non"', "oui, certes"))
    contract = Contract(model="m", columns=tuple(columns), target=target)
    request = TrainingRequest(dataset="d", target=target.name, max_models=1, folds=2, include_algorithms=("GBM",))
    return frame, SearchPlan("tablee_odd_names", contract, "auc", request, 1, 300.0)


def test_names_and_levels_arrive_as_they_are(services: Any, odd: tuple[pl.DataFrame, SearchPlan]) -> None:
    frame, plan = odd
    engine = H2oEngine(services.settings("any").h2o, training_stop())
    with closing(engine):
        search(engine, frame, plan)


def search(engine: H2oEngine, frame: pl.DataFrame, plan: SearchPlan) -> None:
    engine.ready()
    seen: dict[str, Any] = {}

    def look(_: SearchProgress) -> None:
        columns = engine._rest.get("/3/Frames/tablee_odd_names_train_named")["frames"][0]["columns"]
        seen.update({column["label"]: column for column in columns})

    try:
        board = engine.search(plan, TrainingRows(frame.height, frame, 1.0), look)
        assert [row.algorithm for row in board] == ["GBM"]
        assert list(seen) == [NUMBER, CATEGORY, "2020-01-01", "target", TARGET]
        for name in (CATEGORY, "2020-01-01", "target"):
            assert set(seen[name]["domain"]) == set(frame[name].drop_nulls())
            assert seen[name]["missing_count"] == frame[name].null_count()
        assert seen[NUMBER]["data"][:5] == ["NaN", 0.1, 0.2, 0.30000000000000004, 0.4]
        assert seen[TARGET]["domain"] == ['non "non"', "oui, certes"]
        scores = engine.predict(plan, board[0].model_id, frame.head(30), 2)
        assert scores.shape == (30, 2)
        assert scores.sum(axis=1) == pytest.approx(1.0)
        empty = frame.head(3).with_columns(pl.lit(None, pl.String).alias(CATEGORY))
        assert engine.predict(plan, board[0].model_id, empty, 2).shape == (3, 2)
    finally:
        engine.release(plan)
    left = [item["frame_id"]["name"] for item in engine._rest.get("/3/Frames")["frames"]]
    assert not [name for name in left if "odd_names" in name]
    assert not engine._leaderboard(plan.key)
    engine.release(plan)  # a second call does nothing


def test_a_search_that_does_not_end_is_stopped(services: Any, odd: tuple[pl.DataFrame, SearchPlan]) -> None:
    frame, plan = odd
    long = plan.request.model_copy(update={"max_models": None, "max_seconds": 600, "include_algorithms": ()})
    plan = dataclasses.replace(plan, key="tablee_too_long", request=long, deadline_seconds=0.5)
    with closing(H2oEngine(services.settings("any").h2o, training_stop())) as engine:
        engine.ready()
        with pytest.raises(TrainingFailed, match="did not end within 0 s and was stopped"):
            engine.search(plan, TrainingRows(frame.height, frame, 1.0), lambda _: None)
        engine.release(plan)
        jobs = [job for job in engine._rest.get("/3/Jobs")["jobs"] if plan.key in job["dest"]["name"]]
        assert {job["status"] for job in jobs} <= {"DONE", "CANCELLED"}
