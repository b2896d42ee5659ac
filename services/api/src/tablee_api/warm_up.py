"""The way from body to answer, gone a few times before the first client does."""

from __future__ import annotations

import orjson

from tablee.errors import BundleCorrupt, InvalidInput
from tablee_api.faces.native import EXPLAINED, PLAIN
from tablee_api.order import Order
from tablee_api.predict import RowLimits, answer, parse
from tablee_api.served import Served

CALLS = 50


def run(served: Served) -> None:
    """Predict the contract's example rows, and explain one; the metrics hear nothing of it.

    :raises BundleCorrupt: a model that cannot predict its own examples is not fit to serve.
    """
    if not (rows := list(served.contract.examples)):
        return
    limits = RowLimits(json=len(rows), explained=1)
    try:
        for call in range(CALLS):
            _once(Order(served, PLAIN), {"row": rows[call % len(rows)]}, limits)
        _once(Order(served, PLAIN), {"rows": rows}, limits)
        _once(Order(served, EXPLAINED), {"row": rows[0]}, limits)
    except InvalidInput as error:
        raise BundleCorrupt(f"it cannot predict its own example rows: {error.detail}") from error


def _once(order: Order, document: object, limits: RowLimits) -> None:
    answer(order, parse(order, orjson.dumps(document), limits))
