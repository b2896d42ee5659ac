"""A real Chromium on the pages of the real stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chromium import launched
from playwright.sync_api import Browser, Page, Route, expect

PATIENCE_MS = 60_000
"""Time limit for what a test expects on a page, in milliseconds; generous, for a busy machine."""

Open = Callable[..., Page]


@pytest.fixture(scope="module")  # Playwright keeps an event loop in this thread; other modules need theirs
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def open_page(browser: Browser, stack: Any) -> Iterator[Open]:
    """`open_page("/predict", locale="fr-FR")` opens a page for a new visitor. Requests to other hosts fail the test."""
    expect.set_options(timeout=PATIENCE_MS)
    other_hosts: list[str] = []

    def route_request(route: Route) -> None:
        if route.request.url.startswith(stack.ui_url):
            route.continue_()
        else:
            other_hosts.append(route.request.url)
            route.abort()

    contexts = []

    def opened(path: str, *, locale: str = "en-US") -> Page:
        context = browser.new_context(
            locale=locale, timezone_id="Europe/Paris", viewport={"width": 1280, "height": 900}, accept_downloads=True
        )
        contexts.append(context)
        context.route("http*://**", route_request)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{stack.ui_url}{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not other_hosts
