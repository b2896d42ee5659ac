"""Sources over HTTP: kept, changed, paused, removed, refused."""

from __future__ import annotations

from typing import Any

import pytest

from tablee.objects import DirectoryStore
from tablee.sources import SourceView

ORDER = {"of": {"kind": "prefix", "address": "inbox/"}, "by": "Ana"}


def test_a_source_from_its_order_to_its_end(house: Any, ran: Any, store: DirectoryStore) -> None:
    answer = house.client.put("/sources/visits", json=ORDER)
    assert answer.status_code == 201
    view = SourceView.model_validate_json(answer.content)
    assert (view.name, view.dataset, view.phase, view.due, view.run) == ("visits", "visits", "idle", None, None)
    cron = {"kind": "cron", "expression": "0 3 1 1 *"}
    answer = house.client.put("/sources/visits", json=ORDER | {"dataset": "all-visits", "schedule": cron})
    assert (answer.status_code, answer.json()["dataset"]) == (200, "all-visits")
    assert answer.json()["created"] == view.model_dump(mode="json")["created"]
    assert answer.json()["due"].endswith("-01-01T03:00:00Z")
    assert house.client.post("/sources/visits/pause").json()["paused"] is True
    assert house.client.get("/sources/visits").json()["due"] is None
    assert house.client.post("/sources/visits/resume").json()["due"] is not None
    store.put("inbox/a.csv", b"n\n1\n")
    assert ran("visits")["run"]["outcome"] == "added"
    assert [each["name"] for each in house.client.get("/sources").json()["sources"]] == ["visits"]
    assert house.client.delete("/sources/visits").status_code == 204
    assert house.client.get("/sources").json() == {"sources": []}
    assert store.list("sources/") == []
    assert house.client.get("/datasets/all-visits").status_code == 200, "what it brought stays"


def test_a_source_that_is_not_there(still_house: Any) -> None:
    routes = [("GET", ""), ("DELETE", ""), *(("POST", f"/{each}") for each in ("run", "cancel", "pause", "resume"))]
    for method, route in routes:
        answer = still_house.client.request(method, f"/sources/none{route}")
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
        ("visits", {"actions": [{"kind": "drop", "column": "a"}, {"kind": "mask", "column": "a"}]}, "two actions"),
        ("visits", {"else": 1}, "else"),
    ],
)
def test_an_order_that_is_none(still_house: Any, name: str, change: dict[str, Any], words: str) -> None:
    answer = still_house.client.put(f"/sources/{name}", json=ORDER | change)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert words in answer.json()["detail"]
