"""The page Data: adding files, repairs, proposals for a training, personal data."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from chromium import attach, choose
from playwright.sync_api import FilePayload, Page, expect

Open = Callable[..., Page]


@pytest.fixture
def name() -> str:
    return f"sales-{secrets.token_hex(4)}"


def csv(name: str, text: str) -> FilePayload:
    return {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": text.encode()}


def pick(page: Page, file: FilePayload) -> None:
    page.get_by_text("Add a file", exact=True).click()
    attach(page, file)


def send(page: Page, file: FilePayload) -> None:
    pick(page, file)
    page.get_by_role("button", name="Add this file").click()


def test_a_file_becomes_a_data_set(open_page: Open, stack: Any, name: str) -> None:
    page = open_page("/data")
    file = csv(name, "town,price\nNîmes,1200.5\nArles,\nNîmes,900\n")
    send(page, file)
    expect(page.get_by_text(f"“{name}” is stored: 3 rows, 2 columns")).to_be_visible()
    (stored,) = httpx.get(f"{stack.controller_url}/datasets/{name}").raise_for_status().json()["versions"]
    assert stored["rows"] == 3
    assert stored["filename"] == f"{name}.csv"
    expect(page.get_by_text("16.7%")).to_be_visible()  # one of six cells is missing

    send(page, file)
    expect(page.get_by_text("This very file is already there")).to_be_visible()
    assert len(httpx.get(f"{stack.controller_url}/datasets/{name}").json()["versions"]) == 1


def test_a_broken_file_is_refused_with_its_line(open_page: Open, stack: Any, name: str) -> None:
    page = open_page("/data")
    pick(page, csv(name, "town,price\nNîmes,1200\nArles\n"))
    expect(page.get_by_text("This file cannot be read as a table.")).to_be_visible()
    expect(page.get_by_text("Line 3 of the file, column “price”.")).to_be_visible()
    assert httpx.get(f"{stack.controller_url}/datasets/{name}").status_code == 404


def test_a_file_is_previewed_and_stored_without_personal_data(open_page: Open, stack: Any, name: str) -> None:
    lines = "".join(f"a{n}@exemple.fr;{n % 28 + 1:02}/02/2024;1 {n:03},5\n" for n in range(60))
    text = f"Courriel;Acheté le;Montant\n{lines}"
    page = open_page("/data")
    pick(page, {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": text.encode("cp1252")})
    for told in ("Separator: semicolon", "Decimal sign: comma", "day before month"):
        expect(page.get_by_text(told).first).to_be_visible()
    page.get_by_text("Why it is read so").click()
    expect(page.get_by_text("Separator: semicolon (100% of the first lines have 3 cells)")).to_be_visible()
    remedy = page.get_by_role("combobox", name="What to do about Courriel")
    expect(remedy).to_have_value("Replace by a pseudonym (proposed)")
    drawn(page)
    page.get_by_role("button", name="Add this file").click()
    expect(page.get_by_text(f"“{name}” is stored: 60 rows, 3 columns")).to_be_visible()
    (stored,) = httpx.get(f"{stack.controller_url}/datasets/{name}").raise_for_status().json()["versions"]
    assert [column["kind"] for column in stored["columns"]] == ["text", "date", "number"]
    assert [action["kind"] for action in stored["anonymised"]["actions"]] == ["pseudonym"]


def test_what_a_file_does_not_tell_is_asked(open_page: Open, stack: Any, name: str) -> None:
    page = open_page("/data", locale="fr-FR")
    page.get_by_text("Ajouter un fichier", exact=True).click()
    attach(page, csv(name, "lieu;latitude;vu\nParis;48.856;01/02/2024\nLyon;45.764;03/04/2024\n"))
    expect(page.get_by_text("« 48.856 » devient 48\u202f856")).to_be_visible()
    page.get_by_text("point", exact=True).click()
    page.get_by_text("mois avant jour (mm/jj/aaaa)", exact=True).click()
    drawn(page)
    page.get_by_role("button", name="Ajouter ce fichier").click()
    expect(page.get_by_text(f"« {name} » est enregistré")).to_be_visible()
    (stored,) = httpx.get(f"{stack.controller_url}/datasets/{name}").raise_for_status().json()["versions"]
    cells = stored["reading"]["cells"]
    assert cells["latitude"]["number"]["decimal"] == "."
    assert cells["vu"]["date"]["pattern"] == "%m/%d/%Y"


def test_what_a_question_shows_is_what_is_stored(open_page: Open, stack: Any, name: str) -> None:
    lines = "".join(f"{at};{2 + at},21{at};{4 + at}.24{at}\n" for at in range(9))
    page = open_page("/data", locale="fr-FR")
    page.get_by_text("Ajouter un fichier", exact=True).click()
    attach(page, csv(name, f"id;montant;montant_2\n{lines}"))
    expect(page.get_by_text("« 2,210 » devient 2,21", exact=True)).to_be_visible()
    page.get_by_text("point", exact=True).first.click()
    drawn(page)
    expect(page.get_by_role("radio", name="point").nth(1)).to_be_checked()
    page.get_by_text("virgule", exact=True).nth(1).click()
    drawn(page)
    expect(page.get_by_role("radio", name="point").first).to_be_checked()
    page.get_by_role("button", name="Ajouter ce fichier").click()
    expect(page.get_by_text(f"« {name} » est enregistré")).to_be_visible()
    (stored,) = httpx.get(f"{stack.controller_url}/datasets/{name}").raise_for_status().json()["versions"]
    cells = stored["reading"]["cells"]
    assert [cells[each]["number"]["decimal"] for each in ("montant", "montant_2")] == [".", ","]


def test_an_unknown_data_set_is_an_error_and_never_another_one(open_page: Open) -> None:
    for page in (open_page(f"/{each}?dataset=nada", locale="fr-FR") for each in ("prepare", "train", "data")):
        expect(page.get_by_text("Ce jeu de données n’existe pas.")).to_be_visible()
        expect(page.get_by_text("il n’y a pas de jeu de données « nada »")).to_be_visible()
    choose(page, "Jeu de données", "penguins")
    expect(page.get_by_text("Ce jeu de données n’existe pas.")).to_be_hidden()


def test_a_data_set_can_be_linked_to(open_page: Open) -> None:
    page = open_page("/data?dataset=penguins")
    expect(page.get_by_role("combobox", name="Data set")).to_have_value("penguins")
    expect(page.get_by_text("344", exact=True)).to_be_visible()


def store(stack: Any, name: str, text: str) -> str:
    """Store a table as the command does; returns its version."""
    answer = httpx.put(f"{stack.controller_url}/datasets/{name}", content=text.encode(), params={"filename": "t.csv"})
    version: str = answer.raise_for_status().json()["version"]
    return version


def drawn(page: Page) -> None:
    """Wait until the page is drawn as a whole: a list opened before may close again."""
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()


def test_repeated_rows_are_left_out_at_one_click(open_page: Open, stack: Any, name: str) -> None:
    lines = [f"{n},{n % 7},{n % 28 + 1} mai 2024" if n else "0,0,bientôt" for n in range(60)]
    version = store(stack, name, "\n".join(["ref,calls,since", *lines, *lines[:2], ""]))
    page = open_page(f"/data?dataset={name}")
    page.get_by_role("tab", name="Understand").click()
    expect(page.get_by_text("2 rows (3.2%) repeat an earlier row")).to_be_visible()
    drawn(page)
    page.get_by_role("button", name="Keep the first of identical rows").click()
    expect(page.get_by_text(f"of “{name}” is made, from {version}")).to_be_visible()
    expect(page.get_by_text("60", exact=True).first).to_be_visible()
    made, source = httpx.get(f"{stack.controller_url}/datasets/{name}").json()["versions"]
    assert (made["rows"], made["mended"][0]["source"], source["rows"]) == (60, version, 62)
    page.get_by_role("tab", name="Understand").click()
    expect(page.get_by_text("“since” holds dates written as text")).to_be_visible()
    expect(page.get_by_text("repeat an earlier row")).to_have_count(0)
    drawn(page)
    page.get_by_role("button", name="Read as dates, day first").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Prepare")
    expect(page.get_by_text("Read “since” as a date, day first")).to_be_visible()


def test_accepted_proposals_are_part_of_the_training(open_page: Open, stack: Any, name: str) -> None:
    lines = [f"R{n:04},France,{n % 7},{'yes' if n % 50 == 0 else 'no'}" for n in range(400)]
    version = store(stack, name, "\n".join(["ref,country,calls,bought", *lines, ""]))
    page = open_page(f"/data?dataset={name}")
    page.get_by_role("tab", name="Understand").click()
    expect(page.get_by_text("“country” has a single value")).to_be_visible()
    drawn(page)
    choose(page, "Which column would you predict?", "bought")
    expect(page.get_by_text("What tells of “bought”")).to_be_visible()
    for action in ("Leave out “ref”", "Leave out “country”", "Rank models by AUCPR"):
        page.get_by_role("button", name=action).click()
        expect(page.get_by_role("button", name=f"Chosen: {action}")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("button", name="Download this as a page").click()
    assert download.value.suggested_filename == f"{name}-{version}.html"
    report = download.value.path().read_text("utf-8")
    assert "“country” has a single value" in report
    assert "What tells of “bought”" in report

    page.get_by_role("link", name="Train with this data set").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Train")
    expect(page.get_by_role("combobox", name="What should be predicted?")).to_have_value("bought")
    expect(page.get_by_role("button", name="Remove ref")).to_be_visible()
    expect(page.get_by_role("button", name="Remove country")).to_be_visible()
    expect(page.get_by_role("combobox", name="Models are compared by")).to_have_value("AUCPR")


def test_an_anonymised_version_replaces_the_original(open_page: Open, stack: Any, name: str) -> None:
    lines = [f"p{n}@example.org,Person {chr(65 + n % 26)},{20 + n % 40},{n % 3}" for n in range(120)]
    version = store(stack, name, "\n".join(["courriel,nom,âge,appels", *lines, ""]))
    page = open_page(f"/data?dataset={name}", locale="fr-FR")
    page.get_by_role("tab", name="Données personnelles").click()
    expect(page.get_by_text("adresse électronique")).to_be_visible()
    expect(page.get_by_text("nom de personne")).to_be_visible()
    page.get_by_role("button", name="Compter les groupes").click()
    expect(page.get_by_text("Lignes, avec vos choix")).to_be_visible()

    page.get_by_text("La supprimer", exact=True).click()
    make = page.get_by_role("button", name="Faire la version anonymisée")
    expect(make).to_be_disabled()  # not before it was said that this is for good
    page.get_by_text("Je sais que c’est irréversible.").click()
    make.click()
    expect(page.get_by_text("a une nouvelle version sans ces données personnelles")).to_be_visible()
    (made,) = httpx.get(f"{stack.controller_url}/datasets/{name}").raise_for_status().json()["versions"]
    assert made["version"] != version
    assert made["anonymised"]["source"] == version
    rows = httpx.get(f"{stack.controller_url}/datasets/{name}/versions/{made['version']}/rows").raise_for_status().text
    assert "example.org" not in rows
    assert "Person" not in rows
    expect(page.get_by_text("Cette version est déjà anonymisée")).to_be_visible()

    bands = {"actions": [{"kind": "bands", "column": "âge", "width": 10}]}
    httpx.post(f"{stack.controller_url}/datasets/{name}/versions/latest/anonymise", json=bands).raise_for_status()
    page = open_page(f"/data?dataset={name}", locale="fr-FR")
    page.get_by_role("tab", name="Données personnelles").click()
    done = page.get_by_text("Cette version est déjà anonymisée")
    for column in ("courriel (", "nom (", "âge ("):  # what was done before, too
        expect(done).to_contain_text(column)
