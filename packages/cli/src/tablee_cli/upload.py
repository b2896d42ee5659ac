"""A file sent in parts, which goes on where it broke off."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from tablee.errors import InvalidInput, NotRunning, TableeError, Unavailable
from tablee_cli.client import UPLOAD_TIMEOUT, Platform, part

PART = 8 << 20
"""Bytes of a part; a smaller file is sent whole."""
TRIES = 6
"""How often a part is sent while nobody answers."""


def send(
    platform: Platform,
    file: Path,
    content: IO[bytes],
    *,
    resume: str | None,
    advance: Callable[[int], None],
    pause: float = 1.0,
) -> str:
    """Send all parts that are not there yet; returns the upload's id.

    :param resume: an upload to go on with.
    :param advance: told how many more bytes are there.
    :param pause: seconds before a part is sent again; longer each time.
    :raises InvalidInput: the upload to go on with is of another file.
    """
    size = file.stat().st_size
    if resume:
        upload = platform.controller.get(f"/uploads/{part(resume)}")
        if upload["bytes"] != size:
            raise InvalidInput(f"the upload «{resume}» is of a file of {upload['bytes']:,} bytes, not {size:,}")
    else:
        upload = platform.controller.post("/uploads", {"filename": file.name, "bytes": size})
    identity, offset = str(upload["id"]), int(upload["offset"])
    advance(offset)
    while offset < size:
        content.seek(offset)
        reached = _sent(platform, identity, offset, content.read(PART), pause)
        advance(reached - offset)
        offset = reached
    return identity


def _sent(platform: Platform, identity: str, offset: int, piece: bytes, pause: float) -> int:
    """Send one part, again and again while nobody answers; how many bytes of the file are there then."""
    for attempt in range(1, TRIES + 1):
        try:
            if attempt > 1:  # the answer may have been lost, not the part
                there = int(platform.controller.get(f"/uploads/{part(identity)}")["offset"])
                if there != offset:
                    return there
            headers = {"upload-offset": str(offset), "content-type": "application/octet-stream"}
            answer = platform.controller.call(
                "PATCH", f"/uploads/{part(identity)}", content=piece, headers=headers, timeout=UPLOAD_TIMEOUT
            )
            return int(answer.json()["offset"])
        except (NotRunning, Unavailable) as error:
            if attempt == TRIES:
                raise _resumable(error, identity) from None
            time.sleep(pause * attempt)
    raise AssertionError("the last try answers or raises")


def _resumable(error: TableeError, identity: str) -> TableeError:
    return type(error)(error.detail, hint=f"Go on later with the same command and --resume {identity}.")
