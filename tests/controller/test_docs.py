"""The page on the controller names every route, and no route that is gone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from repository import ROOT

PAGE = (ROOT / "docs" / "controller.md").read_text(encoding="utf-8")


def routes(house: Any) -> set[str]:
    paths = house.client.get("/openapi.json").json()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_the_page_names_the_routes_there_are(still_house: Any) -> None:
    assert set(re.findall(r"\*\*`([A-Z]+ /[^`]*)`\*\*", PAGE)) == routes(still_house)


def test_the_page_of_the_routes_needs_no_other_host(still_house: Any) -> None:
    loaded = re.findall(r'(?:src|href)="([^"]+)"', still_house.client.get("/docs").text)
    assert len(loaded) >= 3
    assert [address for address in loaded if still_house.client.get(address).status_code != 200] == []


def test_every_example_calls_a_route(still_house: Any) -> None:
    known = {re.sub(r"\{\w+\}", "[^/]+", route.partition(" ")[2]) for route in routes(still_house)}
    called = re.findall(r'"\$URL(/[^"?]*)', PAGE)
    assert len(called) >= 18
    assert [path for path in called if not any(re.fullmatch(pattern, path) for pattern in known)] == []


@pytest.mark.parametrize("command", re.findall(r"^curl \"\$URL(/[^\"]*)\"$", PAGE, re.MULTILINE))
def test_examples_that_only_look_can_be_followed(still_house: Any, command: str) -> None:
    missing = "abc123" in command or command.endswith("/models/penguins")
    assert still_house.client.get(command).status_code == (404 if missing else 200)
