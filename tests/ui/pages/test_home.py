"""The page Home: the next step, the models that serve, the state of each service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from canned import Answers, words
from streamlit.testing.v1 import AppTest

from tablee.i18n import LANGUAGES
from tablee_client import Api, Controller
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext

DATASET = {
    "name": "penguins",
    "version": "1",
    "rows": 3,
    "columns": [],
    "filename": "f.csv",
    "bytes": 9,
    "sha256": "",
    "created": "2026-01-02T03:04:05Z",
}
SERVED = {"name": "birds", "version": 12, "default": True, "problem_type": "regression", "target": "mass"}


def home(context: PageContext) -> None:
    from tablee_ui.pages import home

    home.show(context)


@pytest.fixture
def api() -> Answers:
    return Answers({"GET /readyz": {"status": "ready"}, "GET /models": {"models": []}})


@pytest.fixture
def controller() -> Answers:
    return Answers(
        {"GET /readyz": {"status": "ready"}, "GET /datasets": {"datasets": []}, "GET /trainings": {"trainings": []}}
    )


@pytest.fixture
def page(
    backend: Backend, draw: Callable[..., AppTest], serve: Callable[..., Any], api: Answers, controller: Answers
) -> Callable[..., AppTest]:
    backend = replace(backend, api=Api(serve(api)), controller=Controller(serve(controller)))
    return lambda language="en": draw(home, PageContext.create(backend, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_visitor_is_led_to_the_data(page: Callable[..., AppTest], language: str) -> None:
    drawn = page(language)
    assert not drawn.exception
    assert [button.label for button in drawn.button] == [{"en": "Go to the data", "fr": "Aller aux données"}[language]]


def test_the_next_step_follows_from_what_is_done(
    page: Callable[..., AppTest], api: Answers, controller: Answers
) -> None:
    controller.bodies["GET /datasets"] = {"datasets": [DATASET]}
    assert [button.label for button in page().button] == ["Go to training"]
    api.bodies["GET /models"] = {"models": [SERVED]}
    drawn = page()
    assert [button.label for button in drawn.button] == ["Go to predictions"]
    assert "**birds** · version 12" in words(drawn)
    assert "estimates the number “mass”" in words(drawn)


def test_a_service_that_is_not_ready_says_why(page: Callable[..., AppTest], controller: Answers) -> None:
    said = words(page())
    assert "not ready" not in said
    not_ready = {"status": "not_ready", "reason": "MLflow does not answer"}
    controller.bodies["GET /readyz"] = httpx.Response(503, json=not_ready)
    said = words(page())
    assert "not ready" in said
    assert "MLflow does not answer" in said


def test_a_service_that_does_not_answer_is_named(backend: Backend, draw: Callable[..., AppTest]) -> None:
    said = words(draw(home, PageContext.create(backend, "en")))
    assert said.count("does not answer]") == 2, "the API and the controller"
    assert "not known]" in said, "MLflow, which only the controller asks"
    assert "tablee doctor" in said
