"""A process that runs tests in a copy of the tree, each time in a fork of its own: `python -m mutants.worker`.

It reads one JSON object a line: the module's path, its source (null: as it is), the tests, and their limit in seconds.
It answers with `code` (pytest's exit code; null: too slow) and `log`; for a module as it is, `files` are those of all
modules that were imported. Third-party packages among them are imported here once, so that forks need no time for them.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import signal
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path
from typing import Any, NoReturn

PYTEST = ["-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-profile=ci"]
PYTEST += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # imported before, see `_preload`
MARKS = "not h2o and not mlflow and not stack and not browser and not cluster"
NOT_PRELOADED = ("_pytest", "pytest", "hypothesis", "_hypothesis", "anyio", "xdist", "execnet", "__main__", "mutants")
"""Pytest's plugins complain if they are imported before it starts."""


def run(task: dict[str, Any], folder: Path) -> dict[str, Any]:
    path = Path(task["path"])
    original = path.read_bytes()
    if task["source"] is not None:
        path.write_text(task["source"], encoding="utf-8")
    Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)  # it is told apart by seconds only
    try:
        return _forked(task, folder)
    finally:
        path.write_bytes(original)


def _forked(task: dict[str, Any], folder: Path) -> dict[str, Any]:
    log, loaded = folder / "log", folder / "loaded"
    child = os.fork()
    if child == 0:
        _test(task, folder, log, loaded)
    code = _ended(child, task["seconds"])
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # servers that a broken test left
    files: dict[str, str | None] = {}
    if task["source"] is None and code == 0:
        files = json.loads(loaded.read_text())
        _preload(files)
    return {"code": code, "log": log.read_text(errors="replace")[-3000:], "files": list(files.values())}


def _test(task: dict[str, Any], folder: Path, log: Path, loaded: Path) -> NoReturn:
    """Run pytest in this fork and end it; nothing of the parent is cleaned up here."""
    os.setsid()
    with log.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.dont_write_bytecode = task["source"] is not None
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1" if sys.dont_write_bytecode else ""
    code = 1
    try:
        import pytest

        code = pytest.main([*PYTEST, "-m", MARKS, f"--basetemp={folder}/temporary", *task["tests"]])
        loaded.write_text(json.dumps({name: getattr(m, "__file__", None) for name, m in sys.modules.items()}))
    except BaseException:  # of the mutant, such as SystemExit
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _ended(child: int, seconds: float) -> int | None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _preload(modules: dict[str, str | None]) -> None:
    """Import what is neither ours nor pytest's; importing starts no thread that a fork would lose."""
    here = str(Path.cwd())
    for name, file in modules.items():
        if file and not file.startswith(here) and not name.startswith(NOT_PRELOADED):
            with contextlib.suppress(Exception), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                importlib.import_module(name)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin:
            print(json.dumps(run(json.loads(line), Path(folder))), flush=True)


if __name__ == "__main__":
    main()
