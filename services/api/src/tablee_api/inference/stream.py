"""Requests larger than memory: the body goes to disk, is scored part by part, and the response goes to disk.

The response is sent only after all rows are scored, because many clients read it only after they have sent the whole
body. So an error in any row can still be reported. No thread waits while the body arrives, and other requests are
served between two parts.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from typing import BinaryIO

from tablee.errors import InvalidInput, InvalidRows
from tablee.http.middleware import Receive, Send
from tablee.models.validation.invalid_cells import InvalidCells
from tablee_api.inference.disk_space import DiskBudget, DiskReservation
from tablee_api.inference.limits import Body
from tablee_api.inference.pipeline import headers, limit_explained
from tablee_api.inference.pool import Pool
from tablee_api.inference.request import InferenceRequest, RowLimits, StreamFormat
from tablee_api.inference.score import score
from tablee_api.inference.validate import collect

CHUNK = 256 * 1024
"""Bytes that are sent at once."""


async def serve(
    request: InferenceRequest,
    body: Body,
    receive: Receive,
    send: Send,
    *,
    pool: Pool,
    limits: RowLimits,
    disk: DiskBudget,
) -> bool:
    """Read the body, score it and send the response; False if the client has disconnected before.

    :raises TableeError: the request is refused; nothing was sent.
    """
    with disk.reserve() as reserved, tempfile.TemporaryFile() as sent, tempfile.TemporaryFile() as answer:
        if not await body.copy(receive, sent.write):
            return False
        sent.seek(0)
        leaving = asyncio.ensure_future(receive())  # the next message is the disconnection of the client
        try:
            parts = work(request, sent, answer, limits, reserved)
            while await pool.run(lambda: next(parts, None), patient=True) is not None:
                if leaving.done() and leaving.result()["type"] == "http.disconnect":
                    return False
        finally:
            leaving.cancel()
        await _send(request, answer, send)
    return True


def work(
    request: InferenceRequest, sent: BinaryIO, answer: BinaryIO, limits: RowLimits, reserved: DiskReservation
) -> Iterator[int]:
    """Score one part of the rows per step; yields the number of rows that were read so far.

    :raises DiskFull: the response does not fit on the disk.
    :raises InvalidInput: rows do not fit the contract, or there is none.
    """
    format, served = request.format, request.served
    assert isinstance(format, StreamFormat)  # noqa: S101 (`pipeline` handles the other kind)
    invalid = InvalidCells()
    encoder = format.write(request, answer)
    request.start()
    for table in format.read(sent, served.contract):
        limit_explained(request, request.rows + table.rows, limits)
        try:
            block = table.check(request.validator, 0, table.rows, request.rows + 1)
        except InvalidRows as error:
            collect(invalid, error)
        else:
            request.preprocess += request.lap()
            if not invalid.total:
                encoder.write(score(request, block, request.rows + 1))
                reserved.grow(answer.tell())
            request.warned.update(block.warned)
        request.rows += table.rows
        request.postprocess += request.lap()
        yield request.rows
        request.start()
    invalid.raise_if_any()
    if not request.rows:
        raise InvalidInput("no_row", hint="no_row")
    encoder.close()


async def _send(request: InferenceRequest, answer: BinaryIO, send: Send) -> None:
    assert isinstance(request.format, StreamFormat)  # noqa: S101 (`pipeline` handles the other kind)
    length = answer.tell()
    answer.seek(0)
    described = headers(request, request.format.content_type, length)
    described.append((b"tablee-warning-count", str(request.warned.total()).encode()))
    await send({"type": "http.response.start", "status": 200, "headers": described})
    while part := answer.read(CHUNK):
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
