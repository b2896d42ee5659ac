"""Data sets: immutable versions by content."""

from __future__ import annotations

from pathlib import Path

import pytest

from tablee.datasets import Datasets
from tablee.errors import DatasetNotFound, InvalidRequest, InvalidTable
from tablee.objects import DirectoryStore

PENGUINS = Path(__file__).parents[2] / "data" / "penguins" / "penguins.csv"


@pytest.fixture
def datasets(store: DirectoryStore) -> Datasets:
    return Datasets(store)


def test_the_same_bytes_are_the_same_version(datasets: Datasets, tmp_path: Path) -> None:
    first, new = datasets.add("penguins", PENGUINS, filename="penguins.csv")
    again, new_again = datasets.add("penguins", PENGUINS, filename="other.csv")
    assert (new, new_again, again) == (True, False, first)
    changed = tmp_path / "more.csv"
    changed.write_bytes(PENGUINS.read_bytes() + b"Adelie,Dream,39,18,190,3700,male,2009\n")
    second, _ = datasets.add("penguins", changed, filename="more.csv")
    assert [m.version for m in datasets.versions("penguins")] == [second.version, first.version]
    assert datasets.manifest("penguins") == datasets.manifest("penguins", "latest") == second
    assert datasets.names() == ["penguins"]


def test_columns_are_described(datasets: Datasets) -> None:
    manifest, _ = datasets.add("penguins", PENGUINS, filename="penguins.csv")
    columns = {column.name: column for column in manifest.columns}
    assert (manifest.rows, len(columns)) == (344, 8)
    assert [c.kind for c in manifest.columns] == ["category"] * 2 + ["number"] * 4 + ["category", "number"]
    assert (columns["sex"].missing, columns["sex"].distinct) == (11, 2)
    assert columns["flipper_length_mm"].integer
    assert not columns["bill_length_mm"].integer
    assert columns["species"].top[0] == ("Adelie", 152)
    frame = datasets.frame(manifest)
    assert frame.shape == (344, 8)
    assert frame["bill_length_mm"].null_count() == 2
    assert datasets.frame(manifest, limit=5).height == 5


def test_free_text_is_no_category(datasets: Datasets, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("id,kind\n" + "".join(f"client-{i},{'ab'[i % 2]}\n" for i in range(200)))
    manifest, _ = datasets.add("texts", file, filename="t.csv")
    assert [column.kind for column in manifest.columns] == ["text", "category"]


def test_a_broken_file_leaves_nothing(datasets: Datasets, store: DirectoryStore, tmp_path: Path) -> None:
    file = tmp_path / "broken.csv"
    file.write_bytes(b"a,b\n1,2\n3\n")
    with pytest.raises(InvalidTable, match="line 3"):
        datasets.add("broken", file, filename="broken.csv")
    assert store.list("") == []


def test_what_is_not_there(datasets: Datasets) -> None:
    with pytest.raises(DatasetNotFound):
        datasets.versions("nothing")
    with pytest.raises(DatasetNotFound):
        datasets.manifest("nothing", "abc")
    datasets.add("penguins", PENGUINS, filename="p.csv")
    with pytest.raises(DatasetNotFound):
        datasets.manifest("penguins", "../x")


@pytest.mark.parametrize("name", ["", "..", "A", "a b", "a/b", "é", "-a", "a-", "x" * 64])
def test_names_are_plain(datasets: Datasets, name: str) -> None:
    with pytest.raises(InvalidRequest, match="cannot be a name"):
        datasets.add(name, PENGUINS, filename="p.csv")
