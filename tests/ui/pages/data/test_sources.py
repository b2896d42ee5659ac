"""Sources on the page Data: the list with states, saving, running, pausing and removing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from canned import Answers, words
from streamlit.testing.v1 import AppTest

from tablee.errors import InvalidRequest, SourceNotFound
from tablee.i18n import LANGUAGES
from tablee_client import Controller
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext
from tablee_ui.pages.data.sources.form import columns, order

PROBLEM = {"code": "invalid_table", "status": 422, "detail": "line 3: 3 cells, expected 2"}
RUN = {"started": "2026-01-02T03:04:05Z", "ended": "2026-01-02T03:05:05Z", "rows": 1200, "objects": 2}
VISITS: dict[str, Any] = {
    "name": "visits",
    "dataset": "all-visits",
    "order": {"of": {"kind": "prefix", "address": "s3://lake/"}, "schedule": {"kind": "every", "minutes": 60}},
    "created": "2026-01-02T03:04:05Z",
    "paused": False,
    "phase": "idle",
    "due": "2026-01-02T04:04:05Z",
    "run": RUN | {"outcome": "added", "version": "abc"},
    "refused": [{"key": f"{each}.csv", "etag": "1", "at": RUN["started"], "error": PROBLEM} for each in "abcdef"],
}
SHOP = VISITS | {
    "name": "shop",
    "dataset": "shop",
    "order": {"of": {"kind": "query", "connection": "base", "sql": "SELECT 1"}},
    "due": None,
    "run": RUN | {"outcome": "failed", "error": {"code": "invalid_query", "detail": "no such table: x"}},
    "refused": [],
}
RUNNING = VISITS | {"phase": "running", "due": None, "run": RUN | {"ended": None}}


@pytest.fixture
def answers() -> Answers:
    return Answers(
        {
            "GET /sources": {"sources": [SHOP, VISITS]},
            "GET /connections": {"connections": [{"name": "base", "kind": "query"}]},
            "DELETE /sources/shop": SourceNotFound("gone"),
        }
    )


@pytest.fixture
def page(backend: Backend, serve: Callable[..., Any], answers: Answers) -> Callable[..., AppTest]:
    backend = replace(backend, controller=Controller(serve(answers)))

    def script(context: "PageContext") -> None:  # noqa: UP037 (run without imports)
        from functools import partial

        from tablee_ui.pages.data.sources import form, source_list
        from tablee_ui.widgets import error_messages, fragments

        fragments.draw(context, partial(source_list.show, context))
        error_messages.caught(context, partial(form.show, context))

    return lambda language="en": AppTest.from_function(
        script, args=(PageContext.create(backend, language),), default_timeout=30
    ).run()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_source_is_shown_with_its_state(page: Callable[..., AppTest], language: str) -> None:
    test = page(language)
    assert not test.exception
    said = words(test)
    assert "**visits**" in said
    assert "s3://lake/" in said
    assert "no such table: x" in said
    assert said.count("line 3: 3 cells, expected 2") == 5
    assert ("and 1 more file" if language == "en" else "et 1 autre fichier") in said


def test_a_source_that_runs_can_be_stopped(page: Callable[..., AppTest], answers: Answers) -> None:
    answers.bodies["GET /sources"] = {"sources": [RUNNING]}
    answers.bodies["POST /sources/visits/cancel"] = RUNNING
    test = page()
    assert "1200 rows so far" in words(test)
    assert [each.key for each in test.button if "visits" in str(each.key)] == ["source_cancel:visits"]
    test.button(key="source_cancel:visits").click().run()
    assert ("/sources/visits/cancel", None) in answers.sent("POST")


def test_a_source_can_be_run_paused_and_removed(page: Callable[..., AppTest], answers: Answers) -> None:
    answers.bodies |= {"POST /sources/visits/run": VISITS, "POST /sources/visits/pause": VISITS}
    test = page()
    test.button(key="source_run:visits").click().run()
    test.button(key="source_pause:visits").click().run()
    assert [path for path, _ in answers.sent("POST")] == ["/sources/visits/run", "/sources/visits/pause"]
    test.button(key="source_remove_now:shop").click().run()
    assert answers.sent("DELETE") == [("/sources/shop", None)]
    assert "There is no such source, or no more." in words(test), "what went wrong is said in its place"


def test_a_source_for_a_folder_is_saved(page: Callable[..., AppTest], answers: Answers) -> None:
    answers.bodies["PUT /sources/visits"] = VISITS
    test = page()
    test.text_input(key="source_address").set_value("s3://lake/")
    test.text_input(key="source_name").set_value("visits")
    test.text_input(key="source_texts").set_value("code, post code")
    test.text_input(key="source_drop").set_value("name")
    test.selectbox(key="source_when").set_value("hours")
    test.run()
    test.number_input(key="source_number").set_value(2)
    next(each for each in test.button if each.label == "Keep this source").click().run()
    [(path, body)] = answers.sent("PUT")
    assert path == "/sources/visits"
    assert body["of"]["options"]["texts"] == ["code", "post code"]
    assert (body["schedule"], body["actions"]) == (
        {"kind": "every", "minutes": 120},
        [{"kind": "drop", "column": "name"}],
    )
    assert "is kept" in words(test)


def test_a_preview_proposes_actions_against_personal_data(page: Callable[..., AppTest], answers: Answers) -> None:
    finding = {"column": "mail", "kind": "email", "share": 1.0, "confidence": 0.9, "how": "content"}
    proposal = {"kind": "pseudonym", "column": "mail"}
    answers.bodies["PUT /sources/visits"] = VISITS
    answers.bodies["POST /sources/preview"] = {
        "sniffed": {
            "reading": {"format": "csv"},
            "decisions": [],
            "columns": ["mail", "n"],
            "kinds": {"mail": "text", "n": "number"},
            "rows": [{"mail": "a@b.fr", "n": 1}],
        },
        "findings": {
            "findings": [finding | {"proposal": proposal}],
            "quasi_identifiers": [],
            "basis": {"rows": 1, "of": 1},
        },
    }
    test = page()
    test.text_input(key="source_address").set_value("s3://lake/")
    test.text_input(key="source_name").set_value("visits")
    test.run()
    next(each for each in test.button if each.label == "Look first").click().run()
    assert not test.exception
    assert len(test.dataframe) == 1
    assert "source_drop" not in [each.key for each in test.text_input]
    next(each for each in test.button if each.label == "Keep this source").click().run()
    [(_, body)] = answers.sent("PUT")
    assert [(each["kind"], each["column"]) for each in body["actions"]] == [("pseudonym", "mail")]
    test.text_input(key="source_address").set_value("s3://elsewhere/").run()
    assert len(test.dataframe) == 0, "what was seen was elsewhere"


def test_a_query_needs_a_connection(page: Callable[..., AppTest], answers: Answers) -> None:
    answers.bodies["GET /connections"] = {"connections": []}
    test = page()
    test.button_group(key="source_kind").set_value("query").run()
    assert "no connection to a database" in words(test)


def test_an_invalid_source_is_refused_before_a_request_is_sent() -> None:
    assert columns(" a, b c ,,") == ["a", "b c"]
    with pytest.raises(InvalidRequest, match="one action for “a”, not two"):
        order({"kind": "prefix", "address": "inbox/"}, None, [{"kind": "drop", "column": "a"}] * 2)
    with pytest.raises(InvalidRequest, match="sql"):
        order({"kind": "query", "connection": "base", "sql": " "}, None, [])
