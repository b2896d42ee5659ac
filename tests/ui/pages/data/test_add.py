"""Adding a file: the name of its data set, and columns that no data set can hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from canned import Answers, words
from streamlit.testing.v1 import AppTest

from tablee.errors import InvalidTable
from tablee_client import Controller
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext


def file_page(context: "PageContext") -> None:  # noqa: UP037 (run without imports)
    import streamlit as st

    from tablee_ui.pages.data import add
    from tablee_ui.widgets import error_messages

    def draw() -> None:
        found = add.looked_at(context, "u-1")
        if found is not None:
            st.write([each.column for each in found[2]])

    error_messages.caught(context, draw)


@pytest.mark.parametrize(
    ("language", "drop", "dropped"),
    [
        ("en", "Leave out “tags*”", "“tags*” is left out."),
        ("fr", "Écarter «\u00a0tags*\u00a0»", "La colonne «\u00a0tags*\u00a0» est écartée."),
    ],
)
def test_a_column_that_no_data_set_can_hold_is_left_out_by_a_click(
    backend: Backend, serve: Callable[..., Any], language: str, drop: str, dropped: str
) -> None:
    refused = InvalidTable("nested_list", line=1, column="tags*", hint="drop_column")
    preview = {"reading": {"format": "jsonl"}, "columns": ["a"], "kinds": {"a": "number"}, "rows": [{"a": 1.0}]}
    answers = Answers({"GET /uploads/u-1/preview": refused})
    context = PageContext.create(replace(backend, controller=Controller(serve(answers))), language)
    page = AppTest.from_function(file_page, args=(context,), default_timeout=30).run()
    assert not page.exception
    assert page.error
    (button,) = page.button
    assert button.label.replace("\\", "") == drop
    answers.bodies["GET /uploads/u-1/preview"] = preview | {"decisions": [], "looked_at": 1}
    page = button.click().run()
    assert not page.exception
    assert not page.error
    assert dropped in words(page)
    assert json.loads(answers.requests[-1].url.params["actions"]) == [{"kind": "drop", "column": "tags*"}]
    answers.bodies["GET /uploads/u-1/preview"] = refused
    page = page.button(key="data_take_back:u-1:tags*").click().run()
    assert [each.label.replace("\\", "") for each in page.button] == [drop]


def test_a_file_that_no_column_spoils_is_refused_without_a_button(backend: Backend, serve: Callable[..., Any]) -> None:
    answers = Answers({"GET /uploads/u-1/preview": InvalidTable("value_without_name", line=3, column="a", value="x")})
    context = PageContext.create(replace(backend, controller=Controller(serve(answers))), "en")
    page = AppTest.from_function(file_page, args=(context,), default_timeout=30).run()
    assert page.error
    assert not page.button
