"""One client's order: what it asks of which model, how that is read and written, and what became of it."""

from __future__ import annotations

import random
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from tablee.models.contract import Contract
from tablee.models.validation.block import Block, WarningCode
from tablee_api.codecs.table import Table
from tablee_api.models.served_model import ServedModel
from tablee_scoring import Explanation, Predictions


@dataclass(frozen=True, slots=True)
class RowLimits:
    """Most rows in JSON, and most rows explained."""

    json: int
    explained: int


@dataclass(slots=True)
class ScoredBlock:
    """What the model says of some rows."""

    block: Block
    predictions: Predictions
    explanations: list[Explanation] | None


@dataclass(frozen=True, slots=True)
class InferenceResponse:
    """A ready answer."""

    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass(frozen=True, slots=True)
class RequestFormat:
    """How a body is read and its answer written."""

    read: Callable[[bytes, ServedModel, RowLimits], Table]
    write: Callable[[InferenceRequest, Table, list[ScoredBlock]], InferenceResponse]
    explain: bool = False
    slow: bool = False
    """Reading takes long for whatever body, so that it goes to a thread."""


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """How a body too large for memory is read, a part of the rows at a time, and its answer written."""

    read: Callable[[BinaryIO, Contract], Iterator[Table]]
    write: Callable[[InferenceRequest, BinaryIO], StreamEncoder]
    content_type: str
    explain: bool = False


class StreamEncoder(ABC):
    """Writes a stream's answer."""

    @abstractmethod
    def write(self, scored: ScoredBlock) -> None:
        """The answer to the next rows."""

    def close(self) -> None:  # noqa: B027 (most have nothing to close)
        """All rows are answered."""


class InferenceRequest:
    """A prediction request on its way. Seconds are added up by stage, and observed once, at the end."""

    __slots__ = (
        "_last",
        "explain",
        "format",
        "postprocess",
        "predict",
        "prediction_id",
        "preprocess",
        "rows",
        "scored",
        "served",
        "warned",
    )

    def __init__(self, served: ServedModel, form: RequestFormat | StreamFormat) -> None:
        self.served, self.format = served, form
        self.prediction_id = f"{random.getrandbits(128):032x}"
        self.rows = 0
        self.scored: list[ScoredBlock] = []
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
        if self.format.explain:
            served.explain.observe(self.explain)
