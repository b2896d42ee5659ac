"""`tablee rollout`: requests and output."""

from __future__ import annotations

import json
from typing import Any

STATUS: dict[str, Any] = {
    "state": "rolling",
    "wanted": {"clients": 2, "prices": 1},
    "pinned": {"clients": 2, "prices": 1},
    "serving": {"clients": 1},
    "reason": "1 of 2 pods are new",
}
PAUSED = STATUS | {"state": "paused", "reason": "paused by ana at 2026-01-01 00:00 UTC: audit"}


def test_the_status_is_shown(server: Any, tablee: Any) -> None:
    server.on("GET /rollout", STATUS)
    done = tablee("rollout", "status", "--url", server.url)
    assert (done.code, done.err) == (0, "")
    assert "rolling: new API processes are getting ready" in done.out
    assert "1 of 2 pods are new" in done.out
    lines = [line.split() for line in done.out.splitlines()]
    assert ["clients", "2", "2", "1"] in lines
    assert ["prices", "1", "1", "–"] in lines
    assert tablee("rollout", "status", "--url", server.url, "--json").json == STATUS


def test_the_status_without_any_model(server: Any, tablee: Any) -> None:
    empty: dict[str, Any] = {"state": "in_sync", "wanted": {}, "pinned": {}, "serving": {}, "reason": ""}
    server.on("GET /rollout", empty)
    done = tablee("rollout", "status", "--url", server.url)
    assert done.out == "in sync: what serves is what the registry wants\n"


def test_pause_sends_user_and_reason(server: Any, tablee: Any) -> None:
    server.on("POST /rollout/pause", PAUSED)
    done = tablee("rollout", "pause", "--reason", "audit", "--url", server.url)
    assert done.code == 0
    assert "paused: nothing is changed until `tablee rollout resume`" in done.out
    assert "by ana" in done.out
    body = json.loads(server.requests[-1].body)
    assert body["reason"] == "audit"
    assert body["by"]


def test_resume_sends_the_user(server: Any, tablee: Any) -> None:
    server.on("POST /rollout/resume", STATUS)
    done = tablee("rollout", "resume", "--url", server.url, "--json")
    assert (done.code, done.json["state"]) == (0, "rolling")


def test_the_status_of_a_controller_without_pause(server: Any, tablee: Any) -> None:
    done = tablee("rollout", "pause", "--url", server.url)
    assert (done.code, "not_found" in done.err) == (1, True)
