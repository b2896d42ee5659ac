"""Warms a model up: predicts its example rows several times before the first request."""

from __future__ import annotations

import time

import orjson

from tablee.errors import BundleCorrupt, InvalidInput
from tablee_api.inference.pipeline import answer, parse
from tablee_api.inference.request import InferenceRequest, RowLimits
from tablee_api.models.served_model import QUICK_ROWS, ServedModel
from tablee_api.protocols.native import EXPLAINED, PLAIN
from tablee_api.server.fast_lane.single_row import SingleRowHandler

CALLS = 50
QUICK_SECONDS, TRIALS = 0.002, 5
"""How long a request may block the event loop, and how often its time is measured."""


def run(served: ServedModel) -> None:
    """Predict the example rows of the contract, explain one, and measure how many rows are fast enough for the event
    loop. Metrics do not count these requests.

    :raises BundleCorrupt: the model cannot predict its own examples.
    """
    if not (rows := list(served.contract.examples)):
        return
    limits, single_row = RowLimits(json=QUICK_ROWS, explained=1), SingleRowHandler(served, _NoCounts(), None)
    try:
        for call in range(CALLS):
            body = orjson.dumps({"row": rows[call % len(rows)]})
            single_row.answer(body, b"")
            _once(InferenceRequest(served, PLAIN), body, limits)
        many = orjson.dumps({"rows": [rows[at % len(rows)] for at in range(QUICK_ROWS)]})
        seconds = min(_once(InferenceRequest(served, PLAIN), many, limits) for _ in range(TRIALS))
        _once(InferenceRequest(served, EXPLAINED), orjson.dumps({"row": rows[0]}), limits)
    except InvalidInput as error:
        raise BundleCorrupt("own_examples", error=error) from error
    served.quick_rows = max(1, int(QUICK_ROWS * min(1.0, QUICK_SECONDS / seconds)))


def _once(request: InferenceRequest, body: bytes, limits: RowLimits) -> float:
    """Answer one request; the processor time of this thread in seconds."""
    begun = time.thread_time()
    answer(request, parse(request, body, limits))
    return time.thread_time() - begun


class _NoCounts:
    """Counts nothing."""

    def add(self, preprocess: float, predict: float, postprocess: float, missing: int) -> None:
        pass
