"""The page Data: what is sent is stored, what is broken is not."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import FilePayload, Page, expect

Open = Callable[..., Page]


@pytest.fixture
def name() -> str:
    return f"sales-{secrets.token_hex(4)}"


def csv(name: str, text: str) -> FilePayload:
    return {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": text.encode()}


def send(page: Page, file: FilePayload, *, open_first: bool = True) -> None:
    if open_first:
        page.get_by_text("Add a CSV file", exact=True).click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Add this file").click()


def test_a_file_becomes_a_data_set(visit: Open, stack: Any, name: str) -> None:
    page = visit("/data")
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


def test_a_broken_file_is_refused_with_its_line(visit: Open, stack: Any, name: str) -> None:
    page = visit("/data")
    send(page, csv(name, "town,price\nNîmes,1200\nArles\n"))
    expect(page.get_by_text("This file cannot be read as a table.")).to_be_visible()
    expect(page.get_by_text("Line 3 of the file, column “price”.")).to_be_visible()
    assert httpx.get(f"{stack.controller_url}/datasets/{name}").status_code == 404


def test_a_data_set_can_be_linked_to(visit: Open) -> None:
    page = visit("/data?dataset=penguins")
    expect(page.get_by_role("combobox", name="Data set")).to_have_value("penguins")
    expect(page.get_by_text("344", exact=True)).to_be_visible()
