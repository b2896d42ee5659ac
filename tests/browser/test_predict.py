"""The page Predict shows what the API answers, for one row and for files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from chromium import attach, choose
from french import rewritten, shares
from playwright.sync_api import FilePayload, Page, expect
from repository import PENGUINS

from tablee.i18n import Formatter

Open = Callable[..., Page]

FRENCH = Formatter("fr")


@pytest.fixture
def example(stack: Any) -> dict[str, Any]:
    card = httpx.get(f"{stack.api_url}/models/penguins").raise_for_status().json()
    columns = [column["name"] for column in card["contract"]["columns"]]
    return {name: card["contract"]["examples"][0].get(name) for name in columns}


def ask(stack: Any, row: dict[str, Any]) -> dict[str, Any]:
    answer = httpx.post(f"{stack.api_url}/models/penguins/predict?explain=true", json={"row": row})
    found: dict[str, Any] = answer.raise_for_status().json()["predictions"][0]
    return found


def heaviest(answer: dict[str, Any]) -> str:
    weights: dict[str, float] = answer["explanation"]["contributions"]
    return max(weights, key=lambda name: abs(weights[name]))


def expect_answer(page: Page, answer: dict[str, Any]) -> None:
    expect(page.get_by_role("heading", name=f"species\u00a0: {answer['prediction']}")).to_be_visible()
    expect(page.get_by_text(FRENCH.percent(answer["probability"])).first).to_be_visible()
    expect(page.get_by_text(f"{heaviest(answer)} = ").first).to_be_visible()


def test_the_form_answers_in_french_after_every_change(open_page: Open, stack: Any, example: dict[str, Any]) -> None:
    page = open_page("/predict?model=penguins", locale="fr-FR")
    before = ask(stack, example)
    expect_answer(page, before)

    page.get_by_label("flipper_length_mm", exact=True).fill("230")
    page.get_by_label("flipper_length_mm", exact=True).press("Enter")
    expect_answer(page, ask(stack, example | {"flipper_length_mm": 230}))
    expect(
        page.get_by_text("Avant votre dernier changement").or_(page.get_by_text("n’a pas fait bouger"))
    ).to_be_visible()


def test_the_form_stays_filled_when_the_language_changes(open_page: Open) -> None:
    page = open_page("/predict?model=penguins")
    page.get_by_label("body_mass_g", exact=True).fill("4321")
    page.get_by_label("body_mass_g", exact=True).press("Enter")
    expect(page.get_by_text("Before your last change").or_(page.get_by_text("did not move"))).to_be_visible()
    page.get_by_text("Français", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Prédire")
    expect(page.get_by_label("body_mass_g", exact=True)).to_have_value("4321")


def test_a_decimal_comma_is_understood(open_page: Open, stack: Any, example: dict[str, Any]) -> None:
    page = open_page("/predict?model=penguins", locale="fr-FR")
    field = page.get_by_label("bill_length_mm", exact=True)
    expect(field).to_have_value(FRENCH.plain(example["bill_length_mm"]))
    field.fill("49,5")
    field.press("Enter")
    expect_answer(page, ask(stack, example | {"bill_length_mm": 49.5}))
    field.fill("long")
    field.press("Enter")
    expect(page.get_by_text("«\u00a0long\u00a0» n’est pas un nombre.")).to_be_visible()


def test_an_empty_field_is_an_unknown_value(open_page: Open, stack: Any, example: dict[str, Any]) -> None:
    page = open_page("/predict?model=penguins", locale="fr-FR")
    expect_answer(page, ask(stack, example))
    page.get_by_label("body_mass_g", exact=True).fill("")
    page.get_by_label("body_mass_g", exact=True).press("Enter")
    expect(page.get_by_text("«\u00a0body_mass_g\u00a0» est inconnu.")).to_be_visible()
    expect_answer(page, ask(stack, example | {"body_mass_g": None}))


def test_a_value_out_of_range_has_a_warning(open_page: Open) -> None:
    page = open_page("/predict?model=penguins")
    page.get_by_label("body_mass_g", exact=True).fill("90000")
    page.get_by_label("body_mass_g", exact=True).press("Enter")
    expect(page.get_by_text("lies outside of what the model has seen")).to_be_visible()


def test_another_example_fills_the_form(open_page: Open, stack: Any) -> None:
    card = httpx.get(f"{stack.api_url}/models/penguins").json()
    second = card["contract"]["examples"][1]
    page = open_page("/predict?model=penguins", locale="fr-FR")
    choose(page, "Partir de", "Exemple 2")
    expect(page.get_by_label("body_mass_g", exact=True)).to_have_value(f"{second['body_mass_g']:.0f}")
    expect_answer(
        page, ask(stack, {name: second.get(name) for name in (c["name"] for c in card["contract"]["columns"])})
    )


def many(times: int) -> FilePayload:
    header, *rows = PENGUINS.read_bytes().splitlines(keepends=True)
    return {"name": "birds.csv", "mimeType": "text/csv", "buffer": header + b"".join(rows) * times}


def choose_file(page: Page, file: FilePayload, tab: str = "A file") -> None:
    page.get_by_role("tab", name=tab).click()
    attach(page, file)


def send(page: Page, file: FilePayload) -> None:
    choose_file(page, file)
    page.get_by_role("button", name="Predict every row").click()


@pytest.mark.parametrize("times", [1, 40])
def test_a_file_comes_back_as_the_api_answers_it(open_page: Open, stack: Any, times: int) -> None:
    file = many(times)
    page = open_page("/predict?model=penguins")
    send(page, file)
    expect(page.get_by_text(f"{344 * times:,} rows answered by version")).to_be_visible()
    page.reload()
    expect(page.get_by_text("The answers at a glance")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the answers").click()
    assert download.value.suggested_filename == "birds-predicted.csv"
    whole = httpx.post(
        f"{stack.api_url}/models/penguins/predict",
        content=file["buffer"],
        headers={"content-type": "text/csv"},
        timeout=60,
    ).raise_for_status()
    assert download.value.path().read_bytes() == whole.content

    other = open_page(page.url.removeprefix(stack.ui_url))  # another visitor, by the link
    expect(other.get_by_text("The answers at a glance")).to_be_visible()
    other.get_by_role("button", name="Delete the answers now").click()
    expect(other.get_by_text("The answers of this file are deleted.")).to_be_visible()


def test_a_french_file_is_asked_about_shown_as_it_is_read_and_comes_back_french(open_page: Open, stack: Any) -> None:
    page = open_page("/predict?model=penguins", locale="fr-FR")
    choose_file(page, {"name": "manchots.csv", "mimeType": "text/csv", "buffer": rewritten(PENGUINS)}, "Un fichier")
    expect(page.get_by_text("qui n’est pas écrit comme dans le jeu de données du modèle")).to_be_visible()
    expect(page.get_by_role("button", name="Prédire chaque ligne")).not_to_be_visible()
    page.get_by_text("1234,5", exact=True).click()
    expect(page.get_by_text("windows-1252 · Séparateur\u00a0: point-virgule")).to_be_visible()
    page.get_by_role("button", name="Prédire chaque ligne").click()
    expect(page.get_by_text("344 lignes traitées par la version")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger les réponses").click()
    answered = download.value.path().read_bytes()
    own = rewritten(PENGUINS).splitlines()
    assert [line.startswith(mine) for line, mine in zip(answered.splitlines(), own, strict=True)] == [True] * 345
    plain = httpx.post(
        f"{stack.api_url}/models/penguins/predict",
        content=PENGUINS.read_bytes(),
        headers={"content-type": "text/csv"},
        timeout=60,
    ).raise_for_status()
    assert shares(answered.decode("cp1252"), ";", ",") == shares(plain.text)


def test_a_wrong_cell_is_named_by_its_row_in_the_whole_file(open_page: Open) -> None:
    file = many(20)
    file["buffer"] += b"Adelie,Torgersen,long,18.7,181,3750,male,2007\n"
    page = open_page("/predict?model=penguins", locale="en-US")
    send(page, file)
    expect(page.get_by_text("Line 6882 of the file, column “bill_length_mm”: the value “long”")).to_be_visible()


def test_a_file_that_is_no_table_is_not_sent(open_page: Open) -> None:
    page = open_page("/predict?model=penguins")
    header = PENGUINS.read_bytes().splitlines(keepends=True)[0]
    choose_file(page, {"name": "x.csv", "mimeType": "text/csv", "buffer": header + b"1,2\n"})
    expect(page.get_by_text("Line 2 of the file")).to_be_visible()


def test_an_unknown_prediction_has_a_message(open_page: Open) -> None:
    page = open_page("/predict?model=penguins&file=nothing")
    expect(page.get_by_text("are no longer here")).to_be_visible()
    page.get_by_role("button", name="Another file").click()
    expect(page.get_by_text("File with the cases")).to_be_visible()
