"""The OpenAPI document is valid, describes what is served, and its examples work."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

openapi_spec_validator = pytest.importorskip("openapi_spec_validator", reason="pip install openapi-spec-validator")


@pytest.fixture(scope="module")
def document(api: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = api.get("/openapi.json").json()
    return found


def schema(document: dict[str, Any], name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document["components"]})


def test_it_is_valid(document: dict[str, Any]) -> None:
    openapi_spec_validator.validate(document)


def test_each_model_has_its_own_rows(document: dict[str, Any], bundles: dict[str, Any]) -> None:
    for name, made in bundles.items():
        assert f"/models/{name}/predict" in document["paths"]
        row = document["components"]["schemas"][f"{name}-row"]
        assert row["required"] == list(made.contract.names)
        assert made.trained.target in row["properties"]
    row = document["components"]["schemas"]["multiclass-gbm-row"]["properties"]
    assert row["island"]["enum"] == ["Biscoe", "Dream", "Torgersen", None]
    assert (row["bill_length_mm"]["minimum"], row["bill_length_mm"]["maximum"]) == (32.1, 59.6)


def test_its_examples_predict_and_answers_fit(
    api: httpx.Client, document: dict[str, Any], bundles: dict[str, Any]
) -> None:
    for path in [f"/models/{name}/predict" for name in bundles] + ["/predict"]:
        operation = document["paths"][path]["post"]
        content = operation["requestBody"]["content"]["application/json"]
        body = Draft202012Validator(content["schema"] | {"components": document["components"]})
        answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
        answers = Draft202012Validator(answer | {"components": document["components"]})
        for shown in content["examples"].values():
            body.validate(shown["value"])
            for query in ("", "?explain=true"):
                predicted = api.post(path + query, json=shown["value"])
                assert predicted.status_code == 200
                answers.validate(predicted.json())


def test_problems_fit_their_schema(api: httpx.Client, document: dict[str, Any]) -> None:
    for answer in (api.post("/predict", json={"rows": [1]}), api.get("/predict"), api.get("/nothing")):
        schema(document, "Problem").validate(answer.json())


def test_warnings_fit_their_schema(api: httpx.Client, document: dict[str, Any], bundles: dict[str, Any]) -> None:
    row = bundles["multiclass-gbm"].contract.examples[0] | {"island": "Atlantis", "year": 1, "sex": None}
    warnings = api.post("/predict", json={"row": row}).json()["warnings"]
    assert len(warnings) == 3
    for warning in warnings:
        schema(document, "CellWarning").validate(warning)


def test_the_page_is_there(api: httpx.Client) -> None:
    assert "text/html" in api.get("/docs").headers["content-type"]
