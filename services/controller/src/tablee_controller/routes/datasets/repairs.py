"""Repairs: a warning of a profile, resolved by its proposed action."""

from __future__ import annotations

import anyio
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.profile import RepairAction
from tablee.telemetry import logger
from tablee_controller.datasets.writer import DatasetWriter
from tablee_controller.routes.path_parameters import Id

log = logger(__name__)


class RepairRequest(BaseModel):
    """The action of a warning, as the profile has it."""

    model_config = ConfigDict(extra="forbid")
    action: RepairAction
    by: str | None = Field(default=None, max_length=200)


def router(writer: DatasetWriter, one_at_a_time: anyio.CapacityLimiter) -> APIRouter:
    """
    :param one_at_a_time: limits the threads that wait for the writer.
    """
    routes = APIRouter(prefix="/datasets", tags=["data sets"])

    @routes.post(
        "/{name}/versions/{version}/mend",
        status_code=201,
        responses={200: {"model": DatasetManifest, "description": "The same action made the same version before"}},
    )
    async def repair(name: str, version: Id, wanted: RepairRequest, response: Response) -> DatasetManifest:
        """Make a version of this one by a warning's action: without repeated rows, or with one column read as numbers
        or dates, or with its rare levels grouped. This one stays as it is."""
        manifest, new = await anyio.to_thread.run_sync(
            lambda: writer.repair(name, version, wanted.action, by=wanted.by), limiter=one_at_a_time
        )
        if new:
            log.info(
                "dataset_mended", dataset=name, source=version, version=manifest.version, action=wanted.action.kind
            )
        response.status_code = 201 if new else 200
        return manifest

    return routes
