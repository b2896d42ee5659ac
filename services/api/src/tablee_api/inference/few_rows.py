"""A request of a few rows, answered where its bytes come in: the ordinary functions, no framework around them."""

from __future__ import annotations

from tablee.errors import TableeError
from tablee_api.inference.pipeline import answer, parse
from tablee_api.inference.request import Order, RowLimits
from tablee_api.models.served_model import Served
from tablee_api.models.shadow import Shadow
from tablee_api.protocols.native import PLAIN
from tablee_api.server.request_counts import Tally


class FewRows:
    """Answers for one model; for the thread of the event loop alone."""

    def __init__(self, served: Served, tally: Tally, limits: RowLimits, shadow: Shadow | None) -> None:
        self._served, self._tally, self._limits, self._shadow = served, tally, limits, shadow

    def answer(self, body: bytes, prediction_id: bytes) -> bytes | None:
        """The body of the answer; None for a request that is to be refused, or has too many rows for the event loop."""
        order = Order(self._served, PLAIN)
        order.prediction_id = prediction_id.decode()
        try:
            table = parse(order, body, self._limits)
            if table.rows > self._served.quick_rows:
                return None
            reply = answer(order, table)
        except TableeError:
            return None  # the ordinary way tells it
        self._tally.answered(order)
        if self._shadow is not None:
            for part in order.scored:
                self._shadow.offer_all(self._served, part.block.columns, part.predictions)
        return reply.body
