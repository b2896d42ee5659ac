"""A real H2O reads the training rows itself, from S3 or from files: what it then has is what would have been sent."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tablee.errors import TrainingFailed
from tablee.jobs.training import Phase, TrainingRequest
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee.settings import S3Settings
from tablee.storage.object_store import DirectoryStore, ObjectStore, S3Store
from tablee_train.data.partitions import Partitions
from tablee_train.engine.base import SearchPlan, TrainingRows
from tablee_train.engine.h2o import H2oEngine
from tablee_train.engine.h2o_frames import read, upload
from tablee_train.engine.h2o_rest import H2oRest, path_segment
from tablee_train.lifecycle.stop import training_stop
from tablee_train.settings import H2oSettings

ROWS = 4000
LEVELS = ["a,b", 'dit "non"', "é è", "日本", "  devant", "NA ", "001", "1", "x\ty", "zeile\nzwei", "\\", "Z", "a", "B"]
CATEGORY = "ville, l'une \\ l'autre"


def table() -> pl.DataFrame:
    random = np.random.default_rng(7)
    number = random.normal(size=ROWS)
    return pl.DataFrame(
        {
            'prix "net" é': [None if i % 9 == 0 else float(x) for i, x in enumerate(number)],
            "grand": [float(2**53 + 4 * i) for i in range(ROWS)],
            "petit": [float(x) * 1e-300 for x in number],
            "entier": [float(i % 50) for i in range(ROWS)],
            "not asked for": ["x"] * ROWS,
            # Levels that first come late, and a part without any value: the parts' levels are not the same.
            CATEGORY: [None if i % 7 == 0 or i // 1000 == 1 else LEVELS[i % (7 + 7 * (i > 3000))] for i in range(ROWS)],
            "y": [["non", "oui"][int(x + (i % 3) / 3 > 0.3)] for i, x in enumerate(number)],
        }
    )


@pytest.fixture
def plan() -> SearchPlan:
    frame = table()
    columns: list[Any] = [
        NumberColumn(name=name, minimum=0, maximum=1) for name in ("entier", "grand", "petit", 'prix "net" é')
    ]
    columns.append(CategoryColumn(name=CATEGORY, levels=tuple(sorted(frame[CATEGORY].drop_nulls().unique()))))
    target = Target(name="y", problem_type=ProblemType.BINARY, classes=("non", "oui"))
    contract = Contract(model="m", columns=tuple(columns), target=target)
    request = TrainingRequest(dataset="d", target="y", max_models=1, folds=2, include_algorithms=("GBM",), seed=5)
    return SearchPlan("tablee_reads", contract, "auc", request, 5, 300.0)


@pytest.fixture
def engine(h2o_with_s3: Any) -> Iterator[H2oEngine]:
    with closing(H2oEngine(H2oSettings(url=h2o_with_s3.url), training_stop())) as engine:
        engine.ready()
        yield engine


def written(store: ObjectStore, frame: pl.DataFrame) -> TrainingRows:
    with Partitions(store, "t", cells=1000 * frame.width).writing() as writer:
        for start in range(0, frame.height, 250):
            writer.add(frame.slice(start, 250))
    assert len(writer.addresses) == 4
    return TrainingRows(frame.height, frame.head(9), 1.0, tuple(writer.addresses), tuple(frame.columns))


@pytest.fixture(params=["s3", "a b #1%20+c@x=[1]{2}&$q", "rené 日本"])
def store(request: pytest.FixtureRequest, tmp_path: Path, s3: str) -> ObjectStore:
    if request.param == "s3":
        return S3Store(S3Settings.model_validate({"endpoint": s3, "access_key": "k", "secret_key": "s"}))
    return DirectoryStore(tmp_path / request.param)


def cells(rest: H2oRest, key: str) -> tuple[Any, ...]:
    """Names, types and levels of a frame, and its cells as H2O writes them."""
    columns = rest.get(f"/3/Frames/{path_segment(key)}", row_count="0")["frames"][0]["columns"]
    described = [(c["label"], c["type"], c["domain"], c["missing_count"]) for c in columns]
    return described, rest.text("/3/DownloadDataset", frame_id=key, hex_string="true")


def test_what_h2o_reads_is_what_would_be_sent(store: ObjectStore, engine: H2oEngine, plan: SearchPlan) -> None:
    frame = table()
    rows, rest = written(store, frame), engine._rest
    try:
        sent = upload(engine.monitor(), "tablee_reads_sent", frame, plan.contract)
        own = read(engine.monitor(), "tablee_reads_own", rows, plan.contract)
        assert cells(rest, own) == cells(rest, sent)
        assert len(store.list("trainings/t/frames/")) == 4, "H2O removes nothing from the store"
    finally:
        engine.release(plan)
    left = [item["frame_id"]["name"] for item in rest.get("/3/Frames")["frames"]]
    assert not [name for name in left if "reads" in name]


def test_the_same_model_comes_of_it(s3: str, engine: H2oEngine, plan: SearchPlan) -> None:
    """Levels beyond those of the training rows among what is scored."""
    frame = table()
    store = S3Store(S3Settings.model_validate({"endpoint": s3, "access_key": "k", "secret_key": "s"}))
    new = pl.when(pl.int_range(pl.len()) % 10 == 0).then(pl.lit("new")).otherwise(CATEGORY).alias(CATEGORY)
    found = []
    for way, rows in (("sent", TrainingRows(ROWS, frame, 1.0)), ("own", written(store, frame))):
        search = dataclasses.replace(plan, key=f"tablee_reads_{way}")
        try:
            board = engine.search(search, rows, lambda _: None)
            found.append((board[0], engine.predict(search, board[0].model_id, frame.head(500).with_columns(new), 2)))
        finally:
            engine.release(search)
    (leader, sent), (other, own) = found
    assert np.ptp(sent[:, 1]) > 0.5, "it has learnt something"
    assert np.abs(own - sent).max() == 0.0
    assert other.metrics == pytest.approx(leader.metrics, abs=1e-5), "H2O's areas under curves are approximations"


def test_parts_that_are_not_there_are_counted(s3: str, engine: H2oEngine, plan: SearchPlan) -> None:
    store = S3Store(S3Settings.model_validate({"endpoint": s3, "access_key": "k", "secret_key": "s"}))
    rows = written(store, table())
    store.delete("trainings/t/frames/00002.parquet")
    with pytest.raises(TrainingFailed, match="3 of 4 parts below s3://tablee/trainings/t/frames") as error:
        engine.search(plan, rows, lambda _: None)
    assert "TABLEE_IN_MEMORY_MIB" in error.value.hint
    elsewhere = dataclasses.replace(rows, addresses=("s3://nowhere/part.parquet",))
    with pytest.raises(TrainingFailed, match=r"from the object store: .*bucket does not exist"):
        engine.search(plan, elsewhere, lambda _: None)
    engine.release(plan)


@pytest.mark.jvm
def test_a_whole_training_that_reads_from_s3(services: Any, s3: str, h2o_with_s3: Any) -> None:
    variables = {"TABLEE_IN_MEMORY_MIB": "0", "TABLEE_H2O__URL": h2o_with_s3.url}
    store = S3Store(S3Settings.model_validate({"endpoint": s3, "access_key": "k", "secret_key": "s"}))
    whole = services.over(store)
    whole.add("penguins", services.penguins)
    asked = {"target": "species", "model": "read", "max_models": 1, "include_algorithms": ["GBM"], "seed": 3}
    state = whole.run(variables=variables, **asked)
    assert state.phase is Phase.SUCCEEDED, state.message
    assert not store.list(f"trainings/{state.id}/frames/")
    sent = services.run(model="sent", **{name: value for name, value in asked.items() if name != "model"})
    assert sent.phase is Phase.SUCCEEDED, sent.message
    assert state.holdout == pytest.approx(sent.holdout, rel=1e-12)


def test_a_training_that_h2o_cannot_read_leaves_nothing(services: Any, s3: str) -> None:
    """Its H2O knows nothing of this S3."""
    store = S3Store(S3Settings.model_validate({"endpoint": s3, "access_key": "k", "secret_key": "s"}))
    whole = services.over(store)
    whole.add("penguins", services.penguins)
    state = whole.run(target="species", max_models=1, variables={"TABLEE_IN_MEMORY_MIB": "0"})
    assert state.phase is Phase.FAILED
    assert "H2O cannot read the training rows from the object store" in state.message
    assert not store.list(f"trainings/{state.id}/frames/")
