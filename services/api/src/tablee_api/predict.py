"""One order's way, a function per arrow: parse → validate → score → shape.

Nothing here knows HTTP's transport; everything may run in the event loop or in a thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson

from tablee.contract import Block
from tablee.errors import MAX_CELLS, Cell, InvalidRows, TooManyRows
from tablee_api import csv_file, json_rows
from tablee_api.asked import CSV, JSON
from tablee_api.csv_file import CsvFile
from tablee_api.order import Order
from tablee_scoring import Explanation, Model, Predictions

ROWS_AT_ONCE = 20_000
"""Rows of a CSV file that are worked on together; bounds the memory beside the file itself."""


@dataclass(frozen=True, slots=True)
class RowLimits:
    """Most rows in JSON, and most rows explained."""

    json: int
    explained: int


@dataclass(slots=True)
class Parsed:
    """An order's rows, not yet checked: JSON objects, or a file."""

    count: int
    rows: list[Any] = field(default_factory=list)
    file: CsvFile | None = None


@dataclass(slots=True)
class Scored:
    """What the model says of some rows."""

    block: Block
    predictions: Predictions
    explanations: list[Explanation] | None


@dataclass(frozen=True, slots=True)
class Reply:
    """A ready answer."""

    headers: list[tuple[bytes, bytes]]
    body: bytes


def parse(order: Order, body: bytes, limits: RowLimits) -> Parsed:
    """Rows from the body. Answers in JSON are as limited as requests in JSON are.

    :raises TooManyRows: more rows than a limit allows; and whatever `json_rows` and `csv_file` find.
    """
    order.start()
    asked = order.asked
    if asked.csv_in:
        file = CsvFile(body)
        parsed = Parsed(file.rows, file=file)
        if not asked.csv_out and file.rows > limits.json:
            raise TooManyRows(
                f"{file.rows:,} rows, expected at most {limits.json:,} where the answer is JSON",
                hint="Accept text/csv, or send the rows in several requests.",
            )
    else:
        rows = json_rows.parse(body, limits.json)
        parsed = Parsed(len(rows), rows=rows)
    if asked.explain and parsed.count > limits.explained:
        raise TooManyRows(
            f"{parsed.count:,} rows, expected at most {limits.explained:,} with explanations",
            hint="Ask for explanations of fewer rows at once.",
        )
    order.preprocess += order.lap()
    return parsed


def answer(order: Order, parsed: Parsed) -> Reply:
    """From parsed rows to the answer."""
    order.start()
    parts: list[Scored] = []
    first = 1
    for block in validate(order, parsed):
        order.preprocess += order.lap()
        parts.append(score(order, block, first))
        first += block.rows
    order.rows = parsed.count
    for part in parts:
        order.warned.update(part.block.warned)
    reply = (shape_csv if order.asked.csv_out else shape_json)(order, parsed, parts)
    order.postprocess += order.lap()
    return reply


def validate(order: Order, parsed: Parsed) -> Iterator[Block]:
    """Rows checked against the contract, in blocks. A file's wrong cells are all counted, not only the first block's.

    :raises InvalidInput: rows that do not fit.
    """
    validator = order.served.model.validator
    if parsed.file is None:
        yield validator.rows(parsed.rows)
        return
    wrong: list[Cell] = []
    total = 0
    for start in range(0, parsed.count, ROWS_AT_ONCE):
        length = min(ROWS_AT_ONCE, parsed.count - start)
        columns = parsed.file.columns(validator.contract, start, length)
        try:
            block = validator.columns(columns, length, first_row=start + 1)
        except InvalidRows as error:
            wrong += error.cells[: MAX_CELLS - len(wrong)]
            total += error.total
            if error.cells[0].row is None:  # the columns themselves are wrong: every block would say the same
                break
        else:
            if not total:
                yield block
    if total:
        raise InvalidRows(wrong, total)


