"""Repairs: each action makes a version, or the error says why there is nothing to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tablee.datasets import batches
from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.profile import (
    DropDuplicateRows,
    DropRareRows,
    GroupRareLevels,
    ParseDates,
    ParseNumbers,
    RepairAction,
)
from tablee.datasets.store import Datasets
from tablee.errors import DatasetNotFound, InvalidRecipe, InvalidRequest
from tablee.recipes.steps import ParseDate, ParseNumber, RareLevels
from tablee_data.readers import ingest
from tablee_data.transforms.repair import repair

TABLE = {
    "size": ["1 cm", "2 cm", "1 cm", "n.c.", "2 cm", "1 cm", "3 cm"],
    "since": ["mars 2024", "avril 2024", "mars 2024", "mai 2024", "avril 2024", "mars 2024", "soon"],
    "kind": ["a", "b", "a", "c", "b", "a", "d"],
    "class": [1, 2, 1, 3, 2, 1, 3],
}


@pytest.fixture
def source(datasets: Datasets, tmp_path: Path) -> DatasetManifest:
    file = tmp_path / "table.csv"
    pl.DataFrame(TABLE).write_csv(file)
    return ingest(datasets, "table", file, filename="table.csv", by="ana")[0]


def made(datasets: Datasets, action: RepairAction) -> tuple[DatasetManifest, list[dict[str, Any]]]:
    manifest, new = repair(datasets, datasets.manifest("table"), action, by="eve")
    assert new
    return manifest, datasets.frame(manifest).to_dicts()


def test_the_first_of_repeated_rows_is_kept(datasets: Datasets, source: DatasetManifest) -> None:
    manifest, rows = made(datasets, DropDuplicateRows())
    assert [(row["kind"], row["class"]) for row in rows] == [("a", 1), ("b", 2), ("c", 3), ("d", 3)]
    assert (manifest.rows, manifest.by) == (4, "eve")
    (applied,) = manifest.mended
    assert (applied.source, applied.rows, applied.cells) == (source.version, 3, 0)
    assert datasets.manifest("table", source.version) == source, "the version it was made of stays"
    again, new = repair(datasets, source, DropDuplicateRows())
    assert (again, new) == (manifest, False)
    with pytest.raises(InvalidRequest, match="nothing to do"):
        repair(datasets, manifest, DropDuplicateRows())
    assert len(datasets.versions("table")) == 2


def test_repeated_rows_are_found_across_batches(
    datasets: Datasets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_CELLS", 1)  # batches of 1000 rows, the least there is
    numbers = [n % 1700 for n in range(3000)]
    pl.DataFrame({"n": numbers, "none": [None if n % 2 else "x" for n in numbers]}).write_csv(tmp_path / "t.csv")
    ingest(datasets, "table", tmp_path / "t.csv", filename="t.csv")
    manifest, rows = made(datasets, DropDuplicateRows())
    assert [row["n"] for row in rows] == list(range(1700))
    assert manifest.mended[0].rows == 1300


def test_texts_become_numbers(datasets: Datasets, source: DatasetManifest) -> None:
    manifest, rows = made(datasets, ParseNumbers(step=ParseNumber(column="size", units={"cm": 0.01})))
    assert [row["size"] for row in rows] == [0.01, 0.02, 0.01, None, 0.02, 0.01, 0.03]
    assert manifest.columns[0].kind == "number"
    assert manifest.columns[1:] == source.columns[1:]


def test_texts_become_dates(datasets: Datasets, source: DatasetManifest) -> None:
    manifest, rows = made(datasets, ParseDates(step=ParseDate(column="since", order="month_year")))
    assert [row["since"] for row in rows[2:]] == ["2024-03-01", "2024-05-01", "2024-04-01", "2024-03-01", None]
    assert manifest.columns[1].kind == "date"
    assert manifest.mended[0].cells == 7


def test_dates_keep_their_time_of_day(datasets: Datasets, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("at,n\n3 mai 2024 à 8h30,1\n4 mai 2024,2\n", encoding="utf-8")
    ingest(datasets, "table", tmp_path / "t.csv", filename="t.csv")
    _, rows = made(datasets, ParseDates(step=ParseDate(column="at")))
    assert [row["at"] for row in rows] == ["2024-05-03T08:30:00", "2024-05-04T00:00:00"]


def test_rare_levels_are_grouped(datasets: Datasets, source: DatasetManifest) -> None:
    manifest, rows = made(datasets, GroupRareLevels(step=RareLevels(column="kind", least=2)))
    assert [row["kind"] for row in rows] == ["a", "b", "a", "(other)", "b", "a", "(other)"]
    assert (manifest.mended[0].rows, manifest.mended[0].cells) == (0, 2)


def test_numbers_that_are_classes_are_grouped_as_texts(datasets: Datasets, source: DatasetManifest) -> None:
    _, rows = made(datasets, GroupRareLevels(step=RareLevels(column="class", least=3)))
    assert [row["class"] for row in rows] == ["1", "(other)", "1", "(other)", "(other)", "1", "(other)"]


def test_rows_of_rare_classes_are_removed(datasets: Datasets, source: DatasetManifest) -> None:
    manifest, rows = made(datasets, DropRareRows(column="kind", least_rows=2))
    assert [row["kind"] for row in rows] == ["a", "b", "a", "b", "a"]
    assert manifest.mended[0].rows == 2
    _, rows = made(datasets, DropRareRows(column="class", least_rows=3))
    assert [row["class"] for row in rows] == [1, 1, 1]


@pytest.mark.parametrize(
    ("action", "error", "words"),
    [
        (ParseNumbers(step=ParseNumber(column="kind")), InvalidRequest, "no cell of “kind” can be read so"),
        (ParseNumbers(step=ParseNumber(column="class")), InvalidRecipe, "“class” is a number here, expected a text"),
        (ParseDates(step=ParseDate(column="nobody")), InvalidRecipe, "there is no column “nobody”"),
        (GroupRareLevels(step=RareLevels(column="kind", least=1)), InvalidRequest, "nothing to do"),
        (DropRareRows(column="kind", least_rows=100), InvalidRequest, "no row would be left"),
        (DropRareRows(column="nobody", least_rows=2), InvalidRequest, "no column “nobody”"),
    ],
)
def test_a_refused_repair_stores_nothing(
    datasets: Datasets, source: DatasetManifest, action: RepairAction, error: type[Exception], words: str
) -> None:
    with pytest.raises(error) as refused:
        repair(datasets, datasets.manifest("table"), action)
    assert words in str(refused.value)
    assert datasets.versions("table") == [source]


def test_a_missing_version_is_not_found(datasets: Datasets) -> None:
    with pytest.raises(DatasetNotFound):
        repair(datasets, datasets.manifest("table"), DropDuplicateRows())
