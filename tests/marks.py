"""Marks say what a test needs besides Python: they are derived from its fixtures, and checked while it runs.

A test that uses one of the fixtures in `NEEDS`, directly or through other fixtures, gets the mark of that fixture. A
test without the mark that starts such a program fails, because `make test-fast` would run it by mistake.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

NEEDS = {
    "zoo": "jvm",
    "bundles": "jvm",
    "h2o_server": "h2o",
    "own_h2o": "h2o",
    "h2o_with_s3": "h2o",
    "nodes": "h2o",
    "mlflow_server": "mlflow",
    "start_mlflow": "mlflow",
    "stack": "stack",
    "browser": "browser",
    "cluster": "cluster",
}
"""The mark by the name of the fixture."""

PROGRAMS = {
    "h2o": r"h2o\.jar\b",
    "mlflow": r"\bmlflow server\b",
    "jvm": r"-m tablee_(api|score)\b",
    "browser": r"\brun-driver\b|chrom(e|ium)\b",
    "stack": r"-m tablee_cli (up|demo)\b",
}
"""What the command line of a started program contains, by the mark that a test needs for it."""

EVERYTHING = {"stack", "cluster"}
"""Tests with one of these marks may start anything."""


def needed(command: str) -> str | None:
    """The mark that a test needs if it runs this command line; None if it needs none."""
    return next((mark for mark, pattern in PROGRAMS.items() if re.search(pattern, command)), None)


class Watch:
    """Looks at the programs that the current test starts in this process."""

    def __init__(self) -> None:
        self.marks: set[str] | None = None
        """The marks of the current test; None between tests, and where it may start anything."""

    def heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook of the interpreter (`sys.addaudithook`)."""
        if event != "subprocess.Popen" or self.marks is None:
            return
        parts = arguments[1]
        command = parts if isinstance(parts, str) else " ".join(map(str, parts))
        if (mark := needed(command)) and mark not in self.marks:
            pytest.fail(f"the test starts `{command[:200]}`, so it needs the mark or a fixture of `{mark}`")


WATCH = Watch()


def pytest_configure() -> None:
    sys.addaudithook(WATCH.heard)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in {NEEDS[name] for name in getattr(item, "fixturenames", ()) if name in NEEDS}:
            item.add_marker(mark)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    marks = {mark.name for mark in item.iter_markers()}
    WATCH.marks = None if marks & EVERYTHING else marks
    try:
        return (yield)
    finally:
        WATCH.marks = None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A JVM in this process starts by no command: it is there after the test and was not before."""
    before = _has_jvm()
    result = yield
    if not before and _has_jvm() and WATCH.marks is not None and "jvm" not in WATCH.marks:
        pytest.fail("the test starts a JVM in this process, so it needs the mark or a fixture of `jvm`")
    return result


def _has_jvm() -> bool:
    jpype = sys.modules.get("jpype")
    return jpype is not None and jpype.isJVMStarted()
