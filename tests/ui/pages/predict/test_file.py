"""Predictions of files: progress, cancelling, the result, and how one ends without a result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from canned import Answers, words
from file_predictions import DONE, QUEUED, RUNNING
from streamlit.testing.v1 import AppTest

from tablee.errors import InvalidTable
from tablee.http.schemas.inference import ModelCard
from tablee.i18n import LANGUAGES
from tablee.jobs.file_prediction import Bin, Summary
from tablee_client import Controller
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext
from tablee_ui.pages.predict import file_result

SUMMARY = Summary(
    columns=("island", "prediction", "probability_a"),
    added=("prediction", "probability_a"),
    rows=(("Dream", "a", "0.75"), (None, "b", "0.25")),
    numeric=False,
    counts={"a": 1200, "b": 300},
)
CARD = {
    "name": "clients",
    "version": 3,
    "contract": {
        "model": "clients",
        "columns": [{"name": "age", "kind": "number", "minimum": 0, "maximum": 9}],
        "target": {"name": "answer", "problem_type": "regression"},
    },
}


@pytest.fixture
def answers() -> Answers:
    return Answers({})


@pytest.fixture
def page(backend: Backend, answers: Answers, serve: Callable[..., Any]) -> Callable[..., AppTest]:
    backend = replace(backend, controller=Controller(serve(answers)))

    def script(context: "PageContext", card: "ModelCard") -> None:  # noqa: UP037 (run without imports)
        from functools import partial

        import streamlit as st

        from tablee_ui.pages.predict import file
        from tablee_ui.widgets import error_messages

        if "opened" not in st.session_state:
            st.session_state["opened"] = True
            st.query_params["file"] = "p-1"
        error_messages.caught(context, partial(file.show, context, card))

    def draw(language: Any = "en") -> AppTest:
        arguments = (PageContext.create(backend, language), ModelCard.model_validate(CARD))
        return AppTest.from_function(script, args=arguments, default_timeout=30).run()

    return draw


@pytest.mark.parametrize(
    ("language", "state", "said"),
    [
        ("en", QUEUED, "Waiting for a worker"),
        ("fr", QUEUED | {"phase": "running"}, "Lecture du fichier"),
        ("en", RUNNING, "1,500 of 6,000 rows answered"),
        ("fr", RUNNING, "1\u202f500 lignes sur 6\u202f000 traitées"),
    ],
)
def test_the_progress_is_shown(
    page: Callable[..., AppTest], answers: Answers, language: str, state: dict[str, Any], said: str
) -> None:
    answers.bodies["GET /predictions/p-1"] = state
    drawn = page(language)
    assert not drawn.exception
    (bar,) = drawn.get("progress")
    assert said in bar.proto.text
    assert bar.proto.value == (25 if state is RUNNING else 0)


def test_a_prediction_can_be_cancelled(page: Callable[..., AppTest], answers: Answers) -> None:
    answers.bodies |= {"GET /predictions/p-1": RUNNING, "POST /predictions/p-1/cancel": RUNNING}
    drawn = page()
    drawn.button[0].click().run()
    assert "POST /predictions/p-1/cancel" in answers.asked
    assert "Stopping…" in words(drawn)
    assert not drawn.button
    answers.bodies["GET /predictions/p-1"] = RUNNING | {"phase": "cancelled"}
    assert "Cancelled after 1,500 rows." in words(page())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_result_can_be_read_and_deleted(page: Callable[..., AppTest], answers: Answers, language: str) -> None:
    answers.bodies |= {
        "GET /predictions/p-1": DONE,
        "GET /predictions/p-1/summary": SUMMARY.model_dump(mode="json"),
        "DELETE /predictions/p-1": {},
    }
    drawn = page(language)
    assert not drawn.exception
    said = words(drawn)
    assert {
        "en": "1,500 rows answered by version 3 in 4.4",
        "fr": "1\u202f500 lignes traitées par la version 3 en 4,4",
    }[language] in said
    assert {"en": "2 values were missing", "fr": "2 valeurs étaient manquantes"}[language] in said
    assert list(drawn.dataframe[0].value.columns) == ["prediction", "probability_a", "island"]
    drawn.button[0].click().run()
    assert "DELETE /predictions/p-1" in answers.asked
    said = words(drawn)
    assert {"en": "The answers of this file are deleted.", "fr": "sont supprimées."}[language] in said
    assert {"en": "no longer here", "fr": "ne sont plus là"}[language] not in said, "nothing expired"


def test_a_file_that_cannot_be_predicted_is_named_with_its_line(page: Callable[..., AppTest], answers: Answers) -> None:
    error = InvalidTable("3 cells, expected 2", line=7, column="age")
    answers.bodies["GET /predictions/p-1"] = QUEUED | {"phase": "failed", "error": error.problem()}
    assert "Ligne 7 du fichier, colonne «\u00a0age\u00a0»." in words(page("fr"))


def test_an_unknown_prediction_leads_back_to_the_form(page: Callable[..., AppTest]) -> None:
    drawn = page()
    assert "are no longer here" in words(drawn)
    drawn.button[0].click().run()
    assert not drawn.exception
    assert "It needs these columns: age" in words(drawn)


def test_the_table_begins_with_the_answer_written_for_people(backend: Backend) -> None:
    french = PageContext.create(backend, "fr")
    assert file_result.table(french, SUMMARY).rows() == [("a", "75,0\u202f%", "Dream"), ("b", "25,0\u202f%", None)]
    numbers = Summary(
        columns=("a", "prediction"),
        added=("prediction",),
        rows=(("1", "1234.25"),),
        numeric=True,
        histogram=(Bin(lower=0, upper=2000, count=1),),
    )
    assert file_result.table(french, numbers).rows() == [("1\u202f234", "1")]
    assert file_result.chart(french, numbers).to_dict()["encoding"]["x2"]["field"] == "to"
