"""A file takes its place as a whole, and nothing but files and the files behind links is replaced."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from tablee.storage.atomic_write import replaced


def test_a_file_is_replaced_as_a_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "answers.csv"
    target.write_bytes(b"before")
    target.chmod(0o640)
    with replaced(target) as file:
        file.write_bytes(b"after")
        assert target.read_bytes() == b"before"
    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (b"after", 0o640)
    assert list(tmp_path.iterdir()) == [target]


def test_a_block_that_raises_leaves_everything_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "answers.csv"
    target.write_bytes(b"before")
    with pytest.raises(ZeroDivisionError):
        _half_written(target)
    assert (target.read_bytes(), list(tmp_path.iterdir())) == (b"before", [target])


def _half_written(target: Path) -> None:
    with replaced(target) as file:
        file.write_bytes(b"half")
        raise ZeroDivisionError


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_stays_a_link(tmp_path: Path, exists: bool) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    if exists:
        target.write_bytes(b"before")
    link.symlink_to(target)
    with replaced(link) as file:
        file.write_bytes(b"after")
    assert (link.is_symlink(), target.read_bytes()) == (True, b"after")


def test_a_pipe_stays_a_pipe_and_gets_what_was_written(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    with replaced(pipe) as file:
        file.write_bytes(b"answers")
    reader.join()
    assert (pipe.is_fifo(), read) == (True, [b"answers"])
