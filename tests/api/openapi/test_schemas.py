"""The schemas of fixed JSON objects accept what the service sends, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tablee.errors import ModelNotFound
from tablee.models.validation.block import CellWarning, WarningCode
from tablee_api.openapi.schemas import MODELS, schemas
from tablee_scoring.explain import Explanation


def is_valid(name: str, body: dict[str, Any]) -> bool:
    return Draft202012Validator(schemas()[name]).is_valid(body)


def test_each_object_has_a_schema_without_titles_and_defaults() -> None:
    assert list(schemas()) == [model.__name__ for model in MODELS]
    for schema in schemas().values():
        assert schema.keys() == {"type", "properties", "required"}
        assert all(not {"title", "default"} & each.keys() for each in schema["properties"].values())


@pytest.mark.parametrize("value", [None, 3.5, "Atlantis"])
@pytest.mark.parametrize("code", WarningCode)
def test_a_warning_fits_its_schema(value: float | str | None, code: WarningCode) -> None:
    assert is_valid("CellWarning", CellWarning(1, "island", code, value).to_dict())


def test_a_warning_with_another_value_or_code_does_not_fit() -> None:
    warning = CellWarning(1, "island", WarningCode.UNSEEN, "Atlantis").to_dict()
    assert not is_valid("CellWarning", warning | {"value": ["Atlantis"]})
    assert not is_valid("CellWarning", warning | {"code": "another"})
    assert not is_valid("CellWarning", {name: each for name, each in warning.items() if name != "row"})


def test_an_error_fits_its_schema() -> None:
    problem = ModelNotFound("other_version", hint="leave_version_out", model="m", served=1, version=2).problem()
    assert is_valid("Problem", problem)
    assert not is_valid("Problem", problem | {"code": "another"})


@pytest.mark.parametrize("label", ["male", None])
@pytest.mark.parametrize("standard_error", [None, {"age": 0.1}])
def test_an_explanation_fits_its_schema(label: str | None, standard_error: dict[str, float] | None) -> None:
    made = Explanation("value", label, 0.5, {"age": 1.0}, "sampled_shapley", standard_error, 20).to_dict()
    assert is_valid("Explanation", made)
    assert not is_valid("Explanation", made | {"standard_error": 0.1})
    assert not is_valid("Explanation", {name: each for name, each in made.items() if name != "class"})
