"""What every process of the stack has in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx


@dataclass(frozen=True, slots=True)
class Launch:
    """How a process is started."""

    command: tuple[str, ...]
    environment: dict[str, str]
    """Added to that of the command; empty values take a variable away."""
    directory: Path
    scratch: tuple[Path, ...] = field(default=())
    """Directories to empty first: what a killed predecessor left there is of no use."""


class Component(Protocol):
    """One process, or a service that another of them runs."""

    name: str
    """As `stack.json`, the log file and people call it."""
    port: int
    width: int
    """How many ports from that one on it needs."""
    log: Path
    start_seconds: float
    """Not ready by then: it never will be."""
    required: bool
    """Without it the stack does not count as started."""
    stop_seconds: float
    """Still there after SIGTERM and this: SIGKILL."""

    @property
    def url(self) -> str: ...

    def launch(self) -> Launch | None:
        """How to start it; None when another component does. Raises `StartFailed` for what is missing here."""

    def ready(self, http: httpx.Client) -> str:
        """Empty when it is ready, else why it is not yet."""


def asked(http: httpx.Client, url: str) -> tuple[Any, str]:
    """A JSON answer (None for anything else), and why there is none worth the name."""
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
