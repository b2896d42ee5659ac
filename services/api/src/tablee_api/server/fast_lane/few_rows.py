"""Requests of a few rows, answered in the fast lane by the functions of the inference pipeline."""

from __future__ import annotations

from tablee.errors import TableeError
from tablee_api.inference.pipeline import answer, parse
from tablee_api.inference.request import InferenceRequest, RowLimits
from tablee_api.models.served_model import ServedModel
from tablee_api.models.shadow import ShadowScorer
from tablee_api.protocols.native import PLAIN
from tablee_api.server.fast_lane.request_counts import RequestCounts


class FewRowsHandler:
    """Answers requests for one model. Only the thread of the event loop may use it."""

    def __init__(
        self, served: ServedModel, counts: RequestCounts, limits: RowLimits, shadow: ShadowScorer | None
    ) -> None:
        self._served, self._counts, self._limits, self._shadow = served, counts, limits, shadow

    def answer(self, body: bytes, prediction_id: bytes) -> bytes | None:
        """The body of the response; None for a request that has to be refused, or has too many rows for the event
        loop."""
        request = InferenceRequest(self._served, PLAIN)
        request.prediction_id = prediction_id.decode()
        try:
            table = parse(request, body, self._limits)
            if table.rows > self._served.quick_rows:
                return None
            respond = answer(request, table)
        except TableeError:
            return None  # `PredictEndpoint` makes the response
        self._counts.answered(request)
        if self._shadow is not None:
            for part in request.scored:
                self._shadow.offer_all(self._served, part.block.columns, part.predictions)
        return respond.body
