"""One order's way, a function per arrow: parse → validate → score → write. Every protocol goes it.

Nothing here knows HTTP's transport; everything may run in the event loop or in a thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tablee.errors import InvalidRows, TooManyRows
from tablee.errors.cells import MAX_CELLS, Cell
from tablee.models.contract import Block
from tablee_api.inference.request import Asked, Order, Reply, RowLimits, Scored
from tablee_api.inference.table import Table
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


def parse(order: Order, body: bytes, limits: RowLimits) -> Table:
    """The table in a body.

    :raises TooManyRows: more rows than a limit allows; and whatever the reader finds.
    """
    assert isinstance(order.asked, Asked)  # noqa: S101 (streams go another way)
    order.start()
    table = order.asked.read(body, order.served, limits)
    limit_explained(order, table.rows, limits)
    order.preprocess += order.lap()
    return table


def limit_explained(order: Order, rows: int, limits: RowLimits) -> None:
    """
    :raises TooManyRows: more rows than are explained at once.
    """
    if order.asked.explain and rows > limits.explained:
        raise TooManyRows(
            f"{rows:,} rows, expected at most {limits.explained:,} with explanations",
            hint="Ask for explanations of fewer rows at once.",
        )


def answer(order: Order, table: Table) -> Reply:
    """From a table to the answer."""
    assert isinstance(order.asked, Asked)  # noqa: S101 (streams go another way)
    order.start()
    parts: list[Scored] = []
    first = 1
    for block in validate(order, table):
        order.preprocess += order.lap()
        parts.append(score(order, block, first))
        first += block.rows
    order.rows = table.rows
    for part in parts:
        order.warned.update(part.block.warned)
    order.scored = parts
    written = order.asked.write(order, table, parts)
    order.postprocess += order.lap()
    return written


def validate(order: Order, table: Table) -> Iterator[Block]:
    """Rows checked against the contract, in blocks. All wrong cells are counted, not only the first block's.

    :raises InvalidInput: rows that do not fit.
    """
    validator = order.served.model.validator
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


def score(order: Order, block: Block, first: int) -> Scored:
    """A block with its predictions, and explanations if asked for; its rows are numbered from `first`.

    :raises InvalidRows: a row that the model gives no finite score.
    """
    model = order.served.model
    predictions = finite.predict(model, block, first_row=first)
    order.predict += order.lap()
    if not order.asked.explain:
        return Scored(block, predictions, None)
    explanations = model.explain(block, predictions.scores)
    order.explain += order.lap()
    return Scored(block, predictions, explanations)


def reply(order: Order, content_type: str, body: bytes) -> Reply:
    """A body with the headers that every answer to an order has."""
    return Reply(headers(order, content_type, len(body)), body)


def headers(order: Order, content_type: str, length: int) -> list[tuple[bytes, bytes]]:
    """The headers that every answer to an order has."""
    return [
        (b"content-type", content_type.encode()),
        (b"content-length", str(length).encode()),
        *order.served.headers,
        (b"tablee-prediction-id", order.prediction_id.encode()),
    ]
