"""A real Chromium on the pages of the real stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chromium import launched
from playwright.sync_api import Browser, Page, Route, expect

PATIENCE_MS = 60_000
"""How long a page may take to show what is looked for, on a busy machine."""

Open = Callable[..., Page]


@pytest.fixture(scope="module")  # Playwright keeps an event loop in this thread; other modules need theirs
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, stack: Any) -> Iterator[Open]:
    """`visit("/predict", locale="fr-FR")` opens a page as a new visitor; nothing but the page's own host is asked."""
    expect.set_options(timeout=PATIENCE_MS)
    strayed: list[str] = []

    def stay(route: Route) -> None:
        if route.request.url.startswith(stack.ui_url):
            route.continue_()
        else:
            strayed.append(route.request.url)
            route.abort()

    contexts = []

    def open_page(path: str, *, locale: str = "en-US") -> Page:
        context = browser.new_context(
            locale=locale, timezone_id="Europe/Paris", viewport={"width": 1280, "height": 900}, accept_downloads=True
        )
        contexts.append(context)
        context.route("http*://**", stay)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{stack.ui_url}{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not strayed
