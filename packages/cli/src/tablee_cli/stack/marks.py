"""Environment variables that mark the processes of a stack, so that processes without a record are found, too."""

from __future__ import annotations

from pathlib import Path

from tablee.processes.process import Process
from tablee.processes.search import having

HOME_MARK, NAME_MARK = "_TABLEE_STACK", "_TABLEE_COMPONENT"
"""The names do not begin with `TABLEE_`, because services refuse unknown variables with that prefix."""


def marks(home: Path, name: str) -> dict[str, str]:
    """The variables that mark a component. Its child processes inherit them."""
    return {HOME_MARK: str(home), NAME_MARK: name}


def marked(home: Path) -> dict[str, list[Process]]:
    """The running processes of the stack in a home, by the name of the component."""
    found: dict[str, list[Process]] = {}
    for process, environment in having(HOME_MARK, str(home)):
        found.setdefault(environment.get(NAME_MARK, ""), []).append(process)
    return found
