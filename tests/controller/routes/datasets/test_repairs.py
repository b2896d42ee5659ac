"""Repairs over HTTP: every warning of a profile is resolved by its action."""

from __future__ import annotations

import csv
import io
import random
from typing import Any

import pytest

from tablee.datasets.profile import WarningCode

N = 400
STEPS = ("parse_numbers", "parse_dates", "group_rare_levels")


def table() -> bytes:
    """A table with every fault that a profile warns of."""
    draw = random.Random(7)
    rows = []
    for n in range(N):
        town = f"town {draw.randrange(70)}"
        answer = "yes" if n % 40 == 0 else "perhaps" if n in (3, 9) else "no"
        months = ["janvier", "mars", "avril"][n % 3]
        row = {
            "client": f"C{n:05}",
            "country": "France",
            "fax": n % 7 if n % 5 == 0 else "",
            "age": n % 60,
            "months": 12 * (n % 60),
            "since": f"{n % 28 + 1} {months} 2024" if n % 50 else "bientôt",
            "price": f"{n % 90},{n % 7 + 10} €",
            "paid": f"{n % 90 + 0.5} {'€$'[n % 2]}",
            "weight": f"{n % 80 + 0.5} {('kg', 'lb')[n % 2]}",
            "rate": f"{n % 90 + 0.5}%" if n % 2 else f"{n % 90 / 100 + 0.005:.3f}",
            "dose": f"<{n % 90 + 0.5}" if n % 3 else f"{n % 90 + 0.25}",
            "town": town,
            "hint": answer.upper(),
            "answer": answer,
        }
        rows += [row, row] if n < 2 else [row]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@pytest.fixture
def client(controller: Any) -> Any:
    assert controller.client.put("/datasets/faults", content=table()).status_code == 201
    return controller.client


def resolve(client: Any, warning: dict[str, Any], target: str) -> str:
    """Carry out the action of a warning; return what it changes: a training, a recipe or a version."""
    action, kind = warning["action"], warning["action"]["kind"]
    if kind in ("drop_columns", "rank_by"):
        more = {"ignored_columns": action["columns"]} if kind == "drop_columns" else {"metric": action["metric"]}
        answer = client.post("/trainings", json={"dataset": "faults", "target": target} | more)
        assert answer.status_code == 202, answer.text
        return "training"
    if kind in STEPS and action["step"]["column"] != target:
        wish = {"recipe": {"steps": [action["step"]]}, "target": target}
        shown = client.post("/datasets/faults/versions/latest/recipe/preview", json=wish).json()
        assert shown["faults"] == []
        assert client.post("/datasets/faults/recipes", json={"recipe": wish["recipe"]}).status_code == 201
        return "recipe"
    version = client.get("/datasets/faults").json()["versions"][-1]["version"]
    answer = client.post(f"/datasets/faults/versions/{version}/mend", json={"action": action, "by": "ana"})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["mended"][0]["source"], made["mended"][0]["action"], made["by"]) == (version, action, "ana")
    after = client.get(f"/datasets/faults/versions/{made['version']}/profile", params={"target": target}).json()
    assert warning["code"] not in [each["code"] for each in after["warnings"] if each["columns"] == warning["columns"]]
    return "version"


def test_each_warning_is_resolved_by_its_action(client: Any) -> None:
    asked = {"target": "answer"}
    warnings = client.get("/datasets/faults/versions/latest/profile", params=asked).json()["warnings"]
    assert {each["code"] for each in warnings} == set(WarningCode), "the table has every fault"
    done = {(each["code"], resolve(client, each, "answer")) for each in warnings}
    recipe = {
        WarningCode.DATE_AS_TEXT,
        WarningCode.NUMBER_AS_TEXT,
        WarningCode.MANY_LEVELS,
        WarningCode.MIXED_PERCENT,
    }
    version = {WarningCode.DUPLICATE_ROWS, WarningCode.FEW_ROWS}
    places = {"recipe": recipe, "version": version, "training": set(WarningCode) - recipe - version}
    assert done == {(code, place) for place, codes in places.items() for code in codes}


def test_a_target_that_is_a_text_becomes_a_number(client: Any) -> None:
    warnings = client.get("/datasets/faults/versions/latest/profile", params={"target": "price"}).json()["warnings"]
    (warning,) = [each for each in warnings if each["columns"] == ["price"]]
    assert (warning["code"], resolve(client, warning, "price")) == ("number_as_text", "version")
    rows = client.get("/datasets/faults/versions/latest/rows", params={"limit": 1}).json()["rows"]
    assert rows[0]["price"] == 0.1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"action": {"kind": "drop_columns", "columns": ["age"]}}, 422, "invalid_request"),
        ({"action": {"kind": "parse_dates", "step": {"column": "nobody"}}}, 422, "invalid_recipe"),
        ({"action": {"kind": "parse_dates", "step": {"column": "since", "to": "other"}}}, 422, "invalid_request"),
        ({"action": {"kind": "parse_numbers", "step": {"column": "country"}}}, 422, "invalid_request"),
        ({}, 422, "invalid_request"),
    ],
)
def test_a_refused_repair_stores_nothing(client: Any, body: Any, status: int, code: str) -> None:
    answer = client.post("/datasets/faults/versions/latest/mend", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert len(client.get("/datasets/faults").json()["versions"]) == 1


def test_a_missing_version_is_not_found(read_only_controller: Any) -> None:
    answer = read_only_controller.client.post(
        "/datasets/none/versions/latest/mend", json={"action": {"kind": "drop_duplicate_rows"}}
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "dataset_not_found")
