"""The page through the ingress in a real Chromium: upload, train, predict; the websocket and deep links included."""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Iterator

import pytest
from chromium import attach, choose
from kube.page import visit, visitor
from kube.release import Release
from playwright.sync_api import Page, expect
from repository import PENGUINS


@pytest.fixture(scope="module")
def page(platform: Release, champion: int) -> Iterator[Page]:
    with visitor() as page:
        yield page


def test_a_person_uploads_trains_and_predicts(platform: Release, page: Page) -> None:
    name = f"birds-{secrets.token_hex(3)}"
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    platform.until_quiet()
    visit(page, platform, "/data", lambda: page.get_by_text("Add a file", exact=True))
    page.get_by_text("Add a file", exact=True).click()
    attach(page, {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": PENGUINS.read_bytes()})
    page.get_by_role("button", name="Add this file").click()
    expect(page.get_by_text(f"“{name}” is stored: 344 rows")).to_be_visible()
    assert sockets
    assert all(found.startswith("ws://") and found.endswith("/_stcore/stream") for found in sockets)

    visit(page, platform, f"/train?dataset={name}", lambda: page.get_by_role("combobox", name="What should be"))
    choose(page, "What should be predicted?", "species")
    page.get_by_text("Models", exact=True).last.click()
    page.get_by_role("slider").press("Home")
    expect(page.get_by_text("At most this many models")).to_be_visible()
    for _ in range(6):  # the page is drawn again for the slider, which swallows a click made meanwhile
        page.get_by_role("button", name="Start the training").click()
        with contextlib.suppress(AssertionError):
            expect(page).to_have_url(re.compile(r"training="), timeout=10_000)
            break
    found = re.search(r"training=([\w-]+)", page.url)
    assert found
    training = found[1]
    assert platform.trained(training)["phase"] == "succeeded"
    platform.until_serving(name, 1)
    platform.until_quiet()
    visit(page, platform, f"/train?training={training}", lambda: page.get_by_text("has its first model"))
    answer = re.compile("species\u00a0?: (Adelie|Chinstrap|Gentoo)")
    visit(page, platform, f"/predict?model={name}", lambda: page.get_by_role("heading", name=answer))
