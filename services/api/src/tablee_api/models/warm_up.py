"""The way from body to answer, gone a few times before the first client does."""

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
"""How long a request may have the event loop, which meanwhile does nothing else; and how often that is tried."""


def run(served: ServedModel) -> None:
    """Predict the contract's example rows, and explain one; find out how many rows are quick. The metrics hear nothing.

    :raises BundleCorrupt: a model that cannot predict its own examples is not fit to serve.
    """
    if not (rows := list(served.contract.examples)):
        return
    limits, single_row = RowLimits(json=QUICK_ROWS, explained=1), SingleRowHandler(served, _Unheard(), None)
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
    """The seconds of processor that it took; others on the machine do not count."""
    begun = time.thread_time()
    answer(request, parse(request, body, limits))
    return time.thread_time() - begun


class _Unheard:
    """Counts that nobody hears of."""

    def add(self, preprocess: float, predict: float, postprocess: float, missing: int) -> None:
        pass
