"""A prediction request: its model, the functions that read its body and write its response, and its measurements."""

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
from tablee.models.validation.frames import FrameValidator
from tablee_api.codecs.table import Table
from tablee_api.models.served_model import ServedModel
from tablee_scoring import Explanation, Predictions


@dataclass(frozen=True, slots=True)
class RowLimits:
    """The largest number of rows of a JSON body, and of a request for explanations."""

    json: int
    explained: int


@dataclass(slots=True)
class ScoredBlock:
    """A validated block with its predictions, and explanations if asked for."""

    block: Block
    predictions: Predictions
    explanations: list[Explanation] | None


@dataclass(frozen=True, slots=True)
class InferenceResponse:
    """The headers and the body of a response."""

    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass(frozen=True, slots=True)
class RequestFormat:
    """The functions that read the body of a request and write its response."""

    read: Callable[[bytes, ServedModel, RowLimits], Table]
    write: Callable[[InferenceRequest, Table, list[ScoredBlock]], InferenceResponse]
    explain: bool = False
    slow: bool = False
    """Whether even small bodies take long to read, so that they are read in a thread."""
    ignore_unknown: bool = False
    """Whether columns that the model does not know are left out instead of refused."""


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """The functions that read a body larger than memory, some rows at a time, and write its response."""

    read: Callable[[BinaryIO, Contract], Iterator[Table]]
    write: Callable[[InferenceRequest, BinaryIO], StreamEncoder]
    content_type: str
    explain: bool = False
    ignore_unknown: bool = False
    """As in `RequestFormat`."""


class StreamEncoder(ABC):
    """Writes the response to a stream."""

    @abstractmethod
    def write(self, scored: ScoredBlock) -> None:
        """Write the predictions for the next rows."""

    def close(self) -> None:  # noqa: B027 (most have nothing to close)
        """Finish the response after the last rows."""


class InferenceRequest:
    """A prediction request and the state of its processing. Seconds are summed per step and reported at the end."""

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

    @property
    def validator(self) -> FrameValidator:
        """What checks the rows."""
        return self.served.tolerant if self.format.ignore_unknown else self.served.model.validator

    def start(self) -> None:
        """Start the clock. The time since the last lap, such as the wait for a thread, counts for no step."""
        self._last = time.perf_counter()

    def lap(self) -> float:
        """The seconds since the last lap or start."""
        now = time.perf_counter()
        seconds, self._last = now - self._last, now
        return seconds

    def observe(self) -> None:
        """Report the answered request to the metrics."""
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
