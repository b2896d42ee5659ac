"""The streaming split gives the same result as the split in memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tablee.datasets import batches
from tablee.datasets.store import Datasets
from tablee.errors import InvalidRequest, TrainingCancelled
from tablee.i18n import Translator
from tablee.jobs.training import TrainingRequest, Trainings, TrainingState
from tablee.storage.object_store import DirectoryStore
from tablee_data.readers import ingest
from tablee_train.data import streaming
from tablee_train.data.partitions import Partitions
from tablee_train.data.preparation import Preparation, prepare
from tablee_train.data.split import row_hashes
from tablee_train.settings import TrainSettings

Prepare = Callable[..., Preparation]


class Dataset:
    """A data set in an object store, and trainings prepared on it both ways."""

    def __init__(self, folder: Path, frame: pl.DataFrame) -> None:
        self.objects = DirectoryStore(folder / "objects")
        self.datasets = Datasets(self.objects)
        frame.write_csv(folder / "data.csv")
        ingest(self.datasets, "data", folder / "data.csv", filename="data.csv")

    def state(self, **request: Any) -> TrainingState:
        return Trainings(self.objects).create(
            TrainingRequest.model_validate(
                {"dataset": "data", "target": "y", "seed": 1, "max_models": 1, "recipe": "none", **request}
            )
        )

    def prepare(
        self, state: TrainingState, *, mib: float, advance: Callable[[float], None] = lambda _: None
    ) -> Preparation:
        settings = TrainSettings.read({"TABLEE_TRAINING_ID": state.id, "TABLEE_IN_MEMORY_MIB": str(mib)})
        return prepare(state, self.datasets, settings, Partitions(self.objects, state.id, cells=2000), advance)

    def frames(self) -> list[str]:
        return [key for key in self.objects.list("trainings/") if "/frames/" in key]


def table(rows: int, seed: int = 0) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "x": [None if i % 13 == 0 else float(x) for i, x in enumerate(random.normal(size=rows))],
            "id": [float(2**53 + 2 * i) for i in range(rows)],
            "lieu": [None if i % 11 == 0 else f"l'été, «{i % 7}»\n" for i in range(rows)],
            "rare": ["late" if i >= rows - 2 else "often" for i in range(rows)],
            "note": [f"{i} mots" for i in range(rows)],
            "vide": [None] * rows,
            "même": ["x"] * rows,
            "y": [["non", "oui", None][i % 3] if i % 5 else "oui" for i in range(rows)],
        },
        schema_overrides={"vide": pl.String},
    )


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a small data set is read in many pieces."""
    monkeypatch.setattr(batches, "batch_rows", lambda _: 97)


@pytest.mark.parametrize(
    ("target", "kind"), [("y", "auto"), ("x", "regression"), ("lieu", "auto")], ids=["binary", "regression", "classes"]
)
def test_both_ways_come_to_the_same(tmp_path: Path, target: str, kind: str) -> None:
    dataset = Dataset(tmp_path, table(2000))
    state = dataset.state(target=target, problem_type=kind, ignored_columns=("même",))
    whole, through = dataset.prepare(state, mib=256), dataset.prepare(state, mib=0)
    assert not whole.train.addresses
    assert len(through.train.addresses) > 3
    read = pl.concat([pl.read_parquet(address, memory_map=False) for address in through.train.addresses])
    assert tuple(read.columns) == through.train.columns
    assert "note" not in read.columns
    assert read.equals(whole.train.frame.select(read.columns))
    assert through.train.variance == pytest.approx(whole.train.variance, rel=1e-12)
    assert through.problem == whole.problem
    assert through.holdout.sort("id").equals(whole.holdout.sort("id"))

    # Examples come from a sample; all else of the contract is the same.
    assert through.draft.left_out == whole.draft.left_out
    one, other = (each.draft.contract.model_copy(update={"examples": ()}) for each in (whole, through))
    assert one == other
    assert len(through.draft.contract.examples) == 5
    without = {"judged_rows"}
    assert {k: v for k, v in through.summary().items() if k not in without} == {
        k: v for k, v in whole.summary().items() if k not in without
    }


def test_rows_kept_in_memory_show_every_level_and_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "SAMPLE_ROWS", 10)
    dataset = Dataset(tmp_path, table(2000))
    train = dataset.prepare(dataset.state(), mib=0).train
    assert train.frame.height < 30
    for name in ("rare", "lieu", "x"):
        read = pl.concat([pl.read_parquet(address, memory_map=False) for address in train.addresses])[name]
        assert train.frame[name].null_count() > 0 or not read.null_count()
        if read.dtype == pl.String:
            assert set(train.frame[name].drop_nulls()) == set(read.drop_nulls())


