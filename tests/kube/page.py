"""The pages of a release in a real Chromium, through the ingress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from chromium import launched
from playwright.sync_api import Locator, Page, expect

from kube.release import INGRESS, Release
from kube.tools import eventually


@contextmanager
def visitor() -> Iterator[Page]:
    """A browser that resolves all test host names to the ingress controller."""
    with launched(f"--host-resolver-rules=MAP *.tablee.test {urlsplit(INGRESS).hostname}") as browser:
        context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)
        yield page
        context.close()


def visit(page: Page, release: Release, path: str, shown: Callable[[], Locator], *, within: float = 120) -> None:
    """Open a page and wait for what it should show; loaded again when it does not come.

    A browser that runs on the cluster's own node takes the network of each pod that comes or goes for a change of its
    own, and gives up what it is loading (ERR_NETWORK_CHANGED): best wait until the release is quiet.
    """
    port = urlsplit(INGRESS).port or 80

    def comes() -> bool:
        page.goto(f"http://{release.host}:{port}{release.path}{path}")
        expect(shown()).to_be_visible(timeout=15_000)
        return True

    eventually(comes, within=within)
