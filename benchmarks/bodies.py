"""Request bodies: rows of the benchmark's formula, as JSON and as CSV."""

from __future__ import annotations

from typing import Any

import orjson

from benchmarks import rows
from benchmarks.client import Requests

PATH, JSON, CSV = "/predict", "application/json", "text/csv"
TURNS = 64
"""Number of different rows; requests with one row send them in turns."""


def records(count: int) -> list[dict[str, Any]]:
    return rows.made(count, seed=3).select(rows.FEATURES).to_dicts()


def one() -> Requests:
    """Bodies with one row each, as JSON."""
    return Requests(PATH, JSON, tuple(orjson.dumps({"row": row}) for row in records(TURNS)))


def many(count: int) -> Requests:
    """A body with this many rows, as JSON."""
    return Requests(PATH, JSON, (orjson.dumps({"rows": records(count)}),), count)


def table(count: int) -> Requests:
    """A body with this many rows, as CSV."""
    text = rows.made(count, seed=3).select(rows.FEATURES).write_csv()
    return Requests(PATH, CSV, (text.encode(),), count)
