"""A model without Java, served by the API itself: its score of a row is a hash of the row's cells, so that any other
cell gives another score."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import numpy as np
import uvloop

from tablee.models.contract import Contract
from tablee.models.validation.block import Block
from tablee.models.validation.frames import FrameValidator
from tablee_api import ApiSettings, create_app
from tablee_api.inference.pool import Pool
from tablee_api.models.repository import ModelRepository
from tablee_api.models.served_model import ServedModel
from tablee_api.server.fast_lane.connection import protocol
from tablee_api.server.fast_lane.lane import FastLane
from tablee_api.server.process import Server, listen, running
from tablee_api.server.shutdown import Shutdown
from tablee_scoring.explain import Explanation
from tablee_scoring.predictions import Predictions


class ToyModel:
    """Predicts a number between 0 and 1 for every row, or the first class with this probability."""

    algorithm, is_fast, recipe = "toy", False, None

    def __init__(self, contract: Contract) -> None:
        self.contract, self.validator = contract, FrameValidator(contract)
        self.single_row = self

    def encode(self, cells: Sequence[Any]) -> Sequence[Any]:
        return cells

    def predict(self, given: Any) -> Any:
        """The predictions for a block; or, as the fast lane asks, the value and the scores for the cells of a row."""
        classes = self.contract.target.classes
        if not isinstance(given, Block):
            scores = self._scores(given)
            return classes[int(np.argmax(scores))] if classes else scores[0], scores
        columns = [list(given.columns[name]) for name in self.contract.names]
        made = np.array([self._scores(cells) for cells in zip(*columns, strict=True)])
        return Predictions(made, classes, made.argmax(axis=1) if classes else None)

    def explain(self, block: Block, scores: Any) -> list[Explanation]:
        """The column number is the contribution of a column."""
        parts = {name: float(at) for at, name in enumerate(self.contract.names)}
        classes = self.contract.target.classes
        return [Explanation("value", classes[0] if classes else None, 0.5, parts, "treeshap")] * block.rows

    def _scores(self, cells: Sequence[Any]) -> list[float]:
        first, classes = score(cells), self.contract.target.classes
        return [first] if not classes else [first, *([(1 - first) / (len(classes) - 1)] * (len(classes) - 1))]


def score(cells: Sequence[Any]) -> float:
    plain = [float(cell) if isinstance(cell, int | float) else cell for cell in cells]
    return int.from_bytes(hashlib.sha256(repr(plain).encode()).digest()[:6]) / 2**48


class ToyApi:
    """A running API on a local port that serves one toy model at a time."""

    def __init__(self, repository: ModelRepository, client: httpx.Client) -> None:
        self._repository, self.client = repository, client

    def serve(self, contract: Contract, model: Any = None) -> None:
        """Serve a model with this contract from now on, under the contract's name.

        :param model: by default a `ToyModel`.
        """
        served = ServedModel(contract.model, 1, "0" * 64, model or ToyModel(contract))
        self._repository.served = {contract.model: served}


@contextmanager
def toy_api(contract: Contract) -> Iterator[ToyApi]:
    """The API, with its fast lane, in a thread of this process."""
    model: Any = ToyModel(contract)
    repository = ModelRepository.holding(ServedModel(contract.model, 1, "0" * 64, model))
    settings, listener = ApiSettings.read({}), listen("127.0.0.1", 0)
    address, ended = listener.getsockname(), threading.Event()

    async def serve() -> None:
        shutdown, pool = Shutdown(), Pool(threads=2, queue=32, wait_seconds=30)
        lane, app = FastLane(settings, repository, shutdown, pool), create_app(settings, repository, shutdown, pool)
        async with running(Server(app, settings, shutdown, protocol(lane)), listener, "toy"):
            await asyncio.to_thread(ended.wait)
        pool.close()

    def run() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        with httpx.Client(base_url=f"http://{address[0]}:{address[1]}", timeout=60, trust_env=False) as client:
            yield ToyApi(repository, client)
    finally:
        ended.set()
        thread.join(30)
    assert not thread.is_alive()
