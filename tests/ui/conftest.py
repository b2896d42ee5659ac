"""Services that answer from a function, and pages drawn without a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from streamlit.testing.v1 import AppTest

from tablee.errors import Unavailable
from tablee_client import Service
from tablee_ui.backend import Backend
from tablee_ui.settings import UiSettings

Answer = Callable[[httpx.Request], httpx.Response]
Serve = Callable[[Answer], Service]
Draw = Callable[..., AppTest]

NOBODY = "http://127.0.0.1:9"
"""An address where nothing answers."""


@pytest.fixture
def serve() -> Serve:
    """`serve(answer)` is a service that answers each request with what the function returns."""

    def make(answer: Answer) -> Service:
        return Service("API", "http://service", unreachable=Unavailable, transport=httpx.MockTransport(answer))

    return make


@pytest.fixture
def backend() -> Backend:
    """Clients of services that do not answer."""
    return Backend.connect(UiSettings(controller_url=NOBODY, api_url=NOBODY))


@pytest.fixture
def draw() -> Draw:
    """`draw(function, *arguments)` runs a function of Streamlit and returns what it drew."""

    def drawn(function: Callable[..., None], *arguments: Any) -> AppTest:
        def script(function: "Callable[..., None]", arguments: "tuple[Any, ...]") -> None:  # noqa: UP037 (run without imports)
            function(*arguments)

        return AppTest.from_function(script, args=(function, arguments), default_timeout=30).run()

    return drawn
