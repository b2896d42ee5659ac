"""Rows and predictions as JSON lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import orjson

from tablee.errors import MalformedBody
from tablee.errors.causes import json_fault_at
from tablee.models.contract import Contract
from tablee_api.codecs.json_rows import refuse_repeated_names
from tablee_api.codecs.predictions import to_objects
from tablee_api.codecs.table import RowTable, Table
from tablee_api.inference.request import InferenceRequest, ScoredBlock, StreamEncoder

KINDS = ("application/x-ndjson", "application/jsonl", "application/ndjson")
ROWS_AT_ONCE = 5_000
LONGEST = 4 << 20
"""The largest line in bytes."""


def read(file: BinaryIO, contract: Contract) -> Iterator[Table]:
    """The rows of a file, in parts; blank lines are skipped.

    :raises MalformedBody: a line is not JSON, or too long.
    :raises InvalidRows: a row names a column twice.
    """
    lines: list[bytes] = []
    before = 0
    while line := file.readline(LONGEST + 1):
        if len(line) > LONGEST:
            raise MalformedBody("long_row", row=before + len(lines) + 1, limit=LONGEST)
        if line.strip():
            lines.append(line)
        if len(lines) == ROWS_AT_ONCE:
            yield _table(lines, before)
            before += len(lines)
            lines = []
    if lines:
        yield _table(lines, before)


def _table(lines: list[bytes], before: int) -> Table:
    rows = []
    for number, line in enumerate(lines, before + 1):
        try:
            rows.append(orjson.loads(line))
        except orjson.JSONDecodeError as error:
            raise MalformedBody("row_not_json", row=number, error=json_fault_at(error)) from None
    refuse_repeated_names(b"[%b]" % b",".join(lines), rows, around=0, first_row=before + 1)
    return RowTable(rows)


class NdjsonEncoder(StreamEncoder):
    """Writes the JSON object of each prediction on a line."""

    def __init__(self, request: InferenceRequest, file: BinaryIO) -> None:
        self._file = file

    def write(self, scored: ScoredBlock) -> None:
        self._file.writelines(orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE) for item in to_objects(scored))
