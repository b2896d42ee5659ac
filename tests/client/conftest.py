"""Services behind a client that answers from a function, for what real services do only seldom."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tablee.errors import Unavailable
from tablee_client import Service

Answer = Callable[[httpx.Request], httpx.Response]
Serve = Callable[[Answer], Service]


@pytest.fixture
def serve() -> Serve:
    """`serve(answer)` is a service that answers each request with what the function returns."""

    def make(answer: Answer) -> Service:
        return Service("API", "http://service", unreachable=Unavailable, transport=httpx.MockTransport(answer))

    return make
