"""Responses of the API as objects."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tablee_client import Api, Service

Serve = Callable[[Callable[[httpx.Request], httpx.Response]], Service]


@pytest.mark.parametrize(("answer", "kind"), [("Adelie", str), ("1", str), (4012, float), (4012.5, float)])
def test_a_prediction_is_a_text_or_a_number(serve: Serve, answer: object, kind: type) -> None:
    body = {"model": "m", "version": 3, "prediction_id": "p", "predictions": [{"prediction": answer}], "warnings": []}
    found = Api(serve(lambda _: httpx.Response(200, json=body))).predict("m", {"a": 1})
    assert type(found.prediction.prediction) is kind
    assert found.prediction.probabilities == {}


def test_the_default_model_comes_first(serve: Serve) -> None:
    models = [
        {"name": name, "version": 1, "default": name == "b", "problem_type": "regression", "target": "t"}
        for name in ("a", "b")
    ]
    api = Api(serve(lambda _: httpx.Response(200, json={"models": models})))
    assert [model.name for model in api.models()] == ["b", "a"]
