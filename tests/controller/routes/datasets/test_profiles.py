"""Profiles over HTTP: as JSON and as an HTML report, stored with the version."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from repository import PENGUINS

from tablee.datasets.profile import Profile

PENGUINS_BYTES = PENGUINS.read_bytes()
ODD = "<script>alert('é')</script>"


class Page(HTMLParser):
    """The tags of the page, as a browser reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.add(data)


def stored_files(controller: Any, name: str) -> list[str]:
    return [key.rpartition("/")[2] for key in controller.store.list(f"datasets/{name}/")]


def test_a_profile_is_computed_once(controller: Any) -> None:
    version = controller.client.put("/datasets/penguins", content=PENGUINS_BYTES).json()["version"]
    answer = controller.client.get("/datasets/penguins/versions/latest/profile")
    assert answer.status_code == 200
    found = Profile.model_validate_json(answer.content)
    assert (found.version, found.rows, len(found.columns), found.target) == (version, 344, 8, None)
    assert stored_files(controller, "penguins") == ["data.parquet", "manifest.json", "profile.json"]
    controller.store.delete(f"datasets/penguins/{version}/data.parquet")
    again = controller.client.get(f"/datasets/penguins/versions/{version}/profile")
    assert again.json() == answer.json(), "without reading the rows again"


def test_each_target_has_a_profile_of_its_own(controller: Any) -> None:
    controller.client.put("/datasets/penguins", content=PENGUINS_BYTES)
    address = "/datasets/penguins/versions/latest/profile"
    for target in ("species", "body_mass_g"):
        found = Profile.model_validate_json(controller.client.get(address, params={"target": target}).content)
        assert found.target == target
        assert {each.columns[1] for each in found.with_target} == {target}
        assert len(found.with_target) == 7
    assert len([name for name in stored_files(controller, "penguins") if name.startswith("profile")]) == 3
    assert controller.client.get(address).json()["with_target"] == []


def test_a_profile_of_an_earlier_release_is_computed_again(controller: Any) -> None:
    manifest = controller.client.put("/datasets/penguins", content=PENGUINS_BYTES).json()
    key = f"datasets/penguins/{manifest['version']}/profile.json"
    controller.store.put(key, json.dumps({"format": 0}).encode())
    assert controller.client.get("/datasets/penguins/versions/latest/profile").json()["format"] == 2


@pytest.mark.parametrize(("language", "words"), [("en", "What to decide before training"), ("fr", "À décider avant")])
def test_the_report_loads_nothing_else(controller: Any, language: str, words: str) -> None:
    table = f'"{ODD}",id\n' + "".join(f"{ODD},{index}\n" for index in range(30))
    controller.client.put("/datasets/odd", content=table.encode())
    answer = controller.client.get("/datasets/odd/versions/latest/profile.html", params={"language": language})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.text.startswith("<!doctype html>")
    assert f'<html lang="{language}">' in answer.text
    assert words in answer.text
    page = Page()
    page.feed(answer.text)
    assert not {"script", "link", "img", "iframe", "object"} & page.tags
    assert not {"src", "href", "onload", "onclick"} & page.attributes
    assert ODD in page.texts, "what a table holds is text, whatever it looks like"
    assert re.findall(r"url\(|@import", answer.text) == []


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/datasets/none/versions/latest/profile", 404, "dataset_not_found"),
        ("/datasets/penguins/versions/nothing/profile", 404, "dataset_not_found"),
        ("/datasets/none/versions/latest/profile.html", 404, "dataset_not_found"),
        ("/datasets/penguins/versions/latest/profile.html?language=de", 422, "invalid_request"),
    ],
)
def test_missing_things_are_not_found(read_only_controller: Any, address: str, status: int, code: str) -> None:
    answer = read_only_controller.client.get(address)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_target_must_be_a_column(controller: Any) -> None:
    controller.client.put("/datasets/penguins", content=PENGUINS_BYTES)
    answer = controller.client.get("/datasets/penguins/versions/latest/profile", params={"target": "nobody"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert "nobody" in answer.json()["detail"]
