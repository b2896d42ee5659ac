"""Profiles: as JSON, and as an HTML report."""

from __future__ import annotations

from typing import Annotated

import anyio
from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from tablee.datasets.profile import Profile
from tablee.i18n import Language
from tablee_controller.datasets.profiles import Profiles
from tablee_controller.routes.path_parameters import Id
from tablee_data.profile.report import report

Target = Annotated[str | None, Query(max_length=1000)]
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""Content-Security-Policy of the report: it may show itself and load nothing."""


def router(profiles: Profiles, one_at_a_time: anyio.CapacityLimiter) -> APIRouter:
    routes = APIRouter(prefix="/datasets", tags=["data sets"])

    @routes.get("/{name}/versions/{version}/profile")
    async def profile(name: str, version: Id, target: Target = None) -> Profile:
        """Formatter of every column, associations, and warnings with an action each; computed at the first call. With a
        target, what tells of it, too."""
        return await anyio.to_thread.run_sync(lambda: profiles.get(name, version, target), limiter=one_at_a_time)

    @routes.get("/{name}/versions/{version}/profile.html", response_class=HTMLResponse)
    async def page(name: str, version: Id, target: Target = None, language: Language = "en") -> HTMLResponse:
        """The same as one HTML file that needs nothing else."""
        drawn = await anyio.to_thread.run_sync(
            lambda: report(profiles.get(name, version, target), language), limiter=one_at_a_time
        )
        return HTMLResponse(drawn, headers={"content-security-policy": POLICY})

    return routes
