"""Sources over HTTP: kept, changed, paused, removed, refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tablee.jobs.source import SourceView
from tablee.storage.object_store import DirectoryStore

ORDER: dict[str, Any] = {"of": {"kind": "prefix", "address": "inbox/"}, "by": "Ana"}


def test_a_source_from_its_order_to_its_end(controller: Any, ran: Any, store: DirectoryStore) -> None:
    answer = controller.client.put("/sources/visits", json=ORDER)
    assert answer.status_code == 201
    view = SourceView.model_validate_json(answer.content)
    assert (view.name, view.dataset, view.phase, view.due, view.run) == ("visits", "visits", "idle", None, None)
    cron = {"kind": "cron", "expression": "0 3 1 1 *"}
    answer = controller.client.put("/sources/visits", json=ORDER | {"dataset": "all-visits", "schedule": cron})
    assert (answer.status_code, answer.json()["dataset"]) == (200, "all-visits")
    assert answer.json()["created"] == view.model_dump(mode="json")["created"]
    assert answer.json()["due"].endswith("-01-01T03:00:00Z")
    assert controller.client.post("/sources/visits/pause").json()["paused"] is True
    assert controller.client.get("/sources/visits").json()["due"] is None
    assert controller.client.post("/sources/visits/resume").json()["due"] is not None
    store.put("inbox/a.csv", b"n\n1\n")
    assert ran("visits")["run"]["outcome"] == "added"
    assert [each["name"] for each in controller.client.get("/sources").json()["sources"]] == ["visits"]
    assert controller.client.delete("/sources/visits").status_code == 204
    assert controller.client.get("/sources").json() == {"sources": []}
    assert store.list("sources/") == []
    assert controller.client.get("/datasets/all-visits").status_code == 200, "what it brought stays"


def test_a_source_that_is_not_there(read_only_controller: Any) -> None:
    routes = [("GET", ""), ("DELETE", ""), *(("POST", f"/{each}") for each in ("run", "cancel", "pause", "resume"))]
    for method, route in routes:
        answer = read_only_controller.client.request(method, f"/sources/none{route}")
        assert (answer.status_code, answer.json()["code"]) == (404, "source_not_found")


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("No", {}, "cannot be a name"),
        ("visits", {"dataset": "No"}, "dataset"),
        ("visits", {"of": {"kind": "folder"}}, "of"),
        ("visits", {"of": {"kind": "prefix", "address": "inbox/", "mode": "merge"}}, "mode"),
        ("visits", {"schedule": {"kind": "every", "minutes": 0}}, "minutes"),
        ("visits", {"schedule": {"kind": "cron", "expression": "often"}}, "is no cron expression"),
        (
            "visits",
            {"actions": [{"kind": "drop", "column": "a"}, {"kind": "mask", "column": "a"}]},
            "one action for “a”, not two",
        ),
        ("visits", {"else": 1}, "else"),
    ],
)
def test_an_order_that_is_none(read_only_controller: Any, name: str, change: dict[str, Any], words: str) -> None:
    answer = read_only_controller.client.put(f"/sources/{name}", json=ORDER | change)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert words in answer.json()["detail"]


def test_what_a_source_drops_may_have_any_type(controller: Any, store: DirectoryStore) -> None:
    store.put("inbox/a.jsonl", b'{"mail": "ana@exemple.fr", "n": 1, "tags": ["a"]}\n')
    refused = controller.client.post("/sources/preview", json={"of": ORDER["of"]})
    assert (refused.status_code, refused.json()["hint_code"]) == (422, "drop_column")
    order = {"of": ORDER["of"], "actions": [{"kind": "drop", "column": "tags"}]}
    shown = controller.client.post("/sources/preview", json=order).json()
    assert shown["sniffed"]["rows"] == [{"mail": "ana@exemple.fr", "n": 1.0}]
    assert [each["column"] for each in shown["findings"]["findings"]] == ["mail"]


def test_looking_first_stores_nothing(
    controller: Any, store: DirectoryStore, connect: Callable[[str, str], None], tmp_path: Path
) -> None:
    lines = "".join(f"client{number}@exemple.fr,{number}\n" for number in range(50))
    store.put("inbox/a.csv", f"mail,n\n{lines}".encode())
    answer = controller.client.post("/sources/preview", json=ORDER)
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["sniffed"]["columns"], len(shown["sniffed"]["rows"])) == (["mail", "n"], 20)
    assert [(each["column"], each["kind"]) for each in shown["findings"]["findings"]] == [("mail", "email")]
    with sqlite3.connect(tmp_path / "base.db") as base:
        base.execute("CREATE TABLE visits (code TEXT, n INTEGER)")
        base.executemany("INSERT INTO visits VALUES (?, ?)", [(f"{number:04}", number) for number in range(5_000)])
    base.close()
    connect("shop", f"sqlite:///{tmp_path}/base.db")
    of = {"kind": "query", "connection": "shop", "sql": "SELECT * FROM visits"}
    sniffed = controller.client.post("/sources/preview", json={"of": of}).json()["sniffed"]
    assert (sniffed["kinds"], sniffed["looked_at"]) == ({"code": "text", "n": "number"}, 1_000)
    empty = controller.client.post("/sources/preview", json={"of": ORDER["of"] | {"address": "empty/"}})
    assert (empty.status_code, empty.json()["detail"]) == (422, "there is no file at “empty/”")
    assert controller.client.get("/sources").json() == {"sources": []}
    assert store.list("datasets/") == store.list("sources/") == []
    assert list((tmp_path / "uploads").iterdir()) == []
