"""One client's order: what it asks of which model, and what became of it."""

from __future__ import annotations

import random
import time
from collections import Counter
from typing import Any

from tablee.contract import WarningCode
from tablee_api.asked import Asked, Streamed
from tablee_api.served import Served


class Order:
    """A prediction request on its way. Seconds are added up by stage, and observed once, at the end."""

    __slots__ = (
        "_last",
        "asked",
        "explain",
        "postprocess",
        "predict",
        "prediction_id",
        "preprocess",
        "rows",
        "scored",
        "served",
        "warned",
    )

    def __init__(self, served: Served, asked: Asked | Streamed) -> None:
        self.served, self.asked = served, asked
        self.prediction_id = f"{random.getrandbits(128):032x}"
        self.rows = 0
        self.scored: list[Any] = []
        self.warned: Counter[WarningCode] = Counter()
        self.preprocess = self.predict = self.explain = self.postprocess = 0.0
        self._last = 0.0

    def start(self) -> None:
        """Begin to measure; what came since the last lap (a wait for a thread, say) counts for no stage."""
        self._last = time.perf_counter()

    def lap(self) -> float:
        """Seconds since the last lap."""
        now = time.perf_counter()
        seconds, self._last = now - self._last, now
        return seconds

    def observe(self) -> None:
        """Tell the metrics that it was answered."""
        served = self.served
        served.success.inc()
        served.rows.inc(self.rows)
        for code, count in self.warned.items():
            served.cell_warnings[code].inc(count)
        served.preprocess.observe(self.preprocess)
        served.predict.observe(self.predict)
        served.postprocess.observe(self.postprocess)
        if self.asked.explain:
            served.explain.observe(self.explain)
