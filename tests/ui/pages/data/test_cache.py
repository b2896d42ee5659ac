"""Results about an uploaded file are forgotten when the visitor leaves the file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tablee_ui.backend import Backend
from tablee_ui.pages.data import cache

UPLOAD_SLOTS = (cache.PREVIEW, cache.UPLOAD_FINDINGS)


def another_page(backend: "Backend") -> None:  # noqa: UP037 (run without imports)
    from tablee_ui import frame

    frame.show(backend, "en")


def empty_field(backend: "Backend") -> None:  # noqa: UP037 (run without imports)
    from tablee_ui.context import PageContext
    from tablee_ui.pages.data import add

    add.show(PageContext.create(backend, "en"), first=True)


@pytest.mark.parametrize("script", [another_page, empty_field])
def test_results_about_a_file_are_forgotten_with_it(backend: Backend, script: Callable[[Backend], None]) -> None:
    page = AppTest.from_function(script, args=(backend,), default_timeout=30)
    for slot in (*UPLOAD_SLOTS, cache.PROFILE):
        page.session_state[slot] = ("arguments", "rows of a file")
    page.run()
    assert not page.exception
    assert [slot for slot in UPLOAD_SLOTS if slot in page.session_state] == []
    assert cache.PROFILE in page.session_state, "a result about a version stays"
