"""The cache of the models: made once, made anew when a file is damaged or something it depends on has changed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from repository import ROOT

from zoo.cache import kept


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TABLEE_TEST_CACHE", str(tmp_path))
    return tmp_path


class Maker:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, folder: Path) -> None:
        self.calls += 1
        (folder / "inner").mkdir()
        (folder / "inner" / "file").write_text(f"call {self.calls}")


def test_an_entry_is_made_once() -> None:
    make = Maker()
    first = kept("entry", ["a"], make)
    assert kept("entry", [b"a"], make) == first
    assert (first / "inner" / "file").read_text() == "call 1"
    assert make.calls == 1


def test_it_depends_on_every_part_and_on_where_each_ends() -> None:
    make = Maker()
    entries = {kept(*each, make) for each in [("e", ["ab"]), ("e", ["a", "b"]), ("e", ["b", "a"]), ("f", ["ab"])]}
    assert len(entries) == make.calls == 4


@pytest.mark.parametrize("damage", ["changed", "missing", "added", "checksums"])
def test_a_broken_entry_is_made_anew(damage: str) -> None:
    make = Maker()
    entry = kept("entry", ["a"], make)
    match damage:
        case "changed":
            (entry / "inner" / "file").write_text("call 2")
        case "missing":
            (entry / "inner" / "file").unlink()
        case "added":
            (entry / "other").touch()
        case "checksums":
            (entry / "checksums.json").write_text("{")
    assert (kept("entry", ["a"], make) / "inner" / "file").read_text() == "call 2"
    assert sorted(path.name for path in entry.iterdir()) == ["checksums.json", "inner"]


def test_what_fails_leaves_no_entry(home: Path) -> None:
    def fails(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError("no H2O")

    with pytest.raises(RuntimeError, match="no H2O"):
        kept("entry", ["a"], fails)
    assert [path.suffix for path in home.iterdir()] == [".lock"]
    make = Maker()
    kept("entry", ["a"], make)
    assert make.calls == 1


PROGRAM = """
import os
from zoo.cache import kept

entry = kept("entry", ["a"], lambda folder: (folder / "process").write_text(str(os.getpid())) and None)
print((entry / "process").read_text())
"""


def test_of_many_processes_one_makes_it() -> None:
    command = [sys.executable, "-c", PROGRAM]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "tests")}
    started = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [process.communicate(timeout=120)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0]
    assert len(set(answers)) == 1
    assert int(answers[0]) in {process.pid for process in started}
