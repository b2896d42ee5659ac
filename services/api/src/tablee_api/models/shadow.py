"""Shadow scoring: a challenger predicts a share of the rows that the champion has answered, and metrics compare them.

No request waits for it, and no response depends on it. Requests put a copy of their cells into a bounded queue, and one
thread scores the copies, many at a time. It asks the registry regularly which version is the challenger. A challenger
that cannot be loaded is logged once and not tried again.
"""

from __future__ import annotations

import random
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tablee import metrics
from tablee.errors import TableeError
from tablee.errors.panics import panics_as_errors
from tablee.models.problem import ProblemType
from tablee.telemetry import logger
from tablee_api.models.served_model import ServedModel
from tablee_scoring import Predictions

QUEUE = 4096
"""The largest number of copies in the queue; further ones are dropped and counted."""
ROUND_SECONDS, LOOK_SECONDS = 0.25, 15.0
"""The pauses between two rounds of scoring, and between two questions to the registry."""

_DRAW = random.Random()  # noqa: S311 (not for secrets)

log = logger(__name__)

Loader = Callable[[str, int], ServedModel]
Challengers = Callable[[str], int | None]


class ShadowRow(NamedTuple):
    """A row that the champion answered: its cells in the order of the contract, label or value, and scores."""

    champion: ServedModel
    cells: Sequence[Any]
    value: str | float
    scores: Sequence[float]


class ShadowScorer:
    """Compares champions with their challengers. Only the thread of the event loop may call `wants` and `offer`."""

    def __init__(
        self, share: float, *, models: Callable[[], Sequence[str]], challenger: Challengers, load: Loader
    ) -> None:
        """
        :param share: the share of the rows that is copied, from 0 to 1.
        :param models: gives the names of the served models.
        :param challenger: gives the challenger version of a model, or None.
        :param load: loads a version.
        """
        self._share = share
        self._models, self._challenger, self._load = models, challenger, load
        self._queue: deque[ShadowRow] = deque()
        self._loaded: Mapping[str, ServedModel] = {}
        self._hopeless: set[tuple[str, int]] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="shadow", daemon=True)

    @property
    def challengers(self) -> list[str]:
        """The models of which a challenger is loaded."""
        return list(self._loaded)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Stop. Waits for the current round, but at most `timeout` seconds."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def wants(self, champion: ServedModel) -> bool:
        """Whether the next row should be offered: a random decision."""
        return champion.name in self._loaded and _DRAW.random() < self._share

    def offer(self, copy: ShadowRow) -> None:
        """Put a row into the queue."""
        if len(self._queue) >= QUEUE:
            metrics.SHADOW_DROPPED.labels(copy.champion.name).inc()
        else:
            self._queue.append(copy)

    def offer_all(self, champion: ServedModel, columns: Mapping[str, Sequence[Any]], predictions: Predictions) -> None:
        """Offer a random share of the rows of a request, at most as many as the queue has space for."""
        if champion.name not in self._loaded:
            return
        rows, values = len(predictions), predictions.values
        count = int(rows * self._share + _DRAW.random())
        for row in _DRAW.sample(range(rows), min(count, QUEUE - len(self._queue), rows)):
            cells = [columns[name][row] for name in champion.contract.names]
            self.offer(ShadowRow(champion, cells, values[row], predictions.scores[row].tolist()))

    def _run(self) -> None:
        rounds = 0
        while True:
            if rounds % round(LOOK_SECONDS / ROUND_SECONDS) == 0:
                self.look()
            rounds += 1
            if self._stop.wait(ROUND_SECONDS):
                return
            self.work()

    def look(self) -> None:
        """Ask the registry for the challengers, and load the new ones."""
        loaded = {}
        for name in self._models():
            try:
                if (served := self._challenging(name)) is not None:
                    loaded[name] = served
            except TableeError as error:  # the registry does not answer: keep the loaded one
                log.warning("shadow_delayed", model=name, reason=error.detail)
                if name in self._loaded:
                    loaded[name] = self._loaded[name]
        self._loaded = loaded

    def _challenging(self, name: str) -> ServedModel | None:
        version = self._challenger(name)
        if version is None or (name, version) in self._hopeless:
            return None
        if (known := self._loaded.get(name)) is not None and known.version == version:
            return known
        try:
            served = self._load(name, version)
        except TableeError as error:
            if error.status < 500 or error.code == "bundle_corrupt":
                self._hopeless.add((name, version))
                log.warning("shadow_refused", model=name, version=version, reason=error.detail)
                return None
            raise
        log.info("shadow_loaded", model=name, version=version)
        return served

    def work(self) -> None:
        """Score the rows in the queue."""
        waiting: dict[ServedModel, list[ShadowRow]] = defaultdict(list)
        while self._queue:
            copy = self._queue.popleft()
            waiting[copy.champion].append(copy)
        for champion, copies in waiting.items():
            if (challenger := self._loaded.get(champion.name)) is None:
                continue
            try:
                with panics_as_errors():
                    _compare(champion, challenger, copies)
            except Exception as error:
                reason = error.detail if isinstance(error, TableeError) else f"{type(error).__name__}: {error}"
                metrics.SHADOW_UNFIT.labels(challenger.name, str(challenger.version)).inc(len(copies))
                log.warning("shadow_failed", model=challenger.name, version=challenger.version, reason=reason)


def _compare(champion: ServedModel, challenger: ServedModel, copies: Sequence[ShadowRow]) -> None:
    columns = dict(zip(champion.contract.names, zip(*(copy.cells for copy in copies), strict=True), strict=True))
    wanted = {name: columns[name] for name in challenger.contract.names if name in columns}
    block = challenger.model.validator.columns(wanted, len(copies))
    predictions = challenger.model.predict(block)
    labels = (challenger.name, str(challenger.version))
    metrics.SHADOW_ROWS.labels(*labels).inc(len(copies))
    if champion.contract.target.problem_type is not ProblemType.REGRESSION:
        other = sum(copy.value != value for copy, value in zip(copies, predictions.values, strict=True))
        metrics.SHADOW_CHANGED.labels(*labels).inc(other)
    metrics.SHADOW_DIFFERENCE.labels(*labels).observe_all(_differences(champion, copies, predictions).tolist())


def _differences(champion: ServedModel, copies: Sequence[ShadowRow], predictions: Predictions) -> NDArray[np.float64]:
    """The difference of each row: for classes the largest difference between two probabilities of a class (0 for a
    class that a model does not know); for values the difference relative to the value of the champion."""
    ours = np.array([copy.scores for copy in copies])
    theirs = predictions.scores
    classes = champion.contract.target.classes
    if not classes:
        scale = np.maximum(np.abs(ours[:, 0]), np.finfo(np.float64).tiny)
        return np.asarray(np.abs(ours[:, 0] - theirs[:, 0]) / scale)
    every = sorted({*classes, *predictions.classes})
    return np.asarray(np.abs(_aligned(ours, classes, every) - _aligned(theirs, predictions.classes, every)).max(axis=1))


def _aligned(scores: NDArray[np.float64], classes: Sequence[str], every: Sequence[str]) -> NDArray[np.float64]:
    out = np.zeros((len(scores), len(every)))
    out[:, [every.index(label) for label in classes]] = scores
    return out
