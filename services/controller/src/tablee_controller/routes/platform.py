"""Where everything is, and whether what serves is what the registry says."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from tablee_controller.conductor import Conductor


class Platform(BaseModel):
    """The platform's addresses as a person's browser or command line can reach them."""

    name: str = "tablee"
    version: str
    api_url: str
    ui_url: str | None = None
    mlflow_url: str
    home: str | None = None


class RolloutStatus(BaseModel):
    """The registry's wish and the runtime's answer."""

    state: str
    wanted: dict[str, int]
    pinned: dict[str, int]
    serving: dict[str, int]
    reason: str


def router(platform: Platform, conductor: Conductor) -> APIRouter:
    routes = APIRouter(tags=["platform"])

    @routes.get("/platform")
    async def show_platform() -> Platform:
        """Name, version and addresses."""
        return platform

    @routes.get("/rollout")
    async def show_rollout() -> RolloutStatus:
        """`in_sync`, `rolling` or `failed`; with what is wanted, what was pinned last and what answers now."""
        return RolloutStatus(**conductor.status.to_dict())

    return routes
