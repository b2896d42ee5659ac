"""Marks in the environment of the stack's processes: by them whatever is left of a stack is found again."""

from __future__ import annotations

from pathlib import Path

from tablee.processes.process import Process
from tablee.processes.search import having

HOME_MARK, NAME_MARK = "_TABLEE_STACK", "_TABLEE_COMPONENT"
"""Not `TABLEE_`: those variables are settings, and an unknown one is refused."""


def marks(home: Path, name: str) -> dict[str, str]:
    """The variables of a component; everything it starts inherits them."""
    return {HOME_MARK: str(home), NAME_MARK: name}


def marked(home: Path) -> dict[str, list[Process]]:
    """Every running process of the stack of a home, by the component that it belongs to."""
    found: dict[str, list[Process]] = {}
    for process, environment in having(HOME_MARK, str(home)):
        found.setdefault(environment.get(NAME_MARK, ""), []).append(process)
    return found
