"""The way from body to answer, gone a few times before the first client does."""

from __future__ import annotations

import time

import orjson

from tablee.errors import BundleCorrupt, InvalidInput
from tablee_api.inference.one_row import OneRow
from tablee_api.inference.pipeline import answer, parse
from tablee_api.inference.request import Order, RowLimits
from tablee_api.models.served_model import QUICK_ROWS, Served
from tablee_api.protocols.native import EXPLAINED, PLAIN

CALLS = 50
QUICK_SECONDS, TRIALS = 0.002, 5
"""How long a request may have the event loop, which meanwhile does nothing else; and how often that is tried."""


def run(served: Served) -> None:
    """Predict the contract's example rows, and explain one; find out how many rows are quick. The metrics hear nothing.

    :raises BundleCorrupt: a model that cannot predict its own examples is not fit to serve.
    """
    if not (rows := list(served.contract.examples)):
        return
    limits, one_row = RowLimits(json=QUICK_ROWS, explained=1), OneRow(served, _Unheard(), None)
    try:
        for call in range(CALLS):
            body = orjson.dumps({"row": rows[call % len(rows)]})
            one_row.answer(body, b"")
            _once(Order(served, PLAIN), body, limits)
        many = orjson.dumps({"rows": [rows[at % len(rows)] for at in range(QUICK_ROWS)]})
        seconds = min(_once(Order(served, PLAIN), many, limits) for _ in range(TRIALS))
        _once(Order(served, EXPLAINED), orjson.dumps({"row": rows[0]}), limits)
    except InvalidInput as error:
        raise BundleCorrupt(f"it cannot predict its own example rows: {error.detail}") from error
    served.quick_rows = max(1, int(QUICK_ROWS * min(1.0, QUICK_SECONDS / seconds)))


def _once(order: Order, body: bytes, limits: RowLimits) -> float:
    """The seconds of processor that it took; others on the machine do not count."""
    begun = time.thread_time()
    answer(order, parse(order, body, limits))
    return time.thread_time() - begun


class _Unheard:
    """Counts that nobody hears of."""

    def add(self, preprocess: float, predict: float, postprocess: float, missing: int) -> None:
        pass
