"""The page Train: start, progress, reload, cancel."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

import httpx
from chromium import choose
from playwright.sync_api import Page, expect

Open = Callable[..., Page]

LONG_MS = 240_000
"""A short training, on a busy machine."""


def start(page: Page, model: str) -> str:
    """Ask for a training of linear models on penguins, which takes seconds; returns its id."""
    choose(page, "What should be predicted?", "species")
    expect(page.get_by_text("which of 3 classes “species” is")).to_be_visible()
    page.get_by_test_id("stButtonGroup").get_by_text("Models", exact=True).click()  # the sidebar has a link "Models"
    slider = page.get_by_role("slider")
    expect(page.get_by_text("At most this many models")).to_be_visible()
    slider.press("Home")
    page.get_by_text("More choices").click()
    page.get_by_role("textbox", name="Name of the model").fill(model)
    page.get_by_role("textbox", name="Name of the model").press("Enter")
    choose(page, "Only these methods", "Linear model (GLM)")
    page.get_by_role("combobox", name="Only these methods").press("Tab")  # Escape would clear a list that is closed
    expect(page.get_by_role("button", name="Remove Linear model (GLM)")).to_be_visible()
    page.get_by_role("button", name="Start the training").click()
    expect(page).to_have_url(re.compile(r"training="))
    found = re.search(r"training=([\w-]+)", page.url)
    assert found
    return found[1]


def test_a_training_is_watched_to_its_end(open_page: Open, stack: Any) -> None:
    model = f"birds-{secrets.token_hex(3)}"
    page = open_page("/train?dataset=penguins")
    training = start(page, model)
    expect(page.get_by_text("step 4 of 6")).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_text("Models tried")).to_be_visible()
    expect(page.get_by_text("Leaderboard")).to_be_visible(timeout=LONG_MS)

    other = open_page(f"/train?training={training}", locale="fr-FR")  # somebody else, by the link
    expect(other.get_by_text(f"{model}\u00a0: prédire «\u00a0species\u00a0»")).to_be_visible()

    page.reload()
    expect(page.get_by_text("has its first model")).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_text("What was checked before it may serve")).to_be_visible()
    state = httpx.get(f"{stack.controller_url}/trainings/{training}").raise_for_status().json()
    assert state["request"] | {"model": model, "max_models": 3, "include_algorithms": ["GLM"]} == state["request"]
    assert state["promoted"] is True

    page.get_by_role("link", name="See all versions of this model").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Models")
    expect(page.get_by_role("combobox", name="Model")).to_have_value(model)
    expect(page.get_by_text("passed the checks of its training")).to_be_visible()


def test_a_training_can_be_cancelled(open_page: Open, stack: Any) -> None:
    page = open_page("/train?dataset=penguins")
    training = start(page, f"never-{secrets.token_hex(3)}")
    page.get_by_role("button", name="Cancel this training").click()
    expect(page.get_by_text("This training was cancelled.")).to_be_visible(timeout=LONG_MS)
    assert httpx.get(f"{stack.controller_url}/trainings/{training}").json()["phase"] == "cancelled"


def test_an_unknown_training_has_a_message(open_page: Open) -> None:
    page = open_page("/train?training=20200101-000000-ffffff", locale="fr-FR")
    expect(page.get_by_text("Cet entraînement n’existe pas.")).to_be_visible()
