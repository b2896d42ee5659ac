"""All pages: links, labels, language, and the page Home."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]

TITLES = {
    "/": ("Welcome to Tablée", "Bienvenue à la Tablée"),
    "/data": ("Data", "Données"),
    "/prepare": ("Prepare", "Préparer"),
    "/train": ("Train", "Entraîner"),
    "/predict": ("Predict", "Prédire"),
    "/models": ("Models", "Modèles"),
}


@pytest.mark.parametrize("path", TITLES)
def test_every_page_can_be_linked_to(open_page: Open, path: str) -> None:
    page = open_page(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLES[path][0])
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("path", TITLES)
def test_every_field_has_a_label(open_page: Open, path: str) -> None:
    page = open_page(path, locale="fr-FR")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLES[path][1])
    nameless = (
        page.locator("main, section")
        .locator("input:visible, select:visible, textarea:visible")
        .evaluate_all(
            "found => found.filter(e => !e.ariaLabel && !e.labels?.length && !e.getAttribute('aria-labelledby')).length"
        )
    )
    assert nameless == 0


def test_home_shows_what_serves(open_page: Open, stack: Any) -> None:
    page = open_page("/")
    expect(page.get_by_text("penguins · version")).to_be_visible()
    expect(page.locator(".stMarkdownBadge", has_text=re.compile(r"\bup$"))).to_have_count(3)
    page.get_by_role("button", name="Go to predictions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Predict")


def test_a_page_has_the_browsers_language(open_page: Open) -> None:
    page = open_page("/data", locale="fr-CA")
    expect(page.get_by_role("heading", level=1)).to_have_text("Données")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    assert "lang=" not in page.url


def test_a_chosen_language_stays(open_page: Open) -> None:
    page = open_page("/", locale="en-GB")
    page.get_by_text("Français", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bienvenue à la Tablée")
    expect(page).to_have_url(re.compile(r"lang=fr"))
    page.get_by_role("link", name="Entraîner", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Entraîner")
    expect(page).to_have_url(re.compile(r"/train\?.*lang=fr"))
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Entraîner")
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Train")


def test_a_link_carries_its_language(open_page: Open) -> None:
    page = open_page("/models?lang=fr", locale="en-US")
    expect(page.get_by_role("heading", level=1)).to_have_text("Modèles")
