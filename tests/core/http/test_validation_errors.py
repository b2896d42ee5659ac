"""Messages for invalid requests."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tablee.http.validation_errors import request_error


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")
    seconds: int = Field(ge=5)
    names: list[str] = []


def detail(value: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        Order.model_validate(value)
    return request_error(caught.value.errors()).detail


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"seconds": 1}, "«seconds»: got 1, expected greater than or equal to 5"),
        ({}, "«seconds» is missing"),
        ({"seconds": 5, "hours": 1}, "there is no field «hours»"),
        ({"seconds": 5, "names": ["a", 3]}, "«names.1»: got 3, expected a valid string"),
        ({"seconds": "x" * 500}, "expected a valid integer"),
    ],
)
def test_a_fault_names_field_value_and_expectation(value: Any, sentence: str) -> None:
    assert sentence in detail(value)
    assert len(detail(value)) < 250


def test_further_faults_are_counted() -> None:
    assert detail({"seconds": 5, "names": list(range(9))}).endswith("(and 4 more)")


def test_a_body_that_is_not_json_is_malformed() -> None:
    fault = {"type": "json_invalid", "loc": ("body", 7), "msg": "JSON decode error", "ctx": {"error": "Expecting ','"}}
    error = request_error([fault])
    assert (error.status, error.detail) == (
        400,
        "the body is not JSON: a comma or the closing bracket is expected at character 7",
    )
