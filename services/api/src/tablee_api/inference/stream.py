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
from tablee_api.inference.disk_space import Disk, Waiting
from tablee_api.inference.limits import Body, Pool
from tablee_api.inference.pipeline import Refused, headers, limit_explained, score
from tablee_api.inference.request import Order, RowLimits, Streamed

CHUNK = 256 * 1024
"""Bytes sent at once."""


async def serve(
    order: Order, body: Body, receive: Receive, send: Send, *, pool: Pool, limits: RowLimits, disk: Disk
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
            parts = work(order, sent, answer, limits, waiting)
            while await pool.run(lambda: next(parts, None), patient=True) is not None:
                if leaving.done() and leaving.result()["type"] == "http.disconnect":
                    return False
        finally:
            leaving.cancel()
        await _send(order, answer, send)
    return True


def work(order: Order, sent: BinaryIO, answer: BinaryIO, limits: RowLimits, waiting: Waiting) -> Iterator[int]:
    """Answer a part of the rows with each step; yields how many rows were read.

    :raises DiskFull: the answer finds no room.
    :raises InvalidInput: rows that do not fit, or none; and whatever the reader finds.
    """
    asked, served = order.asked, order.served
    assert isinstance(asked, Streamed)  # noqa: S101 (others go the way of `predict`)
    refused = Refused()
    sink = asked.write(order, answer)
    order.start()
    for table in asked.read(sent, served.contract):
        limit_explained(order, order.rows + table.rows, limits)
        try:
            block = table.check(served.model.validator, 0, table.rows, order.rows + 1)
        except InvalidRows as error:
            refused.add(error)
        else:
            order.preprocess += order.lap()
            if not refused.total:
                sink.write(score(order, block, order.rows + 1))
                waiting.grow(answer.tell())
            order.warned.update(block.warned)
        order.rows += table.rows
        order.postprocess += order.lap()
        yield order.rows
        order.start()
    refused.raise_if_any()
    if not order.rows:
        raise InvalidInput("there is no row to predict", hint="Send at least one row.")
    sink.close()


async def _send(order: Order, answer: BinaryIO, send: Send) -> None:
    assert isinstance(order.asked, Streamed)  # noqa: S101 (others go the way of `predict`)
    length = answer.tell()
    answer.seek(0)
    described = headers(order, order.asked.content_type, length)
    described.append((b"tablee-warning-count", str(order.warned.total()).encode()))
    await send({"type": "http.response.start", "status": 200, "headers": described})
    while part := answer.read(CHUNK):
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
