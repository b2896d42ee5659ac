"""The form that starts the prediction of a file: what is left out, and what is asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from canned import words
from streamlit.testing.v1 import AppTest

from tablee.datasets.reading import Reading
from tablee.errors import InvalidTable
from tablee.http.schemas.inference import ModelCard
from tablee.i18n import LANGUAGES
from tablee_client import Controller
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext

CARD = {
    "name": "clients",
    "version": 3,
    "contract": {
        "model": "clients",
        "columns": [{"name": "age", "kind": "number", "minimum": 0, "maximum": 9}],
        "target": {"name": "answer", "problem_type": "regression"},
    },
}
PREVIEW = {
    "model": "clients",
    "version": 3,
    "filename": "a.csv",
    "reading": Reading(units_row=True).model_dump(mode="json"),
    "decisions": [],
    "encoding": "utf-8",
    "types": {"age": "number"},
    "columns": ["age"],
    "left_out": ["note"],
    "rows_total": 1,
    "rows": [{"age": 1.5}],
}


def controller(asked: list[Any]) -> Callable[[httpx.Request], httpx.Response]:
    """A file whose numbers have a comma, for a model whose numbers have a point."""

    def answer(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        asked.append(body.get("reading"))
        if "decimal" not in (body.get("reading") or {}):
            error = InvalidTable(
                "other_number_format", column="age", line=2, value="1,5", expected="1234.5", found="1234,5"
            )
            return httpx.Response(422, json=error.problem())
        return httpx.Response(200, json=PREVIEW)

    return answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_contradiction_is_a_question_and_unknown_columns_are_named(
    backend: Backend, serve: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, language: Any
) -> None:
    monkeypatch.setattr("tablee_ui.widgets.file_upload.send", lambda context, file: "u-1")
    asked: list[Any] = []
    backend = replace(backend, controller=Controller(serve(controller(asked))))

    def script(context: "PageContext", card: "ModelCard", file: "Any") -> None:  # noqa: UP037 (run without imports)
        from functools import partial

        from tablee_ui.pages.predict import file_request
        from tablee_ui.widgets import error_messages

        error_messages.caught(context, partial(file_request._start, context, card, file))

    arguments = (PageContext.create(backend, language), ModelCard.model_validate(CARD), SimpleNamespace(file_id="f"))
    test = AppTest.from_function(script, args=arguments, default_timeout=30).run()
    assert not test.exception
    assert not test.error, "a question is no fault of the file"
    assert test.info
    [radio] = test.radio
    assert radio.value is None
    assert "1,5" in words(test)
    as_known, as_found = radio.proto.captions
    assert as_known.endswith("ne peut pas être lu ainsi" if language == "fr" else "cannot be read so")
    assert as_found == ("«\u00a01,5\u00a0» devient 1,5" if language == "fr" else "“1,5” is 1.5")
    radio.set_value("1234,5").run()
    assert not test.exception
    assert not test.error
    assert asked[-1] == {"decimal": ","}
    assert ("Écartées" if language == "fr" else "Left out") in words(test)
    assert "note" in words(test)
    missing = "Non repris dans le fichier avec les prédictions\u00a0: ligne d’unités" if language == "fr" else None
    assert (missing or "Not in the file with the predictions: row of units") in words(test)
