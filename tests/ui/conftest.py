"""Services behind a client that answers from a function, for what real services do only seldom."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tablee_ui.clients.transport import Service

Answer = Callable[[httpx.Request], httpx.Response]
Serve = Callable[[Answer], Service]


@pytest.fixture
def serve() -> Serve:
    """`serve(answer)` is a service that answers each request with what the function returns."""

    def make(answer: Answer) -> Service:
        return Service("API", httpx.Client(transport=httpx.MockTransport(answer), base_url="http://service"))

    return make
