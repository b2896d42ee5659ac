"""Where the services are, whether they are ready, and whether roll-outs are under way."""

from __future__ import annotations

from pydantic import Field

from tablee_client.schemas.answer import Answer


class Readiness(Answer):
    """Whether a service is ready."""

    alive: bool
    """It answers at all."""
    ready: bool
    reason: str = ""
    """Why it is not ready, in the service's words."""


class PlatformInfo(Answer):
    """The platform's addresses as a person's browser or command line can reach them."""

    name: str = "tablee"
    version: str = ""
    api_url: str | None = None
    ui_url: str | None = None
    mlflow_url: str | None = None
    home: str | None = None


class RolloutStatus(Answer):
    """Whether the API serves what the registry says. Versions by the name of the model."""

    state: str
    """`in_sync`, `rolling`, `failed` or `paused`."""
    wanted: dict[str, int] = Field(default_factory=dict)
    """What the registry wants."""
    pinned: dict[str, int] = Field(default_factory=dict)
    """What the API was last told to serve."""
    serving: dict[str, int] = Field(default_factory=dict)
    """What the API answers with."""
    reason: str | None = ""
