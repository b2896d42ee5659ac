"""Messages for invalid requests."""

from __future__ import annotations

import re
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from repository import ROOT

from tablee.datasets.names import NAME
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
        ({"seconds": 1}, "“seconds”: got 1, expected greater than or equal to 5"),
        ({}, "“seconds” is missing"),
        ({"seconds": 5, "hours": 1}, "there is no field “hours”"),
        ({"seconds": 5, "names": ["a", 3]}, "“names.1”: got 3, expected a valid string"),
        ({"seconds": "x" * 500}, "expected a valid integer"),
    ],
)
def test_a_fault_names_field_value_and_expectation(value: Any, sentence: str) -> None:
    assert sentence in detail(value)
    assert len(detail(value)) < 250


def test_further_faults_are_counted() -> None:
    assert detail({"seconds": 5, "names": list(range(9))}).endswith("(and 4 more)")


def test_a_parameter_that_is_not_json_is_named() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Order).validate_json("x")
    error = request_error([each | {"loc": ("options", *each["loc"])} for each in caught.value.errors()])
    assert (error.status, error.detail) == (422, "“options” is not JSON: a value is expected")
    assert "options=" in error.hint


def test_signs_to_choose_from_stand_in_quotation_marks() -> None:
    class Signs(BaseModel):
        decimal: Literal[".", ","]
        unit: Literal["day", "month"]

    with pytest.raises(ValidationError) as caught:
        Signs.model_validate({"decimal": ";", "unit": "hour"})
    assert request_error(caught.value.errors()).detail == (
        "“decimal”: got ';', expected '.', ','; “unit”: got 'hour', expected day, month"
    )


def test_no_one_reads_a_regular_expression() -> None:
    """Each pattern of the sources has a description in words."""
    sources = [path for path in ROOT.glob("*/*/src/**/*.py") if path.name != "unfit.py"]
    found = {
        match[1] for path in sources for match in re.finditer(r'[(, ]pattern=r"((?:[^"\\]|\\.)*)"', path.read_text())
    }
    assert len(found) >= 6
    for pattern in found | {NAME}:
        fault = {"type": "string_pattern_mismatch", "loc": ("x",), "input": "?", "ctx": {"pattern": pattern}}
        assert pattern not in request_error([fault]).detail


def test_a_body_that_is_not_json_is_malformed() -> None:
    fault = {"type": "json_invalid", "loc": ("body", 7), "msg": "JSON decode error", "ctx": {"error": "Expecting ','"}}
    error = request_error([fault])
    assert (error.status, error.detail) == (
        400,
        "the body is not JSON: a comma or the closing bracket is expected at character 7",
    )
