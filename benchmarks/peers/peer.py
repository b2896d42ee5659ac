"""The interface of a measured server: it starts, predicts rows, and returns the same probabilities as our API."""

from __future__ import annotations

import json
import socket
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from benchmarks import client
from benchmarks.client import Load, Requests
from benchmarks.peers.logged import Logged


class Running(ABC):
    """A running server."""

    @abstractmethod
    def drive(self, rows: int, connections: int, seconds: float) -> Load:
        """Send requests with this many rows over this many connections."""

    @abstractmethod
    def probabilities(self, rows: int) -> list[float]:
        """The probability of the positive class for each row."""


@dataclass(frozen=True)
class Http(Running):
    """A server that answers one POST with the predictions: how rows are encoded, and how the answer is decoded."""

    url: str
    requests: Callable[[int], Requests]
    read: Callable[[Any], list[float]]

    def drive(self, rows: int, connections: int, seconds: float) -> Load:
        return client.drive(self.url, self.requests(rows), connections=connections, seconds=seconds)

    def probabilities(self, rows: int) -> list[float]:
        asked = self.requests(rows)
        headers = {"content-type": asked.content_type}
        request = urllib.request.Request(self.url + asked.path, asked.bodies[0], headers)  # noqa: S310 (on this machine)
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return self.read(json.load(answer))


@dataclass(frozen=True)
class Peer:
    """A server that can be started. `serve` may raise `NotInstalled` or `RuntimeError`; the reason is then reported."""

    name: str
    serve: Callable[[Logged], AbstractContextManager[Running]]
    versions: Callable[[Logged], dict[str, str]]
    seconds: float = 2.0
    """Length of a round in seconds."""


def free_port() -> int:
    """A port that is free at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
