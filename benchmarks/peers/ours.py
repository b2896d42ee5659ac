"""Our own API, measured in the same way as the other servers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import bodies, servers
from benchmarks.peers.logged import Logged
from benchmarks.peers.peer import Http, Peer
from tablee import __version__


@contextmanager
def serve(logged: Logged) -> Iterator[Http]:
    with tempfile.TemporaryDirectory() as folder, servers.api(Path(folder)) as server:
        yield Http(server.url, lambda rows: bodies.one() if rows == 1 else bodies.many(rows), _read)


def _read(answer: Any) -> list[float]:
    return [each["probabilities"]["yes"] for each in answer["predictions"]]


PEER = Peer("Tablée", serve, lambda _: {"tablee": __version__})
