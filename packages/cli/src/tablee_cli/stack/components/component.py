"""The interface of a component of the stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx

from tablee.errors.base import Words, restored
from tablee.errors.causes import network_cause
from tablee.i18n.message import Message

Reason = Words
"""Why a component is not ready; an empty text if it is."""


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

    def ready(self, http: httpx.Client) -> Reason:
        """An empty text if the component is ready, else the reason why it is not."""


def asked(http: httpx.Client, url: str) -> tuple[Any, Reason]:
    """Send a GET request. Returns the body (None if it is not JSON), and the reason of a failure (empty if there is
    none)."""
    try:
        answer = http.get(url)
    except httpx.HTTPError as error:
        return None, Message("readiness.no_answer", {"url": url, "cause": network_cause(error)})
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.is_success:
        return body, ""
    status = Message("readiness.status", {"status": answer.status_code})
    if not isinstance(body, Mapping):
        return body, status
    return body, restored(body if "code" in body else body.get("message"), str(body.get("reason") or status))
