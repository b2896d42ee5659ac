"""A real Chromium for the tests of pages."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def found() -> str | None:
    """The browser's path: `CHROMIUM`, else the system's."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


@contextmanager
def launched(*arguments: str) -> Iterator[Browser]:
    """The browser, with further arguments; a machine without one skips the test, or fails it under CI."""
    path = found()
    if path is None:
        hint = "no Chromium: install it (`apt-get install chromium`), or set CHROMIUM to its path"
        if os.environ.get("CI"):
            pytest.fail(hint)
        pytest.skip(hint)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *arguments])
        yield browser
        browser.close()


def choose(page: Page, box: str, option: str) -> None:
    """Choose from a list. The page may be drawn again meanwhile, which closes the list: then it is opened once more."""
    wanted = page.get_by_role("option", name=option)
    for _ in range(6):
        page.get_by_role("combobox", name=box).click()
        with contextlib.suppress(PlaywrightTimeout):
            wanted.click(timeout=5_000)
            return
    wanted.click()
