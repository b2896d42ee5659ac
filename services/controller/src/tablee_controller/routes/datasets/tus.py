"""What the tus protocol 1.0.0 asks of all requests below `/uploads`: https://tus.io/protocols/resumable-upload."""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Annotated

from fastapi import Header

from tablee.errors import ChecksumMismatch, InvalidRequest, MalformedBody, UnsupportedProtocol
from tablee.http.middleware import App, Message, Receive, Scope, Send

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
ALGORITHMS = ("sha1", "sha256", "md5")
"""Of checksums; a server has to know the first."""


class TusHeaders:
    """ASGI middleware: names the version in every response below `/uploads`, and lets a request name its method in
    the header `X-HTTP-Method-Override`, for clients that can only send GET and POST.

    :param base_path: prefix under which a proxy publishes the service.
    """

    def __init__(self, app: App, *, base_path: str = "") -> None:
        self._app, self._base_path = app, base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", "")).removeprefix(self._base_path)
        if scope["type"] != "http" or not (path == "/uploads" or path.startswith("/uploads/")):
            await self._app(scope, receive, send)
            return

        async def with_version(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(b"tus-resumable", VERSION.encode())]
                if message["status"] == UnsupportedProtocol.status:
                    headers.append((b"tus-version", VERSION.encode()))
                message["headers"] = [*message.get("headers", ()), *headers]
            await send(message)

        given = dict(scope["headers"]).get(b"x-http-method-override")
        if scope["method"] == "POST" and given in (b"PATCH", b"DELETE", b"HEAD"):
            scope = {**scope, "method": given.decode()}
        await self._app(scope, receive, with_version)


def check_version(tus_resumable: Annotated[str, Header()] = "") -> None:
    """A dependency of the routes that are part of the protocol.

    :raises UnsupportedProtocol: the request does not name this version.
    """
    if tus_resumable != VERSION:
        raise UnsupportedProtocol("tus_version", given=tus_resumable or "none", version=VERSION)


def filename_of(metadata: str) -> str:
    """The value of `filename` in an `Upload-Metadata` header, which is `key value` in base64, with commas between.

    :raises InvalidRequest: the header is malformed, or the name has more than 255 characters.
    """
    found = ""
    for pair in filter(None, (pair.strip() for pair in metadata.split(","))):
        key, _, value = pair.partition(" ")
        try:
            text = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise InvalidRequest("upload_metadata", name=key) from None
        if key == "filename":
            found = text
    if len(found) > 255:
        raise InvalidRequest("upload_filename", limit=255)
    return found


def check_sum(part: Path, given: str) -> None:
    """Compare a part with an `Upload-Checksum` header: the algorithm, a space and the digest in base64.

    :raises MalformedBody: the algorithm is unknown.
    :raises ChecksumMismatch: the digest is another one.
    """
    algorithm, _, digest = given.partition(" ")
    if algorithm not in ALGORITHMS:
        known = list(ALGORITHMS)
        raise MalformedBody("checksum_algorithm", hint="checksum_algorithm", algorithm=algorithm, known=known)
    with part.open("rb") as file:
        found = hashlib.file_digest(file, algorithm).digest()
    if base64.b64encode(found).decode() != digest.strip():
        raise ChecksumMismatch("part", algorithm=algorithm)


def http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)
