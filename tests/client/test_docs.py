"""docs/client.md: its programs import what exists and call methods with parameters that these have."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from repository import DOCS

from tablee_client import Api, Controller, Service

PROGRAMS = re.findall(r"```python\n(.*?)```", (DOCS / "client.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def services() -> Iterator[dict[str, Any]]:
    """What `platform.controller` and `platform.api` are; nothing is sent."""
    service = Service("controller", "http://127.0.0.1:9")
    yield {"controller": Controller(service), "api": Api(service)}
    service.close()


def calls(program: str) -> list[tuple[list[str], ast.Call]]:
    """The calls of methods below `platform`: the path of attributes, and the call."""
    found = []
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.Call):
            path = ast.unparse(node.func).split(".")
            if path[0] == "platform" and all(part.isidentifier() for part in path):
                found.append((path[1:], node))
    return found


@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_the_imports_of_a_program_work(program: str) -> None:
    imports = [node for node in ast.parse(program).body if isinstance(node, ast.ImportFrom)]
    assert len(imports) >= 3
    for node in imports:
        module = importlib.import_module(node.module or "")
        assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == []


@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_the_calls_of_a_program_fit_the_client(program: str, services: dict[str, Any]) -> None:
    assert calls(program)
    for (name, *path), call in calls(program):
        method = services[name]
        for attribute in path:
            method = getattr(method, attribute, None)
        assert callable(method), ast.unparse(call)
        arguments = {keyword.arg or "": None for keyword in call.keywords}
        inspect.signature(method).bind(*call.args, **arguments)


def test_the_objects_that_the_page_lists_are_those_of_the_client(services: dict[str, Any]) -> None:
    page = (DOCS / "client.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`platform\.controller\.(\w+)`", page))
    assert listed == {name for name in vars(services["controller"]) if name != "service"}
