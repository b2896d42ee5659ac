"""The page Models: a person promotes a version, and rolls back."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]

LONG_SECONDS = 240


@pytest.fixture
def model(stack: Any) -> str:
    """A model with two versions, of which the first serves: the second, whose recipe changes nothing, is no better."""
    name = f"twice-{secrets.token_hex(3)}"
    request = {
        "dataset": "penguins",
        "target": "species",
        "model": name,
        "max_models": 1,
        "include_algorithms": ["GLM"],
        "seed": 1,
    }
    with httpx.Client(base_url=stack.controller_url, trust_env=False, timeout=30) as controller:
        for recipe in ("none", {"steps": [{"kind": "cap", "column": "year", "low": 2000, "high": 2020}]}):
            asked = controller.post("/trainings", json=request | {"recipe": recipe}).raise_for_status()
            training = asked.json()["id"]
            until(lambda training=training: controller.get(f"/trainings/{training}").json()["phase"] == "succeeded")
        until(lambda: controller.get(f"/models/{name}").json()["serving"] == 1)
    return name


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.5)  # between two questions, not for an answer


def test_a_person_promotes_a_version_and_rolls_back(open_page: Open, stack: Any, model: str) -> None:
    page = open_page(f"/models?model={model}")
    switches = page.get_by_text("Show how its columns are prepared")
    expect(switches).to_have_count(2)
    switches.first.click()
    expect(page.get_by_text("Limit “year”: nothing below 2,000 and nothing above 2,020")).to_be_visible()
    switches.last.click()
    expect(page.get_by_text("It reads the columns as they are, without any step.")).to_be_visible()
    page.get_by_role("button", name="Promote").click()
    page.get_by_role("button", name="Make it the champion").click()
    expect(page.get_by_text("Please say who you are and why")).to_be_visible()
    page.get_by_label("Your name").last.fill("Ana")
    page.get_by_label("Why?").last.fill("a trial")
    page.get_by_role("button", name="Make it the champion").click()
    expect(page.get_by_text("Version 2 is the champion now")).to_be_visible()
    expect(page.get_by_text("a trial")).to_be_visible()

    def serving() -> int:
        found: int = httpx.get(f"{stack.controller_url}/models/{model}", trust_env=False).json()["serving"]
        return found

    until(lambda: serving() == 2)
    page.reload()
    page.get_by_role("button", name="Roll back").click()
    page.get_by_label("Your name").last.fill("Ana")
    page.get_by_label("Why?").last.fill("the trial is over")
    page.get_by_role("button", name="Go back to it").click()
    expect(page.get_by_text("Version 1 is the champion now")).to_be_visible()
    until(lambda: serving() == 1)
    history = httpx.get(f"{stack.controller_url}/models/{model}", trust_env=False).json()["promotions"]
    assert [(record["kind"], record["by"], record["version"]) for record in history[:2]] == [
        ("rollback", "Ana", 1),
        ("person", "Ana", 2),
    ]
