"""A real Chromium for the tests of pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

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
