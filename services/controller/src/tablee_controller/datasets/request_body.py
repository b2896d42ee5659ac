"""A request's body as a file: streamed to disk, never whole in memory, gone afterwards."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from starlette.requests import ClientDisconnect, Request

from tablee.errors import MalformedBody, ObjectStoreUnavailable, UnsupportedMediaType

CHUNK = 1 << 20
"""Bytes kept in memory before they are written."""

RAW_TYPES = (
    *("", "text/csv", "application/csv", "text/plain", "text/tab-separated-values", "application/octet-stream"),
    *("application/vnd.ms-excel", "application/x-ndjson", "application/jsonl", "application/jsonlines"),
    *("application/vnd.apache.parquet", "application/x-parquet", "application/offset+octet-stream"),
    *("application/gzip", "application/x-gzip", "application/zip", "application/x-zip-compressed"),
)
"""What clients call the bytes of a file (vnd.ms-excel: a CSV, for browsers on Windows). Only its content counts."""


def prepare(folder: Path) -> None:
    """Make the folder, without what a killed controller left in it."""
    folder.mkdir(parents=True, exist_ok=True)
    clear(folder)


def clear(folder: Path) -> None:
    """Leave nothing of anybody's file."""
    for left in folder.glob("upload-*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


@asynccontextmanager
async def received(request: Request, folder: Path) -> AsyncIterator[Path]:
    """The body as a temporary file in `folder`.

    :raises UnsupportedMediaType: it is not the file's plain bytes.
    :raises MalformedBody: the client went away before the end.
    """
    _check_type(request)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="upload-") as file:
        try:
            await _write(request, file)
        except ClientDisconnect:
            raise MalformedBody("the upload broke off before its end; nothing was stored") from None
        except OSError as error:
            raise ObjectStoreUnavailable(f"the upload cannot be kept: {error.strerror}") from error
        yield Path(file.name)


async def _write(request: Request, file: IO[bytes]) -> None:
    waiting = bytearray()
    async for chunk in request.stream():
        waiting += chunk
        if len(waiting) >= CHUNK:
            await asyncio.to_thread(file.write, bytes(waiting))
            waiting.clear()
    await asyncio.to_thread(file.write, bytes(waiting))
    await asyncio.to_thread(file.flush)


def _check_type(request: Request) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in RAW_TYPES:
        raise UnsupportedMediaType(
            f"the body is {given}, expected the file's bytes",
            hint="Send the file itself as the body (curl --data-binary @FILE -H 'content-type: text/csv').",
        )
    encoding = request.headers.get("content-encoding", "identity")
    if encoding != "identity":
        raise UnsupportedMediaType(f"the body is encoded as {encoding}, expected it as it is")
