"""Addresses and readiness of the services, and the status of roll-outs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from tablee.errors.base import Words, restored
from tablee.http.schemas.answer import Answer


class Readiness(Answer):
    """Whether a service is ready."""

    alive: bool
    """Whether it answers."""
    ready: bool
    reason: str = ""
    """The service's own description of why it is not ready."""
    message: dict[str, Any] | None = None
    """It as a key of the catalogue with its facts, or as problem JSON."""

    @property
    def why(self) -> Words:
        """Why it is not ready; in English if there is no message."""
        return restored(self.message, self.reason)


class Alive(Answer):
    """The service runs."""

    status: Literal["ok"] = "ok"


class Ready(Answer):
    """Whether the service can do its work."""

    status: Literal["ready", "not_ready"]
    reason: str
    """Why it cannot, in English."""
    message: dict[str, Any] | None = None
    """It as a key of the catalogue with its facts, or as problem JSON."""


class PlatformInfo(Answer):
    """The addresses of the services, as browsers and command lines can reach them."""

    name: str = "tablee"
    version: str
    api_url: str
    ui_url: str | None = None
    mlflow_url: str
    home: str | None = None
    """The folder of a local stack."""


class RolloutStatus(Answer):
    """Whether the API serves the versions that the registry names. Versions are by the name of the model."""

    state: str
    """`in_sync`, `rolling`, `failed` or `paused`."""
    wanted: dict[str, int] = Field(default_factory=dict)
    """The versions that should be served."""
    pinned: dict[str, int] = Field(default_factory=dict)
    """The versions that the API was last started with."""
    serving: dict[str, int] = Field(default_factory=dict)
    """The versions that the API serves."""
    reason: str = ""
    """Why it failed or what it waits for, in English."""
    message: dict[str, Any] | None = None
    """It as a key of the catalogue with its facts, or as problem JSON."""

    @property
    def why(self) -> Words:
        """Why it failed or what it waits for; in English if there is no message."""
        return restored(self.message, self.reason)
