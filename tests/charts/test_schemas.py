"""Every object is valid in three versions of Kubernetes, field by field."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from charts.chart import Object, key_of
from jsonschema import Draft7Validator

SCHEMAS = Path(__file__).parent / "schemas"
VERSIONS = sorted(path.stem for path in SCHEMAS.glob("kubernetes-*.json"))


@cache
def read(name: str) -> Any:
    return json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))


def test_three_versions_are_there() -> None:
    assert len(VERSIONS) == 3


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_valid(objects: tuple[Object, ...], version: str) -> None:
    assert [fault for each in objects for fault in faults(each, version)] == []


def faults(each: Object, version: str) -> list[str]:
    kind = f"{each['apiVersion']}/{each['kind']}"
    schemas = [read(name) for name in (version, "operators")]
    schema = next((found for found in schemas if kind in found["kinds"]), None)
    if schema is None:
        return [f"{key_of(each)}: no schema of {kind}: add it to schemas/cut.py"]
    validator = Draft7Validator({**schema["kinds"][kind], "definitions": schema["definitions"]})
    return [f"{key_of(each)}: {error.json_path}: {error.message[:200]}" for error in validator.iter_errors(each)]


def test_a_wrong_field_is_found() -> None:
    wrong = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"prots": [], "type": 3}}
    assert len(faults(wrong, VERSIONS[0])) == 2
