"""Data sets: add, list, show, lengthen, erase."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from tablee import metrics
from tablee.datasets.reading import Corrections
from tablee.datasets.store import DatasetManifest, Datasets, checked_name
from tablee.storage.object_store import ObjectStore
from tablee.telemetry import logger
from tablee_controller.datasets.anonymisation import Anonymisation
from tablee_controller.datasets.request_body import received
from tablee_controller.datasets.uploads import Uploads
from tablee_controller.routes.path_parameters import Id
from tablee_controller.routes.query_parameters import Asked, Wanted
from tablee_data.readers import Guard, ingest
from tablee_data.transforms.append_rows import append
from tablee_data.transforms.erase import Certificate, erase

By = Annotated[str | None, Query(max_length=200, description="Who sends it.")]

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


class NewRows(BaseModel):
    """Rows of a form or of events."""

    model_config = ConfigDict(extra="forbid")
    rows: list[dict[str, Any]] = Field(min_length=1)
    by: str | None = Field(default=None, max_length=200)


class ErasureRequest(BaseModel):
    """Whose rows are to go."""

    model_config = ConfigDict(extra="forbid")
    column: str
    value: str | float
    by: str = Field(min_length=1, max_length=200)


def router(
    datasets: Datasets,
    objects: ObjectStore,
    uploads: Uploads,
    anonymisation: Anonymisation,
    scratch: Path,
    readers: anyio.CapacityLimiter,
    writing: threading.Lock,
) -> APIRouter:
    """
    :param readers: files are read, and versions written, one at a time.
    :param writing: held meanwhile, for sources do so too.
    """
    routes = APIRouter(prefix="/datasets", tags=["data sets"])

    async def stored(store: Callable[[], tuple[DatasetManifest, bool]], response: Response) -> DatasetManifest:
        def in_turn() -> tuple[DatasetManifest, bool]:
            with writing:
                return store()

        manifest, new = await anyio.to_thread.run_sync(in_turn, limiter=readers)
        if new:
            metrics.DATASETS_ADDED.inc()
            log.info("dataset_added", dataset=manifest.name, version=manifest.version, rows=manifest.rows)
        response.status_code = 201 if new else 200
        return manifest

    def from_upload(
        name: str, upload_id: str, asked: Corrections, guard: Guard | None, by: str | None
    ) -> tuple[DatasetManifest, bool]:
        with uploads.whole(upload_id) as (upload, file):
            done = ingest(datasets, name, file, filename=upload.filename, asked=asked, by=by, batch_filter=guard)
        uploads.remove(upload_id)
        return done

    @routes.put(
        "/{name}",
        status_code=201,
        responses={
            200: {"model": DatasetManifest, "description": "The same bytes, read the same way, are there already"}
        },
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            },
        },
    )
    async def add(
        name: str,
        request: Request,
        response: Response,
        asked: Asked,
        actions: Wanted,
        filename: Annotated[str, Query(max_length=255)] = "",
        upload: Annotated[str, Query(max_length=64, description="An upload that is complete, instead of a body.")] = "",
        by: By = None,
    ) -> DatasetManifest:
        """Store a file as a new version: CSV, Parquet, JSON lines, a web server's log. It is the body's plain bytes, or
        was sent in parts before. What `actions` take out is written nowhere."""
        checked_name(name)
        guard = anonymisation.guard(actions)
        if upload:
            return await stored(lambda: from_upload(name, upload, asked, guard, by), response)
        called = filename or f"{name}.csv"
        async with received(request, scratch) as file:
            return await stored(
                lambda: ingest(datasets, name, file, filename=called, asked=asked, by=by, batch_filter=guard), response
            )

    @routes.post("/{name}/rows", status_code=201)
    async def lengthen(name: str, new: NewRows, response: Response) -> DatasetManifest:
        """Add rows to the newest version, which makes a new one; the first rows make a data set."""
        checked_name(name)
        return await stored(lambda: (append(datasets, name, new.rows, by=new.by), True), response)

    @routes.post("/{name}/erasures", status_code=201)
    async def remove_subject(name: str, wanted: ErasureRequest) -> Certificate:
        """Take a person's rows out of all versions: each gives way to one without them. The answer is a certificate."""

        def in_turn() -> Certificate:
            with writing:
                return erase(datasets, objects, name, column=wanted.column, value=wanted.value, by=wanted.by)

        certificate = await anyio.to_thread.run_sync(in_turn, limiter=readers)
        rows = sum(version.rows for version in certificate.versions)
        log.info("subject_erased", dataset=name, certificate=certificate.id, rows=rows, by=wanted.by)
        return certificate

    @routes.get("/{name}/erasures")
    def erasures(name: str) -> list[Certificate]:
        """The certificates of what was erased, oldest first."""
        keys = objects.list(f"erasures/{checked_name(name)}/")
        return [Certificate.model_validate_json(objects.get(key)) for key in keys]

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
