"""The way of an order too large for memory: body to disk, part by part through the model, answer to disk, then out.

Many clients listen only after they have sent everything, so that nothing is answered before; therefore an error
anywhere can still be told. While the body comes no thread waits for it, and between two parts others get their turn.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from typing import BinaryIO

from tablee.errors import InvalidInput, InvalidRows
from tablee.http.middleware import Receive, Send
from tablee_api.inference.disk_space import DiskBudget, DiskReservation
from tablee_api.inference.limits import Body, Pool
from tablee_api.inference.pipeline import Refused, headers, limit_explained, score
from tablee_api.inference.request import InferenceRequest, RowLimits, StreamFormat

CHUNK = 256 * 1024
"""Bytes sent at once."""


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
    """Read, answer and send; False if the client has left before the answer.

    :raises TableeError: nothing of an answer was sent.
    """
    with disk.waiting() as waiting, tempfile.TemporaryFile() as sent, tempfile.TemporaryFile() as answer:
        if not await body.copy(receive, sent.write):
            return False
        sent.seek(0)
        leaving = asyncio.ensure_future(receive())  # says nothing more until the client leaves
        try:
            parts = work(request, sent, answer, limits, waiting)
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
    """Answer a part of the rows with each step; yields how many rows were read.

    :raises DiskFull: the answer finds no room.
    :raises InvalidInput: rows that do not fit, or none; and whatever the reader finds.
    """
    format, served = request.format, request.served
    assert isinstance(format, StreamFormat)  # noqa: S101 (others go the way of `predict`)
    refused = Refused()
    sink = format.write(request, answer)
    request.start()
    for table in format.read(sent, served.contract):
        limit_explained(request, request.rows + table.rows, limits)
        try:
            block = table.check(served.model.validator, 0, table.rows, request.rows + 1)
        except InvalidRows as error:
            refused.add(error)
        else:
            request.preprocess += request.lap()
            if not refused.total:
                sink.write(score(request, block, request.rows + 1))
                reserved.grow(answer.tell())
            request.warned.update(block.warned)
        request.rows += table.rows
        request.postprocess += request.lap()
        yield request.rows
        request.start()
    refused.raise_if_any()
    if not request.rows:
        raise InvalidInput("no_row", hint="no_row")
    sink.close()


async def _send(request: InferenceRequest, answer: BinaryIO, send: Send) -> None:
    assert isinstance(request.format, StreamFormat)  # noqa: S101 (others go the way of `predict`)
    length = answer.tell()
    answer.seek(0)
    described = headers(request, request.format.content_type, length)
    described.append((b"tablee-warning-count", str(request.warned.total()).encode()))
    await send({"type": "http.response.start", "status": 200, "headers": described})
    while part := answer.read(CHUNK):
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
