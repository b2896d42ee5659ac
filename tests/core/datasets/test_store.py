"""The store of data sets: immutable versions, identified by their content."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tablee.datasets.batches import batches
from tablee.datasets.manifest import ColumnSummary, DatasetManifest, version_of
from tablee.datasets.privacy import Anonymised, Drop
from tablee.datasets.reading import Reading
from tablee.datasets.store import Datasets
from tablee.errors import Conflict, DatasetNotFound, InvalidRequest
from tablee.storage.object_store import DirectoryStore

FRAME = pl.DataFrame({"a": [1.0, None], "b": ["x", "y"]})
OLD: dict[str, Any] = {
    "format": 1,
    "name": "old",
    "version": "0123456789ab",
    "rows": 2,
    "columns": [
        {
            "name": "a",
            "kind": "number",
            "missing": 1,
            "distinct": 1,
            "integer": True,
            "minimum": 1,
            "maximum": 1,
            "mean": 1,
        },
        {"name": "b", "kind": "category", "missing": 0, "distinct": 2, "top": [["x", 1], ["y", 1]]},
    ],
    "filename": "old.csv",
    "bytes": 10,
    "sha256": "0" * 64,
    "reader": "csv/1",
    "created": "2026-01-31T12:00:00Z",
}


@pytest.fixture
def datasets(store: DirectoryStore) -> Datasets:
    return Datasets(store)


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    FRAME.write_parquet(tmp_path / "data.parquet")
    return tmp_path / "data.parquet"


def manifest(name: str = "d", sha256: str = "1", **changes: Any) -> DatasetManifest:
    return DatasetManifest(
        name=name,
        version=version_of(sha256, Reading(), None),
        rows=2,
        columns=(ColumnSummary(name="a", kind="number", missing=1, distinct=1),),
        filename="d.csv",
        bytes=10,
        sha256=sha256,
        created=changes.pop("created", datetime.now(UTC)),
        reading=Reading(),
        **changes,
    )


def test_versions_are_added_found_and_removed(datasets: Datasets, parquet: Path) -> None:
    first, new = datasets.add(manifest(), parquet)
    again, new_again = datasets.add(manifest(by="ana"), parquet)
    assert (new, new_again, again) == (True, False, first)
    second, _ = datasets.add(manifest(sha256="2", created=first.created + timedelta(seconds=1)), parquet)
    assert [m.version for m in datasets.versions("d")] == [second.version, first.version]
    assert datasets.manifest("d") == datasets.manifest("d", "latest") == second
    assert datasets.names() == ["d"]
    assert datasets.newest() == [second]
    assert datasets.frame(second).equals(FRAME)
    assert datasets.frame(second, limit=1).height == 1
    datasets.remove(second)
    assert datasets.manifest("d") == first


def test_a_version_depends_on_content_reading_and_privacy_actions() -> None:
    versions = [
        version_of("1", Reading(), None),
        version_of("2", Reading(), None),
        version_of("1", Reading(separator=";"), None),
        version_of("1", Reading(), Anonymised(actions=(Drop(column="a"),), fingerprint="drop")),
    ]
    assert len(set(versions)) == 4
    assert versions[0] == version_of("1", Reading(), None)


def test_manifests_of_the_first_format_are_read(datasets: Datasets, store: DirectoryStore, parquet: Path) -> None:
    store.put_file("datasets/old/0123456789ab/data.parquet", parquet)
    store.put("datasets/old/0123456789ab/manifest.json", json.dumps(OLD).encode())
    found = datasets.manifest("old")
    assert (found.format, found.reading, found.origin.kind, found.rows) == (1, None, "upload", 2)
    assert found.columns[1].top == (("x", 1), ("y", 1))
    assert datasets.frame(found).equals(FRAME)


def test_batches_hold_all_rows_in_order(parquet: Path) -> None:
    assert pl.concat(batches(parquet)).equals(FRAME)
    assert pl.concat(batches(parquet, ["b"])).columns == ["b"]


def test_missing_data_sets_and_versions_are_not_found(datasets: Datasets, parquet: Path) -> None:
    with pytest.raises(DatasetNotFound):
        datasets.versions("nothing")
    with pytest.raises(DatasetNotFound):
        datasets.manifest("nothing", "abc")
    datasets.add(manifest(), parquet)
    with pytest.raises(DatasetNotFound):
        datasets.manifest("d", "../x")


@pytest.mark.parametrize("name", ["", "..", "A", "a b", "a/b", "é", "-a", "a-", "x" * 64])
def test_invalid_names_are_refused(datasets: Datasets, parquet: Path, name: str) -> None:
    with pytest.raises(InvalidRequest, match="cannot be a name"):
        datasets.add(manifest(name), parquet)


class RacingStore(DirectoryStore):
    """A store in which an object is removed between its listing and its reading."""

    def __init__(self, root: Path, removed: str) -> None:
        super().__init__(root)
        self._removed = removed

    def get(self, key: str) -> bytes:
        if self._removed in key:
            self.delete(key)
        return super().get(key)


def test_versions_that_are_removed_while_they_are_listed_are_left_out(tmp_path: Path, parquet: Path) -> None:
    first, second, other = manifest(), manifest(sha256="2"), manifest("other")
    for each in (first, second, other):
        Datasets(DirectoryStore(tmp_path / "objects")).add(each, parquet)
    assert Datasets(RacingStore(tmp_path / "objects", second.version)).versions("d") == [first]
    racing = Datasets(RacingStore(tmp_path / "objects", "/other/"))
    assert racing.newest() == [first]


def test_a_document_is_removed_with_its_version_even_if_it_is_stored_later(
    datasets: Datasets, store: DirectoryStore, parquet: Path
) -> None:
    version, _ = datasets.add(manifest(), parquet)
    assert datasets.document(version, "profile.json") is None
    datasets.put_document(version, "profile.json", b"{}")
    assert datasets.document(version, "profile.json") == b"{}"
    datasets.remove(version)
    datasets.put_document(version, "profile.json", b"{}")
    assert store.list("datasets/") == []


def test_a_derived_version_needs_its_parent_and_may_need_the_newest(datasets: Datasets, parquet: Path) -> None:
    first, _ = datasets.add(manifest(), parquet)
    second, _ = datasets.add(manifest(sha256="2", created=first.created + timedelta(seconds=1)), parquet)
    child = manifest(sha256="3", created=first.created)
    with pytest.raises(Conflict, match="no longer the newest"):
        datasets.add_derived(child, parquet, parent=first, newest=first)
    assert datasets.add_derived(child, parquet, parent=first, newest=second) == (child, True)
    assert datasets.add_derived(child, parquet, parent=first) == (child, False)
    datasets.remove(first)
    with pytest.raises(Conflict, match="was removed in the meantime"):
        datasets.add_derived(manifest(sha256="4"), parquet, parent=first)
    assert [each.version for each in datasets.versions("d")] == [second.version, child.version]
