"""Writes the body of a request to a temporary file, without holding all of it in memory."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from email.message import Message
from pathlib import Path
from typing import IO

from starlette.requests import ClientDisconnect, Request

from tablee.datasets.reading import Encoding, usual_name
from tablee.errors import MalformedBody, ObjectStoreUnavailable, UnsupportedMediaType
from tablee.errors.causes import system_cause
from tablee.errors.cells import shorten

CHUNK = 1 << 20
"""Bytes kept in memory before they are written."""

RAW_TYPES = (
    *("", "text/csv", "application/csv", "text/plain", "text/tab-separated-values", "application/octet-stream"),
    *("application/vnd.ms-excel", "application/x-ndjson", "application/jsonl", "application/jsonlines"),
    *("application/vnd.apache.parquet", "application/x-parquet"),
    *("application/gzip", "application/x-gzip", "application/zip", "application/x-zip-compressed"),
)
"""Media types that are accepted for a file (browsers on Windows send vnd.ms-excel for CSV). The format of the file is
decided by its content alone."""


def prepare(folder: Path) -> None:
    """Create the folder, and delete the files that a killed controller left in it."""
    folder.mkdir(parents=True, exist_ok=True)
    clear(folder)


def clear(folder: Path) -> None:
    """Delete all temporary files of uploads in the folder."""
    for path in folder.glob("upload-*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@asynccontextmanager
async def received(
    request: Request, folder: Path, *, types: Sequence[str] = RAW_TYPES, incomplete: bool = False
) -> AsyncIterator[Path]:
    """Write the body to a temporary file in `folder`. The file is deleted when the block ends.

    :param types: media types that the body may have.
    :param incomplete: if the client disconnects before the end, give the bytes that have arrived.
    :raises UnsupportedMediaType: the body has another media type, or a content encoding.
    :raises MalformedBody: the client disconnected before the end, and `incomplete` is false.
    :raises ObjectStoreUnavailable: the disk cannot be written.
    """
    _check_type(request, types)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="upload-") as file:
        try:
            await _write(request, file)
        except ClientDisconnect:
            if not incomplete:
                raise MalformedBody("broken_off") from None
        except OSError as error:
            raise ObjectStoreUnavailable("upload_disk", error=system_cause(error)) from error
        yield Path(file.name)


def named_encoding(request: Request) -> Encoding | None:
    """The encoding that the header `Content-Type` names (`charset`); None if it names none.

    :raises UnsupportedMediaType: no text encoding has that name.
    """
    message = Message()
    message["content-type"] = request.headers.get("content-type", "")
    charset = message.get_param("charset")
    if not isinstance(charset, str) or not charset:
        return None
    try:
        return usual_name(charset)
    except ValueError:
        raise UnsupportedMediaType("unknown_charset", hint="known_charset", charset=shorten(charset)) from None


async def _write(request: Request, file: IO[bytes]) -> None:
    """Write the body, or the bytes of it that arrive.

    :raises ClientDisconnect: the client disconnected; the bytes that had arrived are written.
    """
    buffer = bytearray()
    try:
        async for chunk in request.stream():
            buffer += chunk
            if len(buffer) >= CHUNK:
                await asyncio.to_thread(file.write, bytes(buffer))
                buffer.clear()
    finally:
        await asyncio.to_thread(file.write, bytes(buffer))
        await asyncio.to_thread(file.flush)


def _check_type(request: Request, types: Sequence[str]) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in types:
        if types is RAW_TYPES:
            raise UnsupportedMediaType("file", hint="file_as_body", given=media_type)
        raise UnsupportedMediaType("other", hint="media_type", given=media_type, expected=", ".join(types))
    encoding = request.headers.get("content-encoding", "identity")
    if encoding != "identity":
        raise UnsupportedMediaType("encoded", encoding=encoding)
