"""Where everything is."""

from __future__ import annotations

from fastapi import APIRouter

from tablee.http.schemas.platform import PlatformInfo


def router(platform: PlatformInfo) -> APIRouter:
    routes = APIRouter(tags=["platform"])

    @routes.get("/platform")
    async def show_platform() -> PlatformInfo:
        """Name, version and addresses."""
        return platform

    return routes
