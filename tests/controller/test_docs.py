"""docs/controller.md has all routes, and examples that can be called."""

from __future__ import annotations

import re
from typing import Any

import pytest
from repository import ROOT

PAGE = (ROOT / "docs" / "controller.md").read_text(encoding="utf-8")


def routes(controller: Any) -> set[str]:
    paths = controller.client.get("/openapi.json").json()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_the_page_has_exactly_the_routes_of_the_app(read_only_controller: Any) -> None:
    assert set(re.findall(r"\*\*`([A-Z]+ /[^`]*)`\*\*", PAGE)) == routes(read_only_controller)


def test_the_api_documentation_loads_nothing_from_other_hosts(read_only_controller: Any) -> None:
    loaded = re.findall(r'(?:src|href)="([^"]+)"', read_only_controller.client.get("/docs").text)
    assert len(loaded) >= 3
    assert [address for address in loaded if read_only_controller.client.get(address).status_code != 200] == []


def test_every_example_calls_a_route(read_only_controller: Any) -> None:
    known = {re.sub(r"\{\w+\}", "[^/]+", route.partition(" ")[2]) for route in routes(read_only_controller)}
    called = re.findall(r'"\$URL(/[^"?]*)', PAGE)
    assert len(called) >= 18
    assert [path for path in called if not any(re.fullmatch(pattern, path) for pattern in known)] == []


@pytest.mark.parametrize("command", re.findall(r"^curl \"\$URL(/[^\"]*)\"$", PAGE, re.MULTILINE))
def test_examples_of_get_requests_are_answered(read_only_controller: Any, command: str) -> None:
    missing = "abc123" in command or command.endswith("/models/penguins")
    assert read_only_controller.client.get(command).status_code == (404 if missing else 200)
