"""Resumable uploads in the tus protocol 1.0.0. `PUT /datasets/{name}?upload=` makes a data set of one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import anyio
from fastapi import APIRouter, Depends, Header, Query, Request, Response

from tablee.datasets.privacy import Findings
from tablee.http.schemas.datasets import FilePreview, Upload
from tablee_controller.datasets.anonymisation import Anonymisation
from tablee_controller.datasets.request_body import received
from tablee_controller.datasets.uploads import Uploads
from tablee_controller.routes.datasets import tus
from tablee_controller.routes.datasets.query_parameters import PrivacyActions, ReadingCorrections
from tablee_controller.routes.path_parameters import Id
from tablee_data.readers import sniff

PART_TYPE = "application/offset+octet-stream"
Length = Annotated[int, Header(ge=0, description="Bytes of the whole file.")]
Metadata = Annotated[str, Header(max_length=4096, description="`filename` and its value in base64.")]
Offset = Annotated[int, Header(ge=0, description="Where the part begins: the bytes that have arrived.")]
Checksum = Annotated[str, Header(max_length=200, description="Algorithm and digest in base64: `sha1 …`.")]


def router(uploads: Uploads, anonymisation: Anonymisation, scratch: Path, readers: anyio.CapacityLimiter) -> APIRouter:
    routes = APIRouter(prefix="/uploads", tags=["data sets"])
    protocol = [Depends(tus.check_version)]

    @routes.options("", status_code=204)
    @routes.options("/{upload_id}", status_code=204)
    def capabilities(response: Response) -> None:
        """The version of the tus protocol, its extensions that are supported, and the largest file in bytes."""
        response.headers["tus-version"] = tus.VERSION
        response.headers["tus-extension"] = tus.EXTENSIONS
        response.headers["tus-checksum-algorithm"] = ",".join(tus.ALGORITHMS)
        response.headers["tus-max-size"] = str(uploads.max_bytes)

    @routes.post("", status_code=201, dependencies=protocol)
    def create(request: Request, response: Response, upload_length: Length, upload_metadata: Metadata = "") -> Upload:
        """Begin an upload; `Location` is its address, `Upload-Expires` when it ends by itself."""
        upload = uploads.begin(tus.filename_of(upload_metadata), upload_length, upload_metadata)
        response.headers["location"] = f"{request.scope.get('root_path', '')}/uploads/{upload.id}"
        response.headers["upload-expires"] = tus.http_date(upload.expires)
        return upload

    @routes.get("/{upload_id}")
    def show(upload_id: Id, response: Response) -> Upload:
        """How much of it has arrived, as JSON."""
        upload = uploads.find(upload_id)
        _describe(response, upload)
        return upload

    @routes.head("/{upload_id}", response_class=Response, dependencies=protocol)
    def offset(upload_id: Id, response: Response) -> None:
        """How much of it has arrived, in headers: `Upload-Offset` and `Upload-Length`."""
        _describe(response, uploads.find(upload_id))

    @routes.patch("/{upload_id}", status_code=204, dependencies=protocol)
    async def append(
        upload_id: Id, request: Request, response: Response, upload_offset: Offset, upload_checksum: Checksum = ""
    ) -> None:
        """Send the next part, which begins at `Upload-Offset`. Of a part that breaks off, the bytes that arrived are
        kept, unless it has a checksum; HEAD says where to go on."""
        async with received(request, scratch, types=(PART_TYPE,), incomplete=True) as part:
            if upload_checksum:
                await anyio.to_thread.run_sync(tus.check_sum, part, upload_checksum)
            upload = await anyio.to_thread.run_sync(uploads.add, upload_id, upload_offset, part)
        _describe(response, upload)

    @routes.get("/{upload_id}/preview")
    async def preview(
        upload_id: Id,
        corrections: ReadingCorrections,
        actions: PrivacyActions,
        rows: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> FilePreview:
        """How the file would be read, what was decided and between what, and its first rows after the actions. Columns
        that are dropped may have any type. Nothing is stored."""

        def looked_at() -> FilePreview:
            with uploads.whole(upload_id) as (upload, file):
                batch_filter = anonymisation.batch_filter(actions)
                return sniff(file, upload.filename, corrections, rows=rows, batch_filter=batch_filter)

        return await anyio.to_thread.run_sync(looked_at, limiter=readers)

    @routes.get("/{upload_id}/privacy")
    async def privacy(upload_id: Id, corrections: ReadingCorrections, actions: PrivacyActions) -> Findings:
        """Columns of the file that seem to hold personal data, with an action proposed for each; those that are dropped
        are not looked at. Nothing is stored."""

        def looked_at() -> Findings:
            with uploads.whole(upload_id) as (upload, file):
                return anonymisation.findings_in_file(file, upload.filename, corrections, actions)

        return await anyio.to_thread.run_sync(looked_at, limiter=readers)

    @routes.delete("/{upload_id}", status_code=204, dependencies=protocol)
    def terminate(upload_id: Id) -> None:
        """Delete what has arrived."""
        uploads.find(upload_id)
        uploads.remove(upload_id)

    return routes


def _describe(response: Response, upload: Upload) -> None:
    response.headers["upload-offset"] = str(upload.offset)
    response.headers["upload-length"] = str(upload.bytes)
    response.headers["upload-expires"] = tus.http_date(upload.expires)
    if upload.metadata:
        response.headers["upload-metadata"] = upload.metadata
    response.headers["cache-control"] = "no-store"
