"""Requests of a single row as JSON, which are nearly all requests, answered by code that is compiled for each model.

It gives the same response as `pipeline.parse` and `pipeline.answer` in a sixth of the time. Other requests (a cell of a
wrong type, an unseen level, an unknown column, invalid JSON) are left to these.
"""

from __future__ import annotations

import math
from time import perf_counter
from typing import Any

import orjson

from tablee.models.validation.block import MAX_WARNINGS, CellWarning, WarningCode
from tablee_api.codecs.predictions import json_templates
from tablee_api.models.served_model import ServedModel
from tablee_api.models.shadow import ShadowRow, ShadowScorer
from tablee_api.server.fast_lane.request_counts import AnswerCounter

_NO_WARNINGS = b'"warnings":[],"warning_count":0}', 0


class SingleRowHandler:
    """Answers requests for one model. Only the thread of the event loop may use it."""

    def __init__(self, served: ServedModel, counts: AnswerCounter, shadow: ShadowScorer | None) -> None:
        self._served, self._shadow = served, shadow
        self._names = served.contract.names
        self._cells = served.decoder.cells
        self._model = served.model.single_row
        self._shapes = {
            label: (at, each) for at, (label, each) in enumerate(json_templates(served.contract.target.classes))
        }
        self._counts = counts
        model = orjson.dumps(served.name)
        self._head = b'{"model":%b,"version":%d,"prediction_id":"' % (model, served.version)

    def answer(self, body: bytes, prediction_id: bytes) -> bytes | None:
        """The body of the response; None for a request that `PredictEndpoint` has to answer."""
        begun = perf_counter()
        if (cells := self._cells(body)) is None:
            return None
        if (features := self._model.encode(cells)) is None:
            return None
        read = perf_counter()
        try:
            value, scores = self._model.predict(features)
        except Exception:
            return None  # `PredictEndpoint` reports the reason
        if not all(map(math.isfinite, scores)):
            return None
        predicted = perf_counter()
        numbers = orjson.dumps(scores)[1:-1].split(b",")
        if self._shapes:
            at, shape = self._shapes[value]  # type: ignore[index]  # a label
            prediction = shape % (numbers[at], *numbers)
        else:
            prediction = b'{"prediction":%b}' % numbers[0]
        warnings, missing = self._warnings(cells) if None in cells else _NO_WARNINGS
        answer = b'%b%b","predictions":[%b],%b' % (self._head, prediction_id, prediction, warnings)
        self._counts.add(read - begun, predicted - read, perf_counter() - predicted, missing)
        if self._shadow is not None and self._shadow.wants(self._served):
            self._shadow.offer(ShadowRow(self._served, cells, value, scores))
        return answer

    def _warnings(self, cells: tuple[Any, ...]) -> tuple[bytes, int]:
        """The last members of the response to a row with missing cells, and the number of these cells."""
        missing = [name for name, cell in zip(self._names, cells, strict=True) if cell is None]
        shown = [CellWarning(1, name, WarningCode.MISSING, None).to_dict() for name in missing[:MAX_WARNINGS]]
        return b'"warnings":%b,"warning_count":%d}' % (orjson.dumps(shown), len(missing)), len(missing)
