"""Files in parts: begun, sent, resumed, looked at; `PUT /datasets/{name}?upload=` makes a data set of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import anyio
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from tablee.datasets.privacy import Findings
from tablee_controller.datasets.anonymisation import Anonymisation
from tablee_controller.datasets.request_body import received
from tablee_controller.datasets.uploads import Upload, Uploads
from tablee_controller.routes.path_parameters import Id
from tablee_controller.routes.query_parameters import Asked
from tablee_data.readers import Sniffed, sniff


class NewUpload(BaseModel):
    """A file that will come."""

    model_config = ConfigDict(extra="forbid")
    filename: str = Field(max_length=255)
    bytes: int = Field(ge=1)
    """Of the whole file."""


def router(uploads: Uploads, anonymisation: Anonymisation, scratch: Path, readers: anyio.CapacityLimiter) -> APIRouter:
    routes = APIRouter(prefix="/uploads", tags=["data sets"])

    @routes.post("", status_code=201)
    def begin(new: NewUpload) -> Upload:
        """Begin to send a file in parts."""
        return uploads.begin(new.filename, new.bytes)

    @routes.get("/{upload_id}")
    def show(upload_id: Id, response: Response) -> Upload:
        """How much of it is there."""
        upload = uploads.find(upload_id)
        _told(response, upload)
        return upload

    @routes.head("/{upload_id}")
    def offset(upload_id: Id, response: Response) -> None:
        """The same in headers: `Upload-Offset` and `Upload-Length`."""
        _told(response, uploads.find(upload_id))

    @routes.patch("/{upload_id}")
    async def add(
        upload_id: Id, request: Request, response: Response, upload_offset: Annotated[int, Header(ge=0)]
    ) -> Upload:
        """Send the next part, which begins at `Upload-Offset`. What broke off is sent again, from where HEAD says."""
        async with received(request, scratch) as part:
            upload = await anyio.to_thread.run_sync(uploads.add, upload_id, upload_offset, part)
        _told(response, upload)
        return upload

    @routes.get("/{upload_id}/preview")
    async def preview(upload_id: Id, asked: Asked, rows: Annotated[int, Query(ge=1, le=100)] = 20) -> Sniffed:
        """How the file would be read, what was decided and between what, and its first rows. Nothing is stored."""

        def looked_at() -> Sniffed:
            with uploads.whole(upload_id) as (upload, file):
                return sniff(file, upload.filename, asked, rows=rows)

        return await anyio.to_thread.run_sync(looked_at, limiter=readers)

    @routes.get("/{upload_id}/privacy")
    async def privacy(upload_id: Id, asked: Asked) -> Findings:
        """Columns of the file that seem to hold personal data, with an action proposed for each. Nothing is stored."""

        def looked_at() -> Findings:
            with uploads.whole(upload_id) as (upload, file):
                return anonymisation.findings_in_file(file, upload.filename, asked)

        return await anyio.to_thread.run_sync(looked_at, limiter=readers)

    @routes.delete("/{upload_id}", status_code=204)
    def remove(upload_id: Id) -> None:
        """Throw it away."""
        uploads.remove(upload_id)

    return routes


def _told(response: Response, upload: Upload) -> None:
    response.headers["upload-offset"] = str(upload.offset)
    response.headers["upload-length"] = str(upload.bytes)
    response.headers["cache-control"] = "no-store"
