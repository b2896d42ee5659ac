"""One order's way, a function per arrow: parse → validate → score → write. Every protocol goes it.

Nothing here knows HTTP's transport; everything may run in the event loop or in a thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tablee.errors import InvalidRows, TooManyRows
from tablee.errors.cells import MAX_CELLS, Cell
from tablee.models.validation.block import Block
from tablee_api.codecs.table import Table
from tablee_api.inference.request import InferenceRequest, InferenceResponse, RequestFormat, RowLimits, ScoredBlock
from tablee_scoring import finite

ROWS_AT_ONCE = 20_000
"""Rows that are worked on together; bounds the memory beside the body itself."""


@dataclass(slots=True)
class Refused:
    """Wrong cells, collected over all blocks, so that a client hears of all at once."""

    cells: list[Cell] = field(default_factory=list)
    total: int = 0

    def add(self, error: InvalidRows) -> None:
        self.cells += error.cells[: MAX_CELLS - len(self.cells)]
        self.total += error.total
        if error.cells[0].row is None:  # the columns themselves are wrong: every block would say the same
            self.raise_if_any()

    def raise_if_any(self) -> None:
        if self.total:
            raise InvalidRows(self.cells, self.total)


def parse(request: InferenceRequest, body: bytes, limits: RowLimits) -> Table:
    """The table in a body.

    :raises TooManyRows: more rows than a limit allows; and whatever the reader finds.
    """
    assert isinstance(request.format, RequestFormat)  # noqa: S101 (streams go another way)
    request.start()
    table = request.format.read(body, request.served, limits)
    limit_explained(request, table.rows, limits)
    request.preprocess += request.lap()
    return table


def limit_explained(request: InferenceRequest, rows: int, limits: RowLimits) -> None:
    """
    :raises TooManyRows: more rows than are explained at once.
    """
    if request.format.explain and rows > limits.explained:
        raise TooManyRows("explained", hint="explain_fewer_rows", rows=rows, limit=limits.explained)


def answer(request: InferenceRequest, table: Table) -> InferenceResponse:
    """From a table to the answer."""
    assert isinstance(request.format, RequestFormat)  # noqa: S101 (streams go another way)
    request.start()
    parts: list[ScoredBlock] = []
    first = 1
    for block in validate(request, table):
        request.preprocess += request.lap()
        parts.append(score(request, block, first))
        first += block.rows
    request.rows = table.rows
    for part in parts:
        request.warned.update(part.block.warned)
    request.scored = parts
    to_json = request.format.write(request, table, parts)
    request.postprocess += request.lap()
    return to_json


def validate(request: InferenceRequest, table: Table) -> Iterator[Block]:
    """Rows checked against the contract, in blocks. All wrong cells are counted, not only the first block's.

    :raises InvalidInput: rows that do not fit.
    """
    validator = request.served.model.validator
    refused = Refused()
    for start in range(0, max(table.rows, 1), ROWS_AT_ONCE):
        length = min(ROWS_AT_ONCE, table.rows - start)
        try:
            block = table.check(validator, start, length, start + 1)
        except InvalidRows as error:
            refused.add(error)
        else:
            if not refused.total:
                yield block
    refused.raise_if_any()


def score(request: InferenceRequest, block: Block, first: int) -> ScoredBlock:
    """A block with its predictions, and explanations if asked for; its rows are numbered from `first`.

    :raises InvalidRows: a row that the model gives no finite score.
    """
    model = request.served.model
    predictions = finite.predict(model, block, first_row=first)
    request.predict += request.lap()
    if not request.format.explain:
        return ScoredBlock(block, predictions, None)
    explanations = model.explain(block, predictions.scores)
    request.explain += request.lap()
    return ScoredBlock(block, predictions, explanations)


def respond(request: InferenceRequest, content_type: str, body: bytes) -> InferenceResponse:
    """A body with the headers that every answer to an order has."""
    return InferenceResponse(headers(request, content_type, len(body)), body)


def headers(request: InferenceRequest, content_type: str, length: int) -> list[tuple[bytes, bytes]]:
    """The headers that every answer to an order has."""
    return [
        (b"content-type", content_type.encode()),
        (b"content-length", str(length).encode()),
        *request.served.headers,
        (b"tablee-prediction-id", request.prediction_id.encode()),
    ]
