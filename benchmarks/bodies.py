"""What the API is asked: rows of the benchmark's formula, as JSON and as CSV."""

from __future__ import annotations

from typing import Any

import orjson

from benchmarks import rows
from benchmarks.client import Requests

PATH, JSON, CSV = "/predict", "application/json", "text/csv"
TURNS = 64
"""Different rows that requests of one row take in turns."""


def records(count: int) -> list[dict[str, Any]]:
    return rows.made(count, seed=3).select(rows.FEATURES).to_dicts()


def one() -> Requests:
    """One row a request."""
    return Requests(PATH, JSON, tuple(orjson.dumps({"row": row}) for row in records(TURNS)))


def many(count: int) -> Requests:
    """So many rows a request, as JSON."""
    return Requests(PATH, JSON, (orjson.dumps({"rows": records(count)}),), count)


def table(count: int) -> Requests:
    """So many rows a request, as CSV."""
    text = rows.made(count, seed=3).select(rows.FEATURES).write_csv()
    return Requests(PATH, CSV, (text.encode(),), count)
