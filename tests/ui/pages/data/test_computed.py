"""What is kept of a visit: nothing of a file that is no longer being added."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from tablee_ui.pages.data import computed
from tablee_ui.services import Services
from tablee_ui.settings import UiSettings

OF_THE_FILE = (computed.PLAIN, computed.PREVIEW, computed.ON_THE_WAY)
NOBODY = UiSettings(controller_url="http://127.0.0.1:9", api_url="http://127.0.0.1:9")


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services.connect(NOBODY)
    yield made
    made.batches.close()


def the_app(services: "Services") -> None:  # noqa: UP037 (run without imports)
    from tablee_ui import app

    app.show(services, "en")


def the_field(services: "Services") -> None:  # noqa: UP037 (run without imports)
    from tablee_ui.pages.data import add
    from tablee_ui.visit import Visit

    add.show(Visit.of(services, "en"), first=True)


@pytest.mark.parametrize("script", [the_app, the_field], ids=["another page", "no file"])
def test_a_file_that_is_not_being_added_is_forgotten(services: Services, script: Callable[[Services], None]) -> None:
    page = AppTest.from_function(script, args=(services,), default_timeout=30)
    for slot in (*OF_THE_FILE, computed.PROFILE):
        page.session_state[slot] = ("asked", "rows of somebody")
    page.run()
    assert not page.exception
    assert [slot for slot in OF_THE_FILE if slot in page.session_state] == []
    assert computed.PROFILE in page.session_state, "of a version, which is there anyway"
