"""Recipes over HTTP: proposed, previewed, saved; and trainings that ask for one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from french import write

from tablee.errors import TableeError
from tablee.i18n.translator import Translator

STEPS = [
    {"kind": "parse_date", "column": "date de facture"},
    {"kind": "date_parts", "column": "date de facture", "parts": ["month"]},
]


@pytest.fixture
def client(controller: Any, tmp_path: Path) -> Any:
    content = write(tmp_path / "factures.csv").read_bytes()
    assert controller.client.put("/datasets/factures", content=content).status_code == 201
    return controller.client


def test_a_proposal_and_its_preview(client: Any) -> None:
    found = client.get("/datasets/factures/versions/latest/recipe", params={"target": "payé"}).json()
    kinds = [step["kind"] for step in found["recipe"]["steps"]]
    assert kinds == ["parse_date", "date_parts", "missing", "parse_number", "clean_text"]
    assert found["reasons"][0] == {
        "column": "date de facture",
        "reason": "date_as_text",
        "texts": found["reasons"][0]["texts"],
        "of": found["reasons"][0]["of"],
        "examples": found["reasons"][0]["examples"],
        "decision": None,
        "otherwise": {},
    }
    wish = {"recipe": found["recipe"], "target": "payé", "rows": 5}
    shown = client.post("/datasets/factures/versions/latest/recipe/preview", json=wish).json()
    assert shown["faults"] == []
    assert shown["rows"] == 400
    assert len(shown["before"]["rows"]) == len(shown["after"]["rows"]) == 5
    assert "payé" not in shown["after"]["columns"]
    assert isinstance(shown["after"]["rows"][0]["montant"], float)
    sources = {feature["name"]: feature["sources"] for feature in shown["features"]}
    assert sources["date de facture.month"] == ["date de facture"]


def test_masked_columns_and_pseudonyms_are_not_read(client: Any) -> None:
    actions = [{"kind": "pseudonym", "column": "ville"}, {"kind": "mask", "column": "date de facture"}]
    assert client.post("/datasets/factures/versions/latest/anonymise", json={"actions": actions}).status_code == 201
    found = client.get("/datasets/factures/versions/latest/recipe", params={"target": "payé"}).json()
    assert not {"ville", "date de facture"} & {step.get("column") for step in found["recipe"]["steps"]}
    steps = [{"kind": "drop", "columns": ["ville"]}, {"kind": "clean_text", "column": "ville"}]
    wish = {"recipe": {"steps": steps}, "target": "payé", "rows": 1}
    shown = client.post("/datasets/factures/versions/latest/recipe/preview", json=wish).json()
    (fault,) = shown["faults"]
    assert (fault["step"], fault["column"], fault["message"]["reason"]) == (2, "ville", "hidden_in_recipe")
    assert "ville" not in shown["after"]["columns"]
    assert shown["left_out_reasons"]["ville"] == "pseudonyms"
    assert shown["left_out_reasons"]["date de facture"] == "masked"
    saved = client.post("/datasets/factures/recipes", json={"recipe": {"steps": steps[1:]}})
    assert (saved.status_code, saved.json()["reason"]) == (422, "hidden_in_recipe")


def test_a_preview_names_the_wrong_steps(client: Any) -> None:
    steps = [*STEPS, {"kind": "cap", "column": "âge"}, {"kind": "log", "column": "ville"}]
    wish = {"recipe": {"steps": steps}, "rows": 1}
    shown = client.post("/datasets/factures/versions/latest/recipe/preview", json=wish).json()
    (fault,) = shown["faults"]
    assert (fault["step"], fault["column"]) == (4, "ville")
    assert fault["detail"] == fault["message"]["detail"] == "“ville” is a text here, expected a number"
    assert "«\u00a0ville\u00a0»" in TableeError.from_problem(fault["message"]).said(Translator("fr"))
    assert set(shown["learnt"]) == {"3"}
    assert shown["after"]["rows"][0]["date de facture.month"] in range(1, 13)


def test_recipes_are_saved_in_versions(client: Any) -> None:
    keeping = {"recipe": {"steps": STEPS}, "note": "months only"}
    answer = client.post("/datasets/factures/recipes", json=keeping)
    assert answer.status_code == 201
    saved = answer.json()
    assert client.post("/datasets/factures/recipes", json=keeping | {"note": "again"}).json() == saved
    assert client.get(f"/datasets/factures/recipes/{saved['version']}").json() == saved
    assert client.get("/datasets/factures/recipes").json() == {"recipes": [saved]}
    assert [manifest["name"] for manifest in client.get("/datasets").json()["datasets"]] == ["factures"]
    assert client.get("/datasets/factures/recipes/none").status_code == 404
    assert client.get("/datasets/nowhere/recipes").json()["code"] == "dataset_not_found"
    wrong = client.post("/datasets/factures/recipes", json={"recipe": {"steps": [{"kind": "log", "column": "ville"}]}})
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["step"]) == (422, "invalid_recipe", 1)


@pytest.mark.parametrize(
    ("step", "code", "words"),
    [
        ({"kind": "log", "column": "ville"}, "invalid_recipe", "step 1: “ville” is a text here, expected a number"),
        ({"kind": "log", "column": "payé"}, "invalid_recipe", "step 1: there is no column “payé”"),
        ({"kind": "formula", "to": "f", "expression": "__import__('os')"}, "invalid_request", "is not allowed"),
        ({"kind": "formula", "to": "f", "expression": "âge +"}, "invalid_request", "cannot be read"),
        ({"kind": "magic", "column": "ville"}, "invalid_request", "magic"),
        ({"kind": "drop", "columns": ["ville"], "why": "so"}, "invalid_request", "why"),
    ],
)
def test_a_training_with_a_wrong_recipe_is_refused(client: Any, step: dict[str, Any], code: str, words: str) -> None:
    answer = client.post("/trainings", json={"dataset": "factures", "target": "payé", "recipe": {"steps": [step]}})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert words in answer.json()["detail"]
    assert client.get("/trainings").json() == {"trainings": []}


def test_a_training_with_a_recipe(client: Any) -> None:
    request = {"dataset": "factures", "target": "payé", "recipe": {"steps": STEPS}}
    answer = client.post("/trainings", json=request)
    assert answer.status_code == 202
    assert [step["kind"] for step in answer.json()["request"]["recipe"]["steps"]] == ["parse_date", "date_parts"]
    assert client.post("/trainings", json={**request, "recipe": "none"}).json()["request"]["recipe"] == "none"
    assert client.post("/trainings", json={**request, "recipe": "some"}).status_code == 422
