"""A real Chromium for the tests of pages."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright
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
ATTEMPTS = 6
CHOICE_MS = 5_000
"""How long a list may take to open, and the page to show a choice."""


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


def attach(page: Page, file: FilePayload) -> None:
    """Choose a file in the page's upload field; while the page is drawn again, the old field may still be beside it."""
    field = page.locator("input[type=file]")
    expect(field).to_have_count(1)
    field.set_input_files(file)


def choose(page: Page, box: str, option: str) -> None:
    """Choose from a list, and wait until the page shows the choice.

    The page may be drawn again meanwhile, which closes the list or loses the click: then the list is opened once more.
    """
    combobox = page.get_by_role("combobox", name=box)
    wanted = page.get_by_role("option", name=option)
    for attempt in range(ATTEMPTS):
        try:
            combobox.click()
            wanted.click(timeout=CHOICE_MS)
            one = combobox.and_(page.locator(f"[value*={json.dumps(option, ensure_ascii=False)}]"))
            several = page.get_by_role("button", name=f"Remove {option}", include_hidden=True)  # the list is still open
            expect(one.or_(several)).to_be_visible(timeout=CHOICE_MS)
            return
        except (PlaywrightTimeout, AssertionError):
            if attempt == ATTEMPTS - 1:
                raise
