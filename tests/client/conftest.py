"""Services whose responses come from a function, for responses that real services give seldom."""

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
    """`serve(answer)` makes a service. Its response to each request is the return value of `answer`."""

    def make(answer: Answer) -> Service:
        return Service("API", "http://service", unreachable=Unavailable, transport=httpx.MockTransport(answer))

    return make
