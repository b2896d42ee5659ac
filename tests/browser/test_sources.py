"""Sources on the page Data: from the form to a data set, on the real stack."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from typing import Any

import httpx
from playwright.sync_api import Page, expect

from tablee.storage.object_store import DirectoryStore

Open = Callable[..., Page]


def test_a_folder_fills_a_data_set(open_page: Open, stack: Any) -> None:
    name = f"visits-{secrets.token_hex(4)}"
    store = DirectoryStore(stack.home / "objects")
    store.put(f"inbox-{name}/a.csv", b"day;town\n02/01/2024;Arles\n13/01/2024;Digne\n")
    store.put(f"inbox-{name}/b.csv", b"day;town\n02/01/2024;Arles\n13/01/2024;Digne;1\n")
    page = open_page("/data")
    page.get_by_text("Databases and folders that fill data sets").click()
    page.get_by_role("textbox", name="Folder").fill(f"inbox-{name}/")
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("textbox", name="Columns to leave out").fill("town")
    page.get_by_role("button", name="Keep this source").click()
    expect(page.get_by_text(f"The source {name} is kept.")).to_be_visible()
    expect(page.get_by_text(f"“inbox-{name}/b.csv” was not taken: line 3")).to_be_visible()
    (stored,) = httpx.get(f"{stack.controller_url}/datasets/{name}").raise_for_status().json()["versions"]
    assert (stored["rows"], [column["name"] for column in stored["columns"]]) == (2, ["day"])

    page.get_by_role("button", name="Remove", exact=True).first.click()
    page.get_by_role("button", name="Remove it for good").click()
    expect(page.get_by_text("No source yet.")).to_be_visible()


def test_a_database_fills_a_data_set_in_french(open_page: Open, stack: Any) -> None:
    name = f"ventes-{secrets.token_hex(4)}"
    file = stack.home / f"{name}.db"
    with sqlite3.connect(file) as base:
        base.execute("CREATE TABLE ventes (ville TEXT, prix REAL)")
        base.execute("INSERT INTO ventes VALUES ('Nîmes', 12.5)")
    base.close()
    (stack.home / "connections").mkdir(exist_ok=True)
    (stack.home / "connections" / name).write_text(f"sqlite:///{file}")
    page = open_page("/data", locale="fr-FR")
    page.get_by_text("Bases de données et dossiers").click()
    page.get_by_text("Une base de données", exact=True).click()
    page.get_by_role("textbox", name="Requête").fill("SELECT * FROM ventes")
    page.get_by_role("textbox", name="Nom", exact=True).fill(name)
    page.get_by_role("button", name="Regarder d’abord").click()
    expect(page.get_by_text("Aucune colonne ne semble contenir")).to_be_visible()
    assert httpx.get(f"{stack.controller_url}/datasets/{name}").status_code == 404
    page.get_by_role("button", name="Garder cette source").click()
    expect(page.get_by_text(f"La source {name} est enregistrée.")).to_be_visible()
    expect(page.get_by_text("Nouvelle version")).to_be_visible()
    assert httpx.get(f"{stack.controller_url}/datasets/{name}").json()["versions"][0]["rows"] == 1
    assert str(file) not in page.content()
    assert httpx.delete(f"{stack.controller_url}/sources/{name}").status_code == 204
