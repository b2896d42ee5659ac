"""Predictions of uploaded files: look how a file is read, ask, follow, cancel, fetch the result."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Annotated
from urllib.parse import quote

import anyio
from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask

from tablee.datasets.reading import Corrections
from tablee.http.schemas.predictions import PredictionPreview
from tablee.jobs.file_prediction import FilePrediction, Summary, UploadedFile
from tablee_controller.loop import ControlLoop
from tablee_controller.routes.paging import Tail
from tablee_controller.routes.path_parameters import Id
from tablee_controller.services import PredictionServices
from tablee_data import prediction_files

MEDIA = {
    ".parquet": "application/vnd.apache.parquet",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} | dict.fromkeys((".jsonl", ".ndjson"), "application/x-ndjson")


class PredictionRequest(BaseModel):
    """Which file is to be predicted, and how."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)
    upload: Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
    """Id of a complete upload; it is copied, and may be deleted or used again afterwards."""
    model: Annotated[str, Field(max_length=128, pattern=r"^[^'\"/\\\x00-\x1f]+$")]
    """Name of the registered model."""
    version: Annotated[int, Field(ge=1)] | None = None
    """Its version; when left out the one that serves at this moment, else the champion."""
    reading: Corrections | None = None
    """What is to be read otherwise than the file says."""
    explain: bool = False
    """Add a column for what each column contributed, and `bias`."""


def router(services: PredictionServices, loop: ControlLoop, readers: anyio.CapacityLimiter) -> APIRouter:
    routes = APIRouter(prefix="/predictions", tags=["predictions of files"])
    predictions, queue = services.predictions, services.queue

    @routes.post("", status_code=202)
    def ask(request: PredictionRequest) -> FilePrediction:
        """Predict an uploaded file in the background, all rows by one version of the model."""
        found = services.versions.find(request.model, request.version)
        with services.uploads.whole(request.upload) as (upload, content):
            file = UploadedFile(
                filename=upload.filename,
                bytes=upload.bytes,
                explain=request.explain,
                expires=datetime.now(UTC) + services.retention,
            )
            made = predictions.create(found.model, found.version, request.reading, file, content)
        loop.wake()
        return made

    @routes.post("/preview")
    async def preview(request: PredictionRequest, rows: Annotated[int, Query(ge=1, le=100)] = 5) -> PredictionPreview:
        """How an uploaded file would be read for a model; all of it is looked through."""
        return await anyio.to_thread.run_sync(_preview, services, request, rows, limiter=readers)

    @routes.get("/{prediction_id}")
    def show(prediction_id: Id) -> FilePrediction:
        """Phase, rows done and of how many, warnings; in the end how it ended, or the problem with rows and columns."""
        return predictions.get(prediction_id)

    @routes.get("/{prediction_id}/summary")
    def summary(prediction_id: Id) -> Summary:
        """The first rows of the result as texts, and how often each answer occurs."""
        return predictions.summary(prediction_id)

    @routes.get("/{prediction_id}/result", response_class=FileResponse)
    def result(prediction_id: Id) -> FileResponse:
        """The answered file in the form of the uploaded one: its own cells, and the answers at their right."""
        found = predictions.get(prediction_id)
        with _temporary(services.scratch) as path:
            predictions.get_result(prediction_id, path)
        return FileResponse(
            path,
            media_type=MEDIA.get(PurePath(found.filename).suffix.lower(), "text/csv"),
            headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(found.filename)}"},
            background=BackgroundTask(path.unlink, missing_ok=True),
        )

    @routes.get("/{prediction_id}/log", response_class=PlainTextResponse)
    def log(prediction_id: Id, tail: Tail = 200) -> str:
        """The last lines of its worker's log."""
        predictions.get(prediction_id)
        return services.jobs.log(prediction_id, tail)

    @routes.post("/{prediction_id}/cancel", status_code=202)
    def cancel(prediction_id: Id) -> FilePrediction:
        """End a queued one, or ask the worker of a running one to end."""
        return queue.cancel_prediction(prediction_id)

    @routes.delete("/{prediction_id}", status_code=204)
    def delete(prediction_id: Id) -> None:
        """Delete one that has ended, with its result."""
        queue.delete(prediction_id)

    return routes


def _preview(services: PredictionServices, request: PredictionRequest, rows: int) -> PredictionPreview:
    with services.uploads.whole(request.upload) as (upload, content):
        found = services.versions.find(request.model, request.version)
        contract = services.versions.contract(found)
        opened = prediction_files.open_file(content, upload.filename, contract, request.reading)
        first = opened.beginning(rows)
        return PredictionPreview(
            model=found.model,
            version=found.version,
            filename=opened.filename,
            reading=opened.reading,
            decisions=opened.decisions,
            encoding=opened.encoding,
            types=opened.types,
            columns=first.columns,
            left_out=opened.left_out,
            rows_total=opened.rows,
            rows=first.to_dicts(),
        )


@contextmanager
def _temporary(folder: Path) -> Iterator[Path]:
    """A new file that is deleted if the block fails."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix="upload-result-", delete=False) as opened:
        path = Path(opened.name)
    try:
        yield path
    except BaseException:
        path.unlink(missing_ok=True)
        raise
