"""A request's body as a file: streamed to disk, never whole in memory, gone afterwards."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
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
    *("application/vnd.apache.parquet", "application/x-parquet"),
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
async def received(
    request: Request, folder: Path, *, types: Sequence[str] = RAW_TYPES, incomplete: bool = False
) -> AsyncIterator[Path]:
    """The body as a temporary file in `folder`.

    :param types: media types that the body may have.
    :param incomplete: give what has arrived if the client goes away before the end.
    :raises UnsupportedMediaType: the body is of another type, or encoded.
    :raises MalformedBody: the client went away before the end, and `incomplete` is false.
    """
    _check_type(request, types)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="upload-") as file:
        try:
            await _write(request, file)
        except ClientDisconnect:
            if not incomplete:
                raise MalformedBody("broken_off") from None
        except OSError as error:
            raise ObjectStoreUnavailable("upload_disk", error=error.strerror) from error
        yield Path(file.name)


async def _write(request: Request, file: IO[bytes]) -> None:
    """Write the body, or what arrives of it.

    :raises ClientDisconnect: the client went away; what had arrived is written.
    """
    waiting = bytearray()
    try:
        async for chunk in request.stream():
            waiting += chunk
            if len(waiting) >= CHUNK:
                await asyncio.to_thread(file.write, bytes(waiting))
                waiting.clear()
    finally:
        await asyncio.to_thread(file.write, bytes(waiting))
        await asyncio.to_thread(file.flush)


def _check_type(request: Request, types: Sequence[str]) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in types:
        if types is RAW_TYPES:
            raise UnsupportedMediaType("file", hint="file_as_body", given=given)
        raise UnsupportedMediaType("other", hint="media_type", given=given, expected=", ".join(types))
    encoding = request.headers.get("content-encoding", "identity")
    if encoding != "identity":
        raise UnsupportedMediaType("encoded", encoding=encoding)
