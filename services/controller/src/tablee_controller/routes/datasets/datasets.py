"""Data sets: add, list, show, append rows, erase."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.names import checked_name
from tablee.datasets.store import Datasets
from tablee.http.schemas.datasets import DatasetList, DatasetVersions, Rows
from tablee.telemetry import logger
from tablee_controller.datasets.anonymisation import Anonymisation
from tablee_controller.datasets.request_body import named_encoding, received
from tablee_controller.datasets.uploads import Uploads
from tablee_controller.datasets.writer import DatasetWriter
from tablee_controller.routes.datasets.query_parameters import PrivacyActions, ReadingCorrections
from tablee_controller.routes.path_parameters import Id
from tablee_data.transforms.erase import Certificate

By = Annotated[str | None, Query(max_length=200, description="Who sends it.")]

Strict = Annotated[
    bool,
    Query(
        description="Refuse a file of which something is not sure (`unsure_reading`); `options` answers the questions."
    ),
]

log = logger(__name__)


class NewRows(BaseModel):
    """Rows of a form or of events."""

    model_config = ConfigDict(extra="forbid")
    rows: list[dict[str, Any]] = Field(min_length=1)
    by: str | None = Field(default=None, max_length=200)


class ErasureRequest(BaseModel):
    """Which rows are to be erased: those in which the column holds the value."""

    model_config = ConfigDict(extra="forbid")
    column: str
    value: str | float
    by: str = Field(min_length=1, max_length=200)


def router(
    datasets: Datasets,
    writer: DatasetWriter,
    uploads: Uploads,
    anonymisation: Anonymisation,
    scratch: Path,
    readers: anyio.CapacityLimiter,
) -> APIRouter:
    """
    :param scratch: folder for files of requests.
    :param readers: limits the threads that read files as tables.
    """
    routes = APIRouter(prefix="/datasets", tags=["data sets"])

    async def made(make: Callable[[], tuple[DatasetManifest, bool]], response: Response) -> DatasetManifest:
        manifest, new = await anyio.to_thread.run_sync(make, limiter=readers)
        if new:
            log.info("dataset_added", dataset=manifest.name, version=manifest.version, rows=manifest.rows)
        response.status_code = 201 if new else 200
        return manifest

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
        corrections: ReadingCorrections,
        actions: PrivacyActions,
        filename: Annotated[str, Query(max_length=255)] = "",
        upload: Annotated[str, Query(max_length=64, description="An upload that is complete, instead of a body.")] = "",
        by: By = None,
        strict: Strict = False,
    ) -> DatasetManifest:
        """Store a file as a new version. Formats: CSV, Excel, OpenDocument, JSON, Parquet, Arrow, web server log.
        It is the body's plain bytes, or was sent in parts before. A `charset` in `Content-Type` is its encoding, unless
        `options` name another. What `actions` remove is stored nowhere."""
        checked_name(name)
        batch_filter = anonymisation.batch_filter(actions)
        if corrections.encoding is None and not upload:
            corrections = corrections.model_copy(update={"encoding": named_encoding(request)})

        def from_file(file: Path, called: str) -> tuple[DatasetManifest, bool]:
            return writer.add(
                name, file, filename=called, asked=corrections, batch_filter=batch_filter, by=by, strict=strict
            )

        def from_upload() -> tuple[DatasetManifest, bool]:
            with uploads.whole(upload) as (found, file):
                done = from_file(file, found.filename)
            uploads.remove(upload)
            return done

        if upload:
            return await made(from_upload, response)
        async with received(request, scratch) as file:
            return await made(lambda: from_file(file, filename or f"{name}.csv"), response)

    @routes.post("/{name}/rows", status_code=201)
    async def append_rows(name: str, new: NewRows, response: Response) -> DatasetManifest:
        """Add rows to the newest version, which makes a new one; the first rows make a data set."""
        checked_name(name)
        return await made(lambda: writer.append_rows(name, new.rows, by=new.by), response)

    @routes.post("/{name}/erasures", status_code=201)
    async def erase(name: str, wanted: ErasureRequest) -> Certificate:
        """Erase a person's rows from all versions: each is replaced by one without them. The answer is a
        certificate."""
        certificate = await anyio.to_thread.run_sync(
            lambda: writer.erase(name, column=wanted.column, value=wanted.value, by=wanted.by), limiter=readers
        )
        rows = sum(version.rows for version in certificate.versions)
        log.info("subject_erased", dataset=name, certificate=certificate.id, rows=rows, by=wanted.by)
        return certificate

    @routes.get("/{name}/erasures")
    def erasures(name: str) -> list[Certificate]:
        """The certificates of what was erased, oldest first."""
        return writer.certificates(name)

    @routes.get("")
    def list_all() -> DatasetList:
        """The newest version of each."""
        return DatasetList(datasets=datasets.newest())

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
