"""The page Models: versions, promotion and rollback, and the history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from canned import Answers, words
from streamlit.testing.v1 import AppTest

from tablee.errors import Conflict
from tablee.http.schemas.models import ModelVersion
from tablee_client import Controller
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext
from tablee_ui.pages.models.versions import METRICS, shown_metrics

AT = "2026-01-02T03:04:05Z"
PROMOTED = {
    "epoch": 2,
    "model": "birds",
    "version": 1,
    "previous": 2,
    "kind": "rollback",
    "by": "Ana",
    "reason": "a trial",
    "at": AT,
}
BIRDS: dict[str, Any] = {
    "name": "birds",
    "champion": 1,
    "serving": 2,
    "versions": [
        {"version": 2, "created": AT, "algorithm": "GBM", "training": "t-2", "rollout": "failed: golden rows differ"},
        {"version": 1, "created": AT, "algorithm": "GLM", "holdout": {"auc": 0.9, "logloss": 0.2, "accuracy": 0.8}},
    ],
    "promotions": [PROMOTED, PROMOTED | {"epoch": 1, "kind": "gate", "by": "training", "version": 2, "previous": None}],
}


@pytest.fixture
def answers() -> Answers:
    return Answers(
        {
            "GET /models": {"models": [{"name": "birds", "champion": 1}]},
            "GET /models/birds": BIRDS,
            "GET /rollout": {"state": "rolling"},
        }
    )


@pytest.fixture
def page(
    backend: Backend, draw: Callable[..., AppTest], serve: Callable[..., Any], answers: Answers
) -> Callable[..., AppTest]:
    backend = replace(backend, controller=Controller(serve(answers)))

    def models(context: PageContext) -> None:
        from tablee_ui.pages import models

        models.show(context)

    return lambda language="en": draw(models, PageContext.create(backend, language))


def test_champion_and_serving_version_are_shown_with_the_roll_out(page: Callable[..., AppTest]) -> None:
    drawn = page()
    assert not drawn.exception
    assert [metric.value for metric in drawn.metric][:2] == ["Version 1", "Version 2"]
    said = words(drawn)
    assert "The roll-out is under way" in said
    for badge in ("champion", "serving", "roll-out failed"):
        assert f"{badge}]" in said


def test_a_promotion_needs_a_name_and_a_reason(page: Callable[..., AppTest], answers: Answers) -> None:
    answers.bodies["POST /models/birds/promote"] = PROMOTED | {"version": 2, "kind": "person"}
    drawn = page()
    promote = next(button for button in drawn.button if button.label == "Make it the champion")
    promote.click().run()
    assert "Please say who you are and why" in words(drawn)
    assert answers.sent("POST") == []
    drawn.text_input(key="by:promote:2").input("Ana")
    drawn.text_input(key="reason:promote:2").input(" a trial ")
    next(button for button in drawn.button if button.label == "Make it the champion").click().run()
    assert answers.sent("POST") == [("/models/birds/promote", {"version": 2, "by": "Ana", "reason": "a trial"})]
    assert "Version 2 is the champion now" in words(drawn)


def test_a_rollback_that_is_refused_says_why(page: Callable[..., AppTest], answers: Answers) -> None:
    answers.bodies["POST /models/birds/rollback"] = Conflict("somebody else was faster")
    drawn = page()
    drawn.text_input(key="by:roll_back").input("Ana")
    drawn.text_input(key="reason:roll_back").input("it disappoints")
    next(button for button in drawn.button if button.label == "Go back to it").click().run()
    assert "somebody else was faster" in words(drawn)


def test_the_history_says_who_decided_what(page: Callable[..., AppTest]) -> None:
    (table,) = page("fr").table
    rows = table.value.to_numpy().tolist()
    assert [row[1:4] for row in rows] == [
        ["2 → 1", "retour en arrière", "Ana"],
        ["– → 2", rows[1][2], "entraînement"],
    ]


def test_the_metric_of_the_gate_comes_first() -> None:
    verdict = {"passed": True, "reason": "", "metric": "logloss", "candidate": 0.2}
    version = ModelVersion.model_validate(BIRDS["versions"][1] | {"verdict": verdict})
    assert shown_metrics(version) == [("logloss", 0.2), ("auc", 0.9)]
    assert len(shown_metrics(version)) == METRICS
