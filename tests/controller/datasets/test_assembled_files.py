"""Assembled files on the controller's disk: written once, limited in size, deleted when unused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from tablee.errors import ObjectStoreUnavailable, UploadNotFound
from tablee.storage.object_store import DirectoryStore
from tablee_controller.datasets.assembled_files import KEPT_SECONDS, Assembled
from tablee_controller.datasets.uploads import Uploads


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Maker:
    """Writes a file, and counts the calls."""

    def __init__(self, content: bytes = b"12345") -> None:
        self.content, self.made = content, 0

    def __call__(self, file: IO[bytes]) -> None:
        self.made += 1
        file.write(self.content)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def assembled(tmp_path: Path, clock: Clock) -> Assembled:
    return Assembled(tmp_path, max_bytes=10, clock=clock)


def use(assembled: Assembled, upload_id: str, make: Callable[[IO[bytes]], None]) -> Path:
    with assembled.file(upload_id, 5, make) as path:
        assert path.read_bytes() == b"12345"
    return path


def test_a_file_is_assembled_once(assembled: Assembled) -> None:
    make = Maker()
    assert use(assembled, "a", make) == use(assembled, "a", make)
    assert make.made == 1


def test_the_sum_of_the_sizes_is_limited(assembled: Assembled, clock: Clock, tmp_path: Path) -> None:
    make = Maker()
    for upload_id in ("a", "b", "a", "c"):
        clock.now += 1
        use(assembled, upload_id, make)
    assert len(list(tmp_path.iterdir())) == 2
    use(assembled, "a", make)
    assert make.made == 3, "b was used longest ago"


def test_a_file_in_use_is_not_deleted(assembled: Assembled, clock: Clock) -> None:
    make = Maker()
    with assembled.file("a", 5, make) as path:
        clock.now += 2 * KEPT_SECONDS
        assembled.forget_unused()
        use(assembled, "b", make)
        use(assembled, "c", make)
        assembled.forget("a")
        assert path.read_bytes() == b"12345"
    assert not path.exists()


def test_unused_files_are_deleted(assembled: Assembled, clock: Clock, tmp_path: Path) -> None:
    use(assembled, "a", Maker())
    clock.now += KEPT_SECONDS
    assembled.forget_unused()
    assert len(list(tmp_path.iterdir())) == 1
    clock.now += 1
    assembled.forget_unused()
    assert list(tmp_path.iterdir()) == []


def test_a_failed_assembly_leaves_no_file(assembled: Assembled, tmp_path: Path) -> None:
    def broken(file: IO[bytes]) -> None:
        file.write(b"1")
        raise ObjectStoreUnavailable("it went away")

    with pytest.raises(ObjectStoreUnavailable), assembled.file("a", 5, broken):
        pass
    assert list(tmp_path.iterdir()) == []
    use(assembled, "a", Maker())


def test_an_upload_is_assembled_once_also_by_another_controller(store: DirectoryStore, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    one, other = (Uploads(store, folder, hours=24, max_bytes=100) for folder in folders)
    upload = one.begin("a.csv", 8)
    for offset, part in ((0, b"a,b\n"), (4, b"1,2\n")):
        (tmp_path / "part").write_bytes(part)
        one.add(upload.id, offset, tmp_path / "part")
    with one.whole(upload.id) as (_, first):
        pass
    with one.whole(upload.id) as (_, again), other.whole(upload.id) as (_, elsewhere):
        assert again == first
        assert again.read_bytes() == elsewhere.read_bytes() == b"a,b\n1,2\n"
    other.remove(upload.id)
    with pytest.raises(UploadNotFound), one.whole(upload.id):
        pass
    assert [list(folder.iterdir()) for folder in folders] == [[], []]
