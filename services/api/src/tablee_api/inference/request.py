"""One client's order: what it asks of which model, how that is read and written, and what became of it."""

from __future__ import annotations

import random
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from tablee.models.contract import Block, Contract, WarningCode
from tablee_api.inference.table import Table
from tablee_api.models.served_model import Served
from tablee_scoring import Explanation, Predictions


@dataclass(frozen=True, slots=True)
class RowLimits:
    """Most rows in JSON, and most rows explained."""

    json: int
    explained: int


@dataclass(slots=True)
class Scored:
    """What the model says of some rows."""

    block: Block
    predictions: Predictions
    explanations: list[Explanation] | None


@dataclass(frozen=True, slots=True)
class Reply:
    """A ready answer."""

    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """How a body is read and its answer written."""

    read: Callable[[bytes, Served, RowLimits], Table]
    write: Callable[[Order, Table, list[Scored]], Reply]
    explain: bool = False
    slow: bool = False
    """Reading takes long for whatever body, so that it goes to a thread."""


@dataclass(frozen=True, slots=True)
class Streamed:
    """How a body too large for memory is read, a part of the rows at a time, and its answer written."""

    read: Callable[[BinaryIO, Contract], Iterator[Table]]
    write: Callable[[Order, BinaryIO], Sink]
    content_type: str
    explain: bool = False


class Sink(ABC):
    """Writes a stream's answer."""

    @abstractmethod
    def write(self, scored: Scored) -> None:
        """The answer to the next rows."""

    def close(self) -> None:  # noqa: B027 (most have nothing to close)
        """All rows are answered."""


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
        self.scored: list[Scored] = []
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
