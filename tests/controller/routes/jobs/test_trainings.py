"""Trainings over HTTP: asking, refusing, following, cancelling."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from repository import PENGUINS

from tablee.jobs.training import Phase, TrainingRequest
from tablee.recipes import Recipe
from tablee.recipes.fitted import FittedRecipe
from tablee.recipes.fitting import fit
from tablee.recipes.steps import ParseDate

REQUEST = {"dataset": "penguins", "target": "species"}


@pytest.fixture
def client(controller: Any) -> Any:
    assert controller.client.put("/datasets/penguins", content=PENGUINS.read_bytes()).status_code == 201
    return controller.client


def test_a_training_is_asked_for_and_started(client: Any, controller: Any, until: Any) -> None:
    answer = client.post("/trainings", json=REQUEST)
    state = answer.json()
    assert (answer.status_code, state["phase"]) == (202, "queued")
    newest = client.get("/datasets/penguins").json()["versions"][0]["version"]
    assert state["request"]["dataset_version"] == newest
    until(lambda: controller.runtime.trainings.started == [state["id"]])
    assert client.get(f"/trainings/{state['id']}").json() == state
    assert client.get("/trainings").json() == {"trainings": [state]}
    log = client.get(f"/trainings/{state['id']}/log", params={"tail": 2})
    assert log.headers["content-type"] == "text/plain; charset=utf-8"
    assert log.text == f"line 0 of {state['id']}\nline 1 of {state['id']}"


def test_the_version_stays_that_of_the_asking(client: Any, controller: Any) -> None:
    first = client.get("/datasets/penguins").json()["versions"][0]["version"]
    state = client.post("/trainings", json=REQUEST).json()
    client.put("/datasets/penguins", content=PENGUINS.read_bytes() + b"Adelie,Dream,40,18,190,4000,female,2009\n")
    assert client.get(f"/trainings/{state['id']}").json()["request"]["dataset_version"] == first
    named = client.post("/trainings", json=REQUEST | {"dataset_version": first})
    assert named.json()["request"]["dataset_version"] == first


def test_how_its_model_prepares_the_columns(client: Any, controller: Any) -> None:
    training_id = client.post("/trainings", json=REQUEST).json()["id"]
    address = f"/trainings/{training_id}/recipe"
    assert (client.get(address).status_code, client.get(address).json()["code"]) == (404, "not_found")
    recipe = fit(Recipe(steps=(ParseDate(column="d"),)), pl.DataFrame({"d": ["1/2/2024", "3 mars 2024"]}))
    controller.services.trainings.trainings.keep_recipe(training_id, recipe)
    assert FittedRecipe.model_validate(client.get(address).json()) == recipe
    controller.services.trainings.trainings.keep_recipe(training_id, None)
    assert (client.get(address).status_code, client.get(address).json()) == (200, None)
    assert client.get("/trainings/20260101-000000-abcdef/recipe").json()["code"] == "training_not_found"


def test_a_step_that_reads_pseudonyms_is_refused_before_anything_is_stored(client: Any) -> None:
    address = "/datasets/penguins/versions/latest/anonymise"
    actions = [{"kind": "pseudonym", "column": "island"}, {"kind": "mask", "column": "sex"}]
    assert client.post(address, json={"actions": actions}).status_code == 201
    for number, column in enumerate(("island", "sex"), 1):
        steps = [{"kind": "drop", "columns": ["year"]}] * (number - 1)
        recipe = {"steps": [*steps, {"kind": "clean_text", "column": column}]}
        problem = client.post("/trainings", json=REQUEST | {"recipe": recipe}).json()
        assert (problem["code"], problem["reason"], problem["hint_code"]) == (
            "invalid_recipe",
            "hidden_in_recipe",
            "hidden_in_recipe",
        )
        assert (problem["step"], problem["column"]) == (number, column)
    dropping = {"steps": [{"kind": "drop", "columns": ["island", "year"]}]}
    assert client.post("/trainings", json=REQUEST | {"recipe": dropping}).status_code == 202
    state = client.post("/trainings", json=REQUEST | {"target": "island"}).json()
    (remark,) = state["remarks"]
    assert [each["facts"]["column"] for each in remark["facts"]["columns"]] == ["sex"]
    assert client.get(f"/trainings/{state['id']}").json()["remarks"] == [remark]
    assert client.post("/trainings", json=REQUEST | {"target": "sex"}).json()["reason"] == "too_few_target_values"
    numbers = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "year"]
    problem = client.post("/trainings", json=REQUEST | {"ignored_columns": numbers}).json()
    assert problem["reason"] == "nothing_to_learn_from"


def test_cancelling(client: Any, controller: Any, until: Any) -> None:
    ids = [client.post("/trainings", json=REQUEST).json()["id"] for _ in range(2)]
    until(lambda: controller.runtime.trainings.started == ids[:1])
    answer = client.post(f"/trainings/{ids[1]}/cancel")
    assert (answer.status_code, answer.json()["phase"]) == (202, "cancelled")
    assert client.post(f"/trainings/{ids[1]}/cancel").json()["code"] == "training_ended"
    assert client.post(f"/trainings/{ids[0]}/cancel").status_code == 202
    assert controller.runtime.trainings.stopped == ids[:1]


def test_h2o_is_asked_for(client: Any) -> None:
    training_id = client.post("/trainings", json=REQUEST).json()["id"]
    answer = client.post(f"/trainings/{training_id}/h2o", json={})
    assert (answer.status_code, answer.json()) == (
        200,
        {"state": "ready", "nodes": 3, "ready": 3, "holder": training_id, "message": "as the test wants it"},
    )
    assert client.post(f"/trainings/{training_id}/h2o", json={"recycle": True}).json()["state"] == "recycling"
    assert client.post(f"/trainings/{training_id}/h2o", json={"nodes": 5}).json()["code"] == "invalid_request"
    assert client.post("/trainings/none/h2o", json={}).json()["code"] == "training_not_found"


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no target": ({"target": None}, "“target”: got nothing, expected a valid string"),
    "unknown target": ({"target": "spieces"}, "has no column “spieces”; its columns are species, island,"),
    "capitals count": ({"target": "Species"}, "has no column “Species”"),
    "unknown ignored column": ({"ignored_columns": ["age"]}, "“ignored_columns”: the data set “penguins” has no"),
    "target ignored": ({"ignored_columns": ["species"]}, "stands among the “ignored_columns” too"),
    "include and exclude": (
        {"include_algorithms": ["GBM"], "exclude_algorithms": ["GLM"]},
        "“include_algorithms” and “exclude_algorithms” do not go together",
    ),
    "unknown algorithm": ({"include_algorithms": ["SVM"]}, "“include_algorithms.0”: got 'SVM', expected GBM, DRF"),
    "regression on texts": ({"problem_type": "regression"}, "holds texts, not numbers"),
    "binary on three": ({"problem_type": "binary"}, "has 3 different values, not 2"),
    "multiclass on two": ({"target": "sex", "problem_type": "multiclass"}, "has only 2 different values"),
    "a metric of numbers for classes": ({"metric": "rmse"}, "“metric”: got 'rmse', expected auto, or logloss"),
    "a metric of two classes for three": ({"metric": "auc"}, "“metric”: got 'auc', expected auto, or logloss"),
    "budget too small": ({"max_seconds": 1}, "“max_seconds”: got 1, expected greater than or equal to 5"),
    "budget as text": ({"max_seconds": "soon"}, "“max_seconds”: got 'soon', expected a valid integer"),
    "unknown field": ({"budget": 60}, "there is no field “budget”"),
    "model name": ({"model": "My Model"}, "“model”: got 'My Model', expected"),
    "nothing left to learn from": (
        {"ignored_columns": PENGUINS.read_text().split("\n", 1)[0].split(",")[1:]},
        "no column is left to learn “species” from",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_request_that_does_not_fit(read_only_controller: Any, name: str) -> None:
    change, words = WRONG[name]
    answer = read_only_controller.client.post("/trainings", json=REQUEST | change)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert words in answer.json()["detail"]
    assert read_only_controller.client.get("/trainings").json() == {"trainings": []}


@pytest.mark.parametrize(
    ("change", "code"),
    [({"dataset": "none"}, "dataset_not_found"), ({"dataset_version": "0" * 12}, "dataset_not_found")],
)
def test_data_that_are_not_there(read_only_controller: Any, change: dict[str, str], code: str) -> None:
    answer = read_only_controller.client.post("/trainings", json=REQUEST | change)
    assert (answer.status_code, answer.json()["code"]) == (404, code)


@pytest.mark.parametrize("body", [b"{", b"", b"[]", b'{"dataset": NaN}', b"\xff\xfe"])
def test_a_body_that_is_no_request(read_only_controller: Any, body: bytes) -> None:
    answer = read_only_controller.client.post("/trainings", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/trainings/none", 404),
        ("GET", "/trainings/none/log", 404),
        ("POST", "/trainings/none/cancel", 404),
        ("GET", f"/trainings/{'a' * 300}", 422),
        ("GET", "/trainings/..%00", 422),
        ("GET", "/trainings?limit=0", 422),
    ],
)
def test_trainings_that_are_not_there(read_only_controller: Any, method: str, path: str, status: int) -> None:
    answer = read_only_controller.client.request(method, path)
    assert answer.status_code == status
    assert answer.json()["code"] in ("training_not_found", "invalid_request")


def test_the_list_comes_in_pages_that_lead_to_each_other(controller: Any) -> None:
    request = TrainingRequest(dataset="penguins", target="species")
    for number in range(3):
        controller.services.trainings.trainings.create(request, f"{number}", Phase.SUCCEEDED)
    first = controller.client.get("/trainings", params={"limit": 2})
    assert [each["id"] for each in first.json()["trainings"]] == ["2", "1"]
    assert list(first.json()) == ["trainings"]
    second = controller.client.get(first.url.join(first.links["next"]["url"]))
    assert [each["id"] for each in second.json()["trainings"]] == ["0"]
    assert "link" not in second.headers
    assert controller.client.get("/trainings", params={"cursor": "../x"}).status_code == 422
