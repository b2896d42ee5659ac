"""The page Prepare: from the proposed recipe to a training with it, and a prediction of French texts."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from typing import Any

import french
import httpx
import pytest
from chromium import choose
from playwright.sync_api import Page, expect

Open = Callable[..., Page]

LONG_MS = 240_000
"""A short training, on a busy machine."""


@pytest.fixture
def invoices(stack: Any) -> str:
    """A data set with French dates and amounts as texts."""
    name = f"factures-{secrets.token_hex(3)}"
    table = french.french(300).write_csv().encode()
    headers = {"content-type": "text/csv"}
    httpx.put(f"{stack.controller_url}/datasets/{name}", content=table, headers=headers).raise_for_status()
    return name


def kept(stack: Any, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{stack.controller_url}/datasets/{name}/recipes").json()["recipes"]
    return found


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG_MS / 1000
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.5)  # between two questions, not for an answer


def test_a_proposed_recipe_is_changed_seen_and_kept(open_page: Open, stack: Any, invoices: str) -> None:
    page = open_page(f"/prepare?dataset={invoices}&target=payé", locale="fr-FR")
    expect(page.get_by_text("comme une date, l’année en premier")).to_be_visible()
    expect(page.get_by_text("textes différents sur").first).to_be_visible()
    expect(page.get_by_text("avec une virgule décimale et l’unité €")).to_be_visible()

    choose(page, "Ajouter une étape", "Calculer avec une formule")
    page.get_by_role("textbox", name="Nom de la nouvelle colonne").fill("par an")
    page.get_by_role("textbox", name="Formule").fill("montant / âge")
    page.get_by_role("button", name="Ajouter cette étape").click()
    expect(page.get_by_text("Calculer la nouvelle colonne «\u00a0par an\u00a0»")).to_be_visible()
    expect(page.get_by_text("pas encore gardée")).to_be_visible()

    page.get_by_role("button", name="Supprimer", exact=True).nth(3).click()  # montant is a text again
    expect(page.get_by_text("«\u00a0montant\u00a0» est de type «\u00a0texte\u00a0»")).to_be_visible()
    expect(page.get_by_text("la formule attend le type «\u00a0nombre\u00a0»")).to_be_visible()
    page.get_by_role("button", name="Supprimer", exact=True).nth(4).click()
    expect(page.get_by_text("Calculer la nouvelle colonne")).to_have_count(0)

    page.get_by_role("button", name="Garder", exact=True).click()
    page.get_by_role("textbox", name="Note").fill("sans montant")
    page.get_by_role("button", name="Garder cette recette").click()
    expect(page.get_by_text("La recette est gardée")).to_be_visible()
    (saved,) = kept(stack, invoices)
    assert saved["note"] == "sans montant"
    assert [step["kind"] for step in saved["recipe"]["steps"]] == ["parse_date", "date_parts", "missing", "clean_text"]
    expect(page).to_have_url(re.compile(f"recipe={saved['version']}"))

    page.reload()
    expect(page.get_by_text(f"C’est la recette {saved['version']}")).to_be_visible()
    expect(page.get_by_text("Unifier l’écriture de «\u00a0ville\u00a0»")).to_be_visible()
    expect(page.get_by_text("avec une virgule décimale")).to_have_count(0)


def test_a_model_trained_with_a_recipe_reads_what_people_write(open_page: Open, stack: Any, invoices: str) -> None:
    page = open_page(f"/prepare?dataset={invoices}")
    expect(page.get_by_text("as a date, year first")).to_be_visible()
    page.get_by_role("button", name="Train with this recipe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Train")
    expect(page).to_have_url(re.compile("recipe="))
    (saved,) = kept(stack, invoices)
    expect(page.get_by_role("combobox", name="How are the columns prepared?")).to_have_value(
        re.compile(f"^Recipe {saved['version']}")
    )
    choose(page, "What should be predicted?", "payé")
    expect(page.get_by_text("which of two “payé” is")).to_be_visible()
    page.get_by_role("slider").press("Home")
    expect(page.get_by_test_id("stSliderThumbValue")).to_have_text("30\u00a0s")
    page.get_by_role("button", name="Start the training").click()
    expect(page).to_have_url(re.compile("training="))
    expect(page.get_by_text("has its first model")).to_be_visible(timeout=LONG_MS)
    training = re.search(r"training=([\w-]+)", page.url)
    assert training
    state = httpx.get(f"{stack.controller_url}/trainings/{training[1]}").json()
    assert state["request"]["recipe"]["steps"] == saved["recipe"]["steps"]

    until(lambda: httpx.get(f"{stack.api_url}/models/{invoices}").status_code == 200)
    page.get_by_role("link", name="See all versions of this model").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Models")
    page.get_by_text("Show how its columns are prepared").click()
    expect(page.get_by_text("Read “montant” as a number, with a decimal comma and the unit €")).to_be_visible()

    asked = open_page(f"/predict?model={invoices}", locale="fr-FR")
    for column, value in (("date de facture", "24 décembre 2024"), ("montant", "12 345,60 €")):
        field = asked.get_by_label(column, exact=True)
        field.fill(value)
        field.press("Enter")
        expect(asked.get_by_text(value).first).to_be_visible()
    expect(asked.get_by_role("heading", name="payé\u00a0: oui")).to_be_visible()
    expect(asked.get_by_text("montant = 12 345,60 €")).to_be_visible()
