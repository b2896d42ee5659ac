"""The choice of a data set or a model: a name in the URL that there is not is an error, never another one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from canned import words
from streamlit.testing.v1 import AppTest

from tablee_ui.backend import Backend
from tablee_ui.context import PageContext


def draw_choice(context: PageContext, kind: str, wanted: str | None) -> None:
    import streamlit as st

    from tablee_ui.widgets import error_messages, name_choice

    def draw() -> None:
        st.title(getattr(name_choice, kind)("which", ["birds", "cats"], wanted, key="name"))

    error_messages.caught(context, draw)


@pytest.mark.parametrize("kind", ["data_set", "model"])
@pytest.mark.parametrize(("wanted", "chosen"), [(None, "birds"), ("cats", "cats")])
def test_the_name_of_the_url_or_the_first_one_is_chosen(
    backend: Backend, draw: Callable[..., AppTest], kind: str, wanted: str | None, chosen: str
) -> None:
    drawn = draw(draw_choice, PageContext.create(backend, "en"), kind, wanted)
    assert [each.value for each in drawn.title] == [chosen]
    assert not drawn.error


@pytest.mark.parametrize("kind", ["data_set", "model"])
def test_an_unknown_name_is_an_error_and_another_one_can_be_chosen(
    backend: Backend, draw: Callable[..., AppTest], kind: str
) -> None:
    drawn = draw(draw_choice, PageContext.create(backend, "en"), kind, "nada")
    assert not drawn.title
    assert "nada" in words(drawn)
    assert drawn.error
    assert drawn.selectbox[0].placeholder == "nada", "Streamlit's own words are English"
    drawn.selectbox[0].set_value("cats").run()
    assert [each.value for each in drawn.title] == ["cats"]
    assert not drawn.error
