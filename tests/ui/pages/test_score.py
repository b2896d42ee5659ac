"""The page Score: start, progress, cancelling and result of a scoring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from canned import Answers, words
from scorings import DONE, FAILED, QUEUED, RUNNING
from streamlit.testing.v1 import AppTest

from tablee.datasets.reading import Corrections
from tablee.errors import InvalidRequest
from tablee.i18n import LANGUAGES
from tablee_client import Controller
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext
from tablee_ui.pages.score.request import request_of


@pytest.fixture
def answers() -> Answers:
    models = [{"name": "clients", "champion": 3}, {"name": "young", "champion": None}]
    return Answers({"GET /models": {"models": models}, "GET /scorings": {"scorings": []}})


@pytest.fixture
def backend(backend: Backend, answers: Answers, serve: Callable[..., Any]) -> Backend:
    return replace(backend, controller=Controller(serve(answers)))


def shown(context: PageContext, scoring_id: str = "", draw: str = "page") -> AppTest:
    def script(context: "PageContext", scoring_id: str, draw: str) -> None:  # noqa: UP037 (run without imports)
        from functools import partial

        import streamlit as st

        from tablee_ui.pages import score
        from tablee_ui.widgets import error_messages

        if scoring_id:
            st.query_params["scoring"] = scoring_id
        error_messages.caught(context, partial(score.show if draw == "page" else score.request.show, context))

    return AppTest.from_function(script, args=(context, scoring_id, draw), default_timeout=30).run()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_scoring_is_started(backend: Backend, answers: Answers, language: str) -> None:
    answers.bodies["POST /scorings"] = QUEUED
    page = shown(PageContext.create(backend, language), draw="form")
    assert not page.exception
    assert page.selectbox(key="score_model").options == ["clients"]  # what has no champion cannot score
    assert page.button[0].disabled
    page.text_input(key="score_source").input(" s3://lake/in/ ")
    page.number_input(key="score_parallel").set_value(2)
    page.run().button[0].click().run()
    assert not page.exception
    assert answers.sent("POST") == [("/scorings", {"model": "clients", "source": "s3://lake/in/", "parallel": 2})]


def test_without_a_champion_there_is_no_form(backend: Backend, answers: Answers) -> None:
    answers.bodies["GET /models"] = {"models": [{"name": "young", "champion": None}]}
    page = shown(PageContext.create(backend, "en"))
    assert "no champion yet" in words(page)
    assert not page.button


@pytest.mark.parametrize(("language", "said"), [("en", "1 of 4 files"), ("fr", "1 fichiers sur 4")])
def test_a_running_scoring_is_shown_and_cancelled(backend: Backend, answers: Answers, language: str, said: str) -> None:
    answers.bodies |= {"GET /scorings/s-1": RUNNING, "POST /scorings/s-1/cancel": RUNNING}
    page = shown(PageContext.create(backend, language), "s-1")
    assert not page.exception
    assert said in page.get("progress")[0].proto.text
    assert [metric.value for metric in page.metric][1] == "250"
    assert page.dataframe[0].value.iloc[0].tolist()[-1] == "b.parquet"
    assert "mood" in page.info[0].value
    page.button(key="score_cancel:s-1").click().run()
    assert "POST /scorings/s-1/cancel" in answers.asked
    assert page.info


def test_a_scoring_that_failed_names_its_files(backend: Backend, answers: Answers) -> None:
    answers.bodies |= {"GET /scorings/s-1": FAILED, "GET /scorings/s-1/log": "worker 0: no column"}
    page = shown(PageContext.create(backend, "en"), "s-1")
    said = words(page)
    assert "Not all files could be scored." in said
    assert "“c.parquet” could not be scored: no column “age”" in said
    assert "3 of 4 files" in said
    page.toggle(key="score_log:s-1").set_value(True).run()
    assert page.code[0].value == "worker 0: no column"


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (
            {"phase": "done", "parts_done": 4, "rows": 2000, "rows_per_second": 400.4, "warnings": 1},
            "2,000 rows scored, 400 rows per second.",
        ),
        ({"phase": "cancelled", "parts_done": 1}, "This scoring was cancelled."),
    ],
)
def test_a_scoring_that_ended_says_how(backend: Backend, answers: Answers, end: dict[str, Any], said: str) -> None:
    answers.bodies["GET /scorings/s-1"] = QUEUED | end
    page = shown(PageContext.create(backend, "en"), "s-1")
    assert not page.exception
    assert said in words(page)


@pytest.mark.parametrize(("language", "said"), [("en", "the model does not know"), ("fr", "ne les connaît pas")])
def test_columns_that_the_model_does_not_know_are_named(
    backend: Backend, answers: Answers, language: str, said: str
) -> None:
    answers.bodies["GET /scorings/s-1"] = DONE
    shown_at_the_end = words(shown(PageContext.create(backend, language), "s-1"))
    assert said in shown_at_the_end
    assert "mood, note" in shown_at_the_end


def test_recent_scorings_are_listed(backend: Backend, answers: Answers) -> None:
    answers.bodies["GET /scorings"] = {"scorings": [RUNNING, FAILED]}
    said = words(shown(PageContext.create(backend, "en")))
    assert said.count("clients version 3") == 2
    assert "3 of 4 files" in said


def test_an_invalid_request_is_refused_before_it_is_sent() -> None:
    assert request_of("m", " in/ ", " ", 1).target is None
    with pytest.raises(InvalidRequest, match="source"):
        request_of("m", " ", "", 1)


def test_how_csv_files_are_read_may_be_said(backend: Backend) -> None:
    asked = request_of("clients", "s3://lake/in/", "", 1, Corrections(decimal=","))
    assert asked.reading == Corrections(decimal=",")
    assert request_of("clients", "s3://lake/in/", "", 1, Corrections()).reading is None
