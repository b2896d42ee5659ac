"""Addresses and readiness of the services, and the status of roll-outs."""

from __future__ import annotations

from pydantic import Field

from tablee_client.schemas.answer import Answer


class Readiness(Answer):
    """Whether a service is ready."""

    alive: bool
    """Whether it answers."""
    ready: bool
    reason: str = ""
    """The service's own description of why it is not ready."""


class PlatformInfo(Answer):
    """The addresses of the services, as browsers and command lines can reach them."""

    name: str = "tablee"
    version: str = ""
    api_url: str | None = None
    ui_url: str | None = None
    mlflow_url: str | None = None
    home: str | None = None


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
    reason: str | None = ""
