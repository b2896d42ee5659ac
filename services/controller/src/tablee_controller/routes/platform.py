"""Where everything is."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel


class Platform(BaseModel):
    """The platform's addresses as a person's browser or command line can reach them."""

    name: str = "tablee"
    version: str
    api_url: str
    ui_url: str | None = None
    mlflow_url: str
    home: str | None = None


def router(platform: Platform) -> APIRouter:
    routes = APIRouter(tags=["platform"])

    @routes.get("/platform")
    async def show_platform() -> Platform:
        """Name, version and addresses."""
        return platform

    return routes
