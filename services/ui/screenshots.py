"""Pictures of the running pages for the documentation: `python services/ui/screenshots.py --url URL`."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tablee.i18n import LANGUAGES
from tablee_ui.texts import Texts

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--force-device-scale-factor=1"]
WIDTH, HEIGHT = 1280, 900


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--url", default="http://127.0.0.1:8501", help="where the UI runs, with a trained model")
    options.add_argument("--out", type=Path, default=Path("docs/images"))
    options.add_argument("--language", choices=LANGUAGES, default="en")
    options.add_argument("--training", help="id of a training to show on the page Train")
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    paths = {name: f"/{name}" for name in ("data", "prepare", "train", "predict", "models")} | {"home": "/"}
    if given.training:
        paths["train"] += f"?training={given.training}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        page = browser.new_page(
            locale=given.language, color_scheme="light", viewport={"width": WIDTH, "height": HEIGHT}
        )
        for name, path in paths.items():
            page.goto(given.url + path)
            settle(page, Texts(given.language))
            page.screenshot(path=given.out / f"{name}.png")
            print(given.out / f"{name}.png")
        browser.close()


def settle(page: Page, texts: Texts) -> None:
    """Wait until everything is drawn, charts included, and the window shows the whole page."""
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=30_000)
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=30_000)
    if page.get_by_role("tab", name=texts("predict.tab_form")).count():
        expect(page.locator("[data-testid=stVegaLiteChart] svg:visible").nth(1)).to_be_visible(timeout=30_000)
    shown, needed = -1, 0
    while shown != needed:  # tables and charts take their places one after the other
        shown = needed
        page.wait_for_timeout(1000)
        needed = page.locator("[data-testid=stMainBlockContainer]").evaluate(
            "found => Math.ceil(found.lastElementChild.getBoundingClientRect().bottom)"
        )
        page.set_viewport_size({"width": WIDTH, "height": max(HEIGHT // 2, needed + 48)})


def browser_path() -> str | None:
    """The system's Chromium; None lets Playwright look for its own."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


if __name__ == "__main__":
    main()
