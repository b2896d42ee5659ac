"""What a profile warns of, put right at one click."""

from __future__ import annotations

import anyio
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from tablee import metrics
from tablee.datasets.profile import Mend
from tablee.datasets.store import DatasetManifest, Datasets
from tablee.telemetry import logger
from tablee_controller.routes.path_parameters import Id
from tablee_data.transforms.repair import mend

log = logger(__name__)


class Mending(BaseModel):
    """The action of a warning, as the profile has it."""

    model_config = ConfigDict(extra="forbid")
    action: Mend
    by: str | None = Field(default=None, max_length=200)


def router(datasets: Datasets, readers: anyio.CapacityLimiter) -> APIRouter:
    """
    :param readers: files are read, and versions written, one at a time.
    """
    routes = APIRouter(prefix="/datasets", tags=["data sets"])

    @routes.post(
        "/{name}/versions/{version}/mend",
        status_code=201,
        responses={200: {"model": DatasetManifest, "description": "The same action made the same version before"}},
    )
    async def put_right(name: str, version: Id, wanted: Mending, response: Response) -> DatasetManifest:
        """Make a version of this one by a warning's action: without repeated rows, or with one column read as numbers
        or dates, or with its rare levels made one. This one stays as it is."""
        manifest, new = await anyio.to_thread.run_sync(
            lambda: mend(datasets, name, version, wanted.action, by=wanted.by), limiter=readers
        )
        if new:
            metrics.DATASETS_ADDED.inc()
            log.info(
                "dataset_mended", dataset=name, source=version, version=manifest.version, action=wanted.action.kind
            )
        response.status_code = 201 if new else 200
        return manifest

    return routes
