"""Personal data: find it, measure k-anonymity, anonymise a version."""

from __future__ import annotations

import anyio
from fastapi import APIRouter, Response

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import AnonymisationRequest, Anonymity, AnonymityRequest, Findings, hidden_columns
from tablee.telemetry import logger
from tablee_controller.datasets.anonymisation import Anonymisation
from tablee_controller.datasets.writer import DatasetWriter
from tablee_controller.routes.path_parameters import Id

log = logger(__name__)


def router(anonymisation: Anonymisation, writer: DatasetWriter, one_at_a_time: anyio.CapacityLimiter) -> APIRouter:
    """
    :param one_at_a_time: limits the threads that hold a sample of a table in memory.
    """
    routes = APIRouter(prefix="/datasets", tags=["personal data"])

    @routes.get("/{name}/versions/{version}/privacy")
    async def findings(name: str, version: Id) -> Findings:
        """Columns that seem to hold personal data, how sure that is, and an action proposed for each."""
        return await anyio.to_thread.run_sync(lambda: anonymisation.findings(name, version), limiter=one_at_a_time)

    @routes.post("/{name}/versions/{version}/anonymity")
    async def anonymity(name: str, version: Id, request: AnonymityRequest) -> Anonymity:
        """k-anonymity: the smallest group of rows that share the quasi-identifiers, before and after actions. Nothing
        is stored."""
        return await anyio.to_thread.run_sync(
            lambda: anonymisation.anonymity(name, version, request), limiter=one_at_a_time
        )

    @routes.post(
        "/{name}/versions/{version}/anonymise",
        status_code=201,
        responses={200: {"model": DatasetManifest, "description": "The same actions made the same version before"}},
    )
    async def anonymise(name: str, version: Id, request: AnonymisationRequest, response: Response) -> DatasetManifest:
        """Make a version of this one by actions on its columns; with `keep_original` false, this one is removed."""
        manifest, new = await anyio.to_thread.run_sync(
            lambda: writer.anonymise(name, version, request), limiter=one_at_a_time
        )
        columns = sorted(hidden_columns(request.actions))
        log.info("dataset_anonymised", dataset=name, source=version, version=manifest.version, columns=columns)
        response.status_code = 201 if new else 200
        return manifest

    return routes