def test_the_rows_that_are_judged_are_always_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "HOLDOUT_CELLS", 1)
    monkeypatch.setattr(streaming, "HOLDOUT_ROWS", 50)
    frame = table(2000).with_columns(pl.when(pl.col("rare") == "late").then(pl.lit("seldom")).otherwise("y").alias("y"))
    rare = pl.concat([table(10, seed=3).with_columns(pl.lit("seldom").alias("y")), frame])
    (tmp_path / "shuffled").mkdir()
    both = [Dataset(tmp_path, rare), Dataset(tmp_path / "shuffled", rare.sample(fraction=1.0, shuffle=True, seed=2))]
    one, other = (dataset.prepare(dataset.state(), mib=0) for dataset in both)
    assert one.holdout.equals(other.holdout)
    assert 50 <= one.holdout.height <= 52
    assert set(one.holdout["y"]) == {"non", "oui", "seldom"}, "every class is judged"
    assert one.held_out == one.summary()["holdout_rows"] > 300
    words = row_hashes(one.holdout.select(rare.columns))
    assert (np.diff(words[:50].astype(float)) >= 0).all()


def test_a_class_without_a_hold_out_row_needs_a_second_pass(tmp_path: Path) -> None:
    frame = table(1500).with_columns(pl.when(pl.int_range(pl.len()) < 6).then(pl.lit("peu")).otherwise("y").alias("y"))
    for seed in range(20):  # until the six rows are above the threshold
        few = frame.with_columns(pl.col("id") + 2 * seed)
        if (row_hashes(few.head(6)) > np.uint64(0.05 * 2**64)).all():
            break
    dataset = Dataset(tmp_path, few)
    state = dataset.state(target="y")
    reads: list[float] = []
    whole, through = dataset.prepare(state, mib=256), dataset.prepare(state, mib=0, advance=reads.append)
    assert through.holdout.sort("id").equals(whole.holdout.sort("id"))
    assert "peu" in set(through.holdout["y"])


def test_refusals_are_those_of_small_data(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": [1.0] * 40, "y": [1.0] * 30 + [5.5] * 10})
    dataset = Dataset(tmp_path, frame)
    for asked, words in (({}, "different rows, too few"), ({"target": "z"}, "no column “z”")):
        said = []
        for mib in (256, 0):
            with pytest.raises(InvalidRequest) as error:
                dataset.prepare(dataset.state(**asked), mib=mib)
            said.append(error.value.detail)
        assert said[0] == said[1]
        assert words in said[0]


def test_an_end_while_reading_leaves_no_file_behind(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path, table(2000))

    def end(share: float) -> None:
        if share > 0.5:
            raise TrainingCancelled("enough")

    state = dataset.state()
    with pytest.raises(TrainingCancelled):
        dataset.prepare(state, mib=0, advance=end)
    assert dataset.frames()
    Partitions(dataset.objects, state.id).clear()
    assert not dataset.frames()
    Partitions(dataset.objects, state.id).clear()  # a second call does nothing


def test_parts_of_an_earlier_attempt_are_replaced(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path, table(2000))
    state = dataset.state()
    dataset.objects.put(f"trainings/{state.id}/frames/09999.parquet", b"left")
    through = dataset.prepare(state, mib=0)
    assert [str(tmp_path / "objects" / key) for key in dataset.frames()] == list(through.train.addresses)


@pytest.mark.parametrize("mib", [256, 0], ids=["in memory", "streamed"])
def test_a_proposed_step_says_which_of_two_readings_it_takes(tmp_path: Path, mib: float) -> None:
    frame = pl.DataFrame(
        {
            "prix": [f"{1 + i % 9}.{i % 900 + 100} €" for i in range(300)],
            "poids": [f"{i % 90},5 kg" for i in range(300)],
            "y": ["oui" if i % 3 else "non" for i in range(300)],
        }
    )
    dataset = Dataset(tmp_path, frame)
    [remark] = dataset.prepare(dataset.state(recipe="auto"), mib=mib).remarks
    assert remark.key == "training_remark.two_readings"
    for language, words in (("fr", "« prix »"), ("en", "“prix”")):
        said = remark.said(Translator(language))
        assert words.replace(" ", "\u00a0") in said
        assert re.search(r"[1-9]\.[0-9]{3} €", said)
    steps = dataset.prepare(dataset.state(recipe="none"), mib=mib)
    assert steps.remarks == []
