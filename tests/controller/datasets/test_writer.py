"""Concurrent requests: versions are made one at a time, and removed values do not come back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import AnonymisationRequest, Drop
from tablee.datasets.profile import DropDuplicateRows
from tablee.datasets.reading import Corrections
from tablee.datasets.store import Datasets
from tablee.errors import Conflict
from tablee.storage.object_store import DirectoryStore
from tablee_controller.datasets.anonymisation import Anonymisation
from tablee_controller.datasets.profiles import Profiles
from tablee_controller.datasets.writer import DatasetWriter
from tablee_data.privacy import PrivacyKey, stored_key
from tablee_data.transforms.repair import repair

WITHOUT_MAIL = AnonymisationRequest(actions=(Drop(column="mail"),), keep_original=False)


class PausedStore(DirectoryStore):
    """A store that pauses one download of rows, like a slow network, and signals when a manifest was read."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.paused, self.resume, self.manifest_read = Event(), Event(), Event()
        self._pauses = False

    def pause_next_download(self) -> None:
        self._pauses = True

    def get_file(self, key: str, path: Path) -> None:
        super().get_file(key, path)
        if self._pauses:
            self._pauses = False
            self.manifest_read.clear()
            self.paused.set()
            assert self.resume.wait(30)

    def get(self, key: str) -> bytes:
        data = super().get(key)
        if key.endswith("/manifest.json"):
            self.manifest_read.set()
        return data


@pytest.fixture
def store(tmp_path: Path) -> PausedStore:
    return PausedStore(tmp_path / "objects")


@pytest.fixture
def datasets(store: PausedStore) -> Datasets:
    return Datasets(store)


@pytest.fixture
def writer(datasets: Datasets, store: PausedStore, tmp_path: Path) -> DatasetWriter:
    def key() -> PrivacyKey:
        return stored_key(tmp_path)

    return DatasetWriter(datasets, store, Anonymisation(datasets, key), key)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def version(writer: DatasetWriter, tmp_path: Path) -> DatasetManifest:
    return add(writer, tmp_path, "mail,n\nada@example.org,1\neve@example.org,2\neve@example.org,2\n")


def add(writer: DatasetWriter, folder: Path, text: str) -> DatasetManifest:
    file = folder / "people.csv"
    file.write_text(text)
    made, new = writer.add("people", file, filename="people.csv", asked=Corrections(), batch_filter=None, by=None)
    assert new
    return made


def test_a_repair_during_an_anonymisation_does_not_bring_the_column_back(
    store: PausedStore, datasets: Datasets, writer: DatasetWriter, version: DatasetManifest, threads: ThreadPoolExecutor
) -> None:
    store.pause_next_download()
    anonymised = threads.submit(writer.anonymise, "people", version.version, WITHOUT_MAIL)
    assert store.paused.wait(30)
    repaired = threads.submit(writer.repair, "people", version.version, DropDuplicateRows(), by=None)
    assert store.manifest_read.wait(30), "the version still exists when the repair is asked for"
    store.resume.set()
    with pytest.raises(Conflict, match="was removed in the meantime"):
        repaired.result(30)
    assert datasets.versions("people") == [anonymised.result(30)[0]]


def test_a_repair_of_latest_uses_the_newest_version_when_it_has_the_lock(
    store: PausedStore, datasets: Datasets, writer: DatasetWriter, version: DatasetManifest, threads: ThreadPoolExecutor
) -> None:
    store.pause_next_download()
    anonymised = threads.submit(writer.anonymise, "people", version.version, WITHOUT_MAIL)
    assert store.paused.wait(30)
    repaired = threads.submit(writer.repair, "people", "latest", DropDuplicateRows(), by=None)
    assert store.manifest_read.wait(30)
    store.resume.set()
    parent, child = anonymised.result(30)[0], repaired.result(30)[0]
    assert child.mended[0].source == parent.version
    assert child.anonymised == parent.anonymised
    assert datasets.frame(child).to_dict(as_series=False) == {"n": [1.0, 2.0]}


def test_rows_of_concurrent_appends_are_all_kept(
    store: PausedStore, datasets: Datasets, writer: DatasetWriter, version: DatasetManifest, threads: ThreadPoolExecutor
) -> None:
    store.pause_next_download()
    one = threads.submit(writer.append_rows, "people", [{"n": 3}], by=None)
    assert store.paused.wait(30)
    other = threads.submit(writer.append_rows, "people", [{"n": 4}], by=None)
    store.resume.set()
    assert [future.result(30)[1] for future in (one, other)] == [True, True]
    assert datasets.frame(datasets.manifest("people"))["n"].to_list() == [1, 2, 2, 3, 4]


def test_nothing_is_derived_from_a_version_that_another_process_removes(
    store: PausedStore, datasets: Datasets, writer: DatasetWriter, version: DatasetManifest, threads: ThreadPoolExecutor
) -> None:
    store.pause_next_download()
    repaired = threads.submit(writer.repair, "people", version.version, DropDuplicateRows(), by=None)
    assert store.paused.wait(30)
    Datasets(DirectoryStore(store.root)).remove(version)
    store.resume.set()
    with pytest.raises(Conflict, match="was removed in the meantime"):
        repaired.result(30)
    assert store.list("datasets/") == []


def test_no_rows_are_appended_to_a_version_that_is_no_longer_the_newest(
    store: PausedStore,
    datasets: Datasets,
    writer: DatasetWriter,
    version: DatasetManifest,
    threads: ThreadPoolExecutor,
    tmp_path: Path,
) -> None:
    store.pause_next_download()
    appended = threads.submit(writer.append_rows, "people", [{"n": 3}], by=None)
    assert store.paused.wait(30)
    other = Datasets(DirectoryStore(store.root))  # of another process
    newer = repair(other, version, DropDuplicateRows())[0]
    store.resume.set()
    with pytest.raises(Conflict, match="no longer the newest version"):
        appended.result(30)
    assert datasets.versions("people") == [newer, version]


def test_a_profile_is_not_stored_with_a_version_that_is_removed_meanwhile(
    store: PausedStore, datasets: Datasets, writer: DatasetWriter, version: DatasetManifest, threads: ThreadPoolExecutor
) -> None:
    """A profile has values of columns, so a stored profile would keep removed values."""
    store.pause_next_download()
    profiled = threads.submit(Profiles(datasets).get, "people", version.version)
    assert store.paused.wait(30)
    made, _ = writer.anonymise("people", version.version, WITHOUT_MAIL)
    store.resume.set()
    assert profiled.result(30).rows == 3
    assert {key.split("/")[2] for key in store.list("datasets/")} == {made.version}


def test_appended_files_keep_the_repairs_and_erasures_of_the_version(
    datasets: Datasets, writer: DatasetWriter, version: DatasetManifest, tmp_path: Path
) -> None:
    repaired, _ = writer.repair("people", version.version, DropDuplicateRows(), by="ana")
    writer.erase("people", column="mail", value="ada@example.org", by="dpo")
    file = tmp_path / "more.csv"
    file.write_text("mail,n\nzoe@example.org,5\n")
    with writer.append_files("people", tmp_path, batch_filter=None, asked=Corrections()) as appender:
        appender.add(file, "more.csv")
        made, new = appender.store("lake", [], "bob")
    assert (new, made.rows, made.by) == (True, 2, "bob")
    assert made.mended == repaired.mended
    assert [each.rows for each in made.erasures] == [1]
    assert made.reading == version.reading