def score(order: Order, block: Block, first: int) -> Scored:
    """A block with its predictions, and explanations if asked for; its rows are numbered from `first`.

    :raises InvalidRows: a row that the model gives no finite score.
    """
    model = order.served.model
    try:
        predictions = model.predict(block)
    except Exception as error:
        if (row := _first_unscorable(model, block)) is None:
            raise
        raise _unscorable([first + row]) from error
    finite = np.isfinite(predictions.scores)
    if not finite.all():
        raise _unscorable([first + row for row in np.flatnonzero(~finite.all(axis=1)).tolist()])
    order.predict += order.lap()
    if not order.asked.explain:
        return Scored(block, predictions, None)
    explanations = model.explain(block, predictions.scores)
    order.explain += order.lap()
    return Scored(block, predictions, explanations)


def _unscorable(rows: list[int]) -> InvalidRows:
    """Numbers at the edge of float64 can overflow inside a model: some engines then answer NaN, some give up."""
    expected = "values for which the model's score is a finite number"
    return InvalidRows([Cell(row, None, "no finite score", expected) for row in rows[:MAX_CELLS]], len(rows))


def _first_unscorable(model: Model, block: Block) -> int | None:
    for row in range(block.rows):
        try:
            model.predict(Block({name: [values[row]] for name, values in block.columns.items()}, 1))
        except Exception:
            return row
    return None


def shape_json(order: Order, parsed: Parsed, parts: list[Scored]) -> Reply:
    """`parsed` is what came in; nothing of it is repeated in JSON."""
    document = {
        "model": order.served.name,
        "version": order.served.version,
        "prediction_id": order.prediction_id,
        "predictions": [item for part in parts for item in _items(part)],
        "warnings": [warning.to_dict() for part in parts for warning in part.block.warnings],
        "warning_count": order.warned.total(),
    }
    return _reply(order, JSON, orjson.dumps(document))


def _items(part: Scored) -> list[dict[str, Any]]:
    """Each row's member of `predictions`."""
    values, classes = part.predictions.values, part.predictions.classes
    items: list[dict[str, Any]]
    if classes:
        scores = part.predictions.scores.tolist()
        by_class = [dict(zip(classes, row, strict=True)) for row in scores]
        items = [
            {"prediction": label, "probability": row[str(label)], "probabilities": row}
            for label, row in zip(values, by_class, strict=True)
        ]
    else:
        items = [{"prediction": value} for value in values]
    if part.explanations is not None:
        for item, explanation in zip(items, part.explanations, strict=True):
            item["explanation"] = explanation.to_dict()
    return items


def shape_csv(order: Order, parsed: Parsed, parts: list[Scored]) -> Reply:
    """The file that came in (or the JSON rows as one) with the predictions at its right."""
    contract = order.served.contract
    names = ["prediction", *(f"probability_{label}" for label in contract.target.classes)]
    if order.asked.explain:
        names += [*(f"contribution_{name}" for name in contract.names), "bias"]
    cells = (row for part in parts for row in _cells(part))
    if parsed.file is not None:
        body = parsed.file.appended(names, cells)
    else:
        body = csv_file.from_rows(parsed.rows, contract, names, cells)
    reply = _reply(order, CSV + "; charset=utf-8; header=present", body)
    reply.headers.append((b"tablee-warning-count", str(order.warned.total()).encode()))
    return reply


def _cells(part: Scored) -> Iterator[tuple[str, ...]]:
    """Each row's new cells; numbers are written so that they read back as the same float64."""
    values, classes = part.predictions.values, part.predictions.classes
    columns = [_numbers(scores) for scores in part.predictions.scores.T.tolist()]
    if classes:
        labels = {label: csv_file.quoted(label) for label in classes}
        columns = [[labels[str(value)] for value in values], *columns]
    if part.explanations is not None:
        rows = [[*each.contributions.values(), each.bias] for each in part.explanations]
        columns += [_numbers(list(column)) for column in zip(*rows, strict=True)]
    return zip(*columns, strict=True)


def _numbers(values: list[float]) -> list[str]:
    """Their shortest texts; much quicker all at once than by `repr`."""
    return orjson.dumps(values).decode()[1:-1].split(",")


def _reply(order: Order, content_type: str, body: bytes) -> Reply:
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        *order.served.headers,
        (b"tablee-prediction-id", order.prediction_id.encode()),
    ]
    return Reply(headers, body)
