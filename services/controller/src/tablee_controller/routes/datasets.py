"""Data sets: add, list, show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from tablee import metrics
from tablee.datasets import DatasetManifest, Datasets, checked_name
from tablee.telemetry import logger
from tablee_controller.routes.address import Id
from tablee_controller.upload import received

log = logger(__name__)


class DatasetList(BaseModel):
    """The newest version of each data set."""

    datasets: list[DatasetManifest]


class DatasetVersions(BaseModel):
    """All versions of one data set, newest first."""

    name: str
    versions: list[DatasetManifest]


class Rows(BaseModel):
    """The first rows of a version; a missing value is null."""

    columns: list[str]
    rows: list[dict[str, Any]]


def router(datasets: Datasets, uploads: Path) -> APIRouter:
    routes = APIRouter(prefix="/datasets", tags=["data sets"])
    readers = anyio.CapacityLimiter(1)  # a file is a table in memory while it is read: one at a time

    @routes.put(
        "/{name}",
        status_code=201,
        responses={200: {"model": DatasetManifest, "description": "The same bytes are there already"}},
        openapi_extra={
            "requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}},
        },
    )
    async def add(
        name: str, request: Request, response: Response, filename: Annotated[str, Query(max_length=255)] = ""
    ) -> DatasetManifest:
        """Store a CSV file, the body's plain bytes, as a new version."""
        checked_name(name)
        async with received(request, uploads) as file:
            manifest, new = await anyio.to_thread.run_sync(
                lambda: datasets.add(name, file, filename=filename or f"{name}.csv"), limiter=readers
            )
        if new:
            metrics.DATASETS_ADDED.inc()
            log.info("dataset_added", dataset=name, version=manifest.version, rows=manifest.rows)
        response.status_code = 201 if new else 200
        return manifest

    @routes.get("")
    def list_all() -> DatasetList:
        """The newest version of each."""
        return DatasetList(datasets=[datasets.manifest(name) for name in datasets.names()])

    @routes.get("/{name}")
    def show(name: str) -> DatasetVersions:
        """All versions, newest first."""
        return DatasetVersions(name=name, versions=datasets.versions(name))

    @routes.get("/{name}/versions/{version}/rows")
    def rows(name: str, version: Id, limit: Annotated[int, Query(ge=1, le=1000)] = 20) -> Rows:
        """The first rows of a version; `latest` is one too."""
        manifest = datasets.manifest(name, version)
        frame = datasets.frame(manifest, limit=limit)
        whole = [column.name for column in manifest.columns if column.integer]
        shown = frame.with_columns(frame[column].cast(int) for column in whole)
        return Rows(columns=shown.columns, rows=shown.to_dicts())

    return routes
