"""Personal data: find it, see how rows hide among each other, take it out."""

from __future__ import annotations

import threading

import anyio
from fastapi import APIRouter, Response

from tablee import metrics
from tablee.datasets.privacy import AnonymisationRequest, Anonymity, AnonymityRequest, Findings, hidden
from tablee.datasets.store import DatasetManifest
from tablee.telemetry import logger
from tablee_controller.datasets.anonymisation import Anonymisation
from tablee_controller.routes.path_parameters import Id

log = logger(__name__)


def router(anonymisation: Anonymisation, one_at_a_time: anyio.CapacityLimiter, writing: threading.Lock) -> APIRouter:
    """
    :param writing: held while a version is made, so that none that goes is added to meanwhile.
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

        def in_turn() -> tuple[DatasetManifest, bool]:
            with writing:
                return anonymisation.anonymise(name, version, request)

        manifest, new = await anyio.to_thread.run_sync(in_turn, limiter=one_at_a_time)
        if new:
            metrics.DATASETS_ADDED.inc()
        columns = sorted(hidden(request.actions))
        log.info("dataset_anonymised", dataset=name, source=version, version=manifest.version, columns=columns)
        response.status_code = 201 if new else 200
        return manifest

    return routes
