"""The interface of a component of the stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx


@dataclass(frozen=True, slots=True)
class Launch:
    """The command, environment and directory to start a process with."""

    command: tuple[str, ...]
    environment: dict[str, str]
    """Variables that are added to the environment of `tablee`. An empty value removes the variable."""
    directory: Path
    scratch: tuple[Path, ...] = field(default=())
    """Directories that are emptied before the start. A killed process may have left files there."""


class Component(Protocol):
    """A process of the stack, or a service that another component runs."""

    name: str
    """Name in `stack.json`, of the log file, and in messages."""
    port: int
    width: int
    """Number of consecutive ports that it needs, from `port` on."""
    log: Path
    start_seconds: float
    """Seconds after which a component that is not ready counts as failed."""
    required: bool
    """Whether the start of the stack fails if this component is not ready in time."""
    stop_seconds: float
    """Seconds between SIGTERM and SIGKILL."""

    @property
    def url(self) -> str: ...

    def launch(self) -> Launch | None:
        """How to start the process. None: another component starts it.

        :raises StartFailed: a program or package that it needs is missing.
        """

    def ready(self, http: httpx.Client) -> str:
        """An empty text if the component is ready, else the reason why it is not."""


def asked(http: httpx.Client, url: str) -> tuple[Any, str]:
    """Send a GET request. Returns the body (None if it is not JSON), and the reason of a failure (empty if there is
    none)."""
    try:
        answer = http.get(url)
    except httpx.HTTPError as error:
        return None, f"{url} does not answer ({type(error).__name__})"
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.is_success:
        return body, ""
    reason = body.get("reason") or body.get("detail") if isinstance(body, Mapping) else None
    return body, str(reason or f"{url} answers {answer.status_code}")
