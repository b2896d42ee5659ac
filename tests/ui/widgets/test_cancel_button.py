"""The button that cancels a job: it asks once, and stays where asking failed."""

from __future__ import annotations

from collections.abc import Callable

from canned import words
from streamlit.testing.v1 import AppTest

from tablee.errors import RegistryUnavailable
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext
from tablee_ui.widgets import cancel_button


def button(context: PageContext, cancel: Callable[[], None]) -> None:
    place = cancel_button.draw(context, "cancel:j-1", "Cancel", cancel)
    if place is not None:
        place.info("It is asked to end.")


def test_a_job_is_asked_once(backend: Backend, draw: Callable[..., AppTest]) -> None:
    asked: list[str] = []
    drawn = draw(button, PageContext.create(backend, "en"), lambda: asked.append("j-1"))
    assert not asked
    drawn.button(key="cancel:j-1").click().run()
    assert not drawn.button
    assert words(drawn) == "It is asked to end."
    drawn.run()
    assert words(drawn) == "It is asked to end."
    assert asked == ["j-1"]


def test_after_an_error_the_button_stays(backend: Backend, draw: Callable[..., AppTest]) -> None:
    error = RegistryUnavailable("no_answer", url="http://mlflow", error="no route")

    def cancel() -> None:
        raise error

    drawn = draw(button, PageContext.create(backend, "en"), cancel)
    drawn.button(key="cancel:j-1").click().run()
    assert error.detail in words(drawn)
    assert "It is asked to end." not in words(drawn)
    assert drawn.button(key="cancel:j-1")
