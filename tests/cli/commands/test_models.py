"""`tablee models`, `tablee promote` and `tablee rollback`: requests and output."""

from __future__ import annotations

import json
from typing import Any

from tablee.models.contract import Contract


def test_models_are_listed_shown_and_promoted(server: Any, tablee: Any, contract: Contract) -> None:
    version = {
        "model": "clients",
        "version": 3,
        "created": "2026-01-02T03:04:05+00:00",
        "aliases": ["champion"],
        "algorithm": "gbm",
        "dataset": "clients",
        "holdout": {"auc": 0.87},
        "verdict": {"passed": True, "reason": "It is better.", "metric": "auc", "candidate": 0.87},
        "rollout": "live",
    }
    record = {
        "model": "clients",
        "epoch": 2,
        "version": 3,
        "previous": 1,
        "kind": "person",
        "by": "ana",
        "reason": "why not",
        "at": "2026-01-02T03:04:05Z",
    }
    history = {"name": "clients", "champion": 3, "serving": 3, "versions": [version], "promotions": [record]}
    server.on("GET /models", {"models": [history | {"versions": 1, "updated": version["created"]}]})
    served = {"version": 3, "contract": contract.model_dump(mode="json")}
    server.on("GET /models/clients", history | served)  # one server is controller and API
    server.on("POST /models/clients/promote", record)
    server.on("POST /models/clients/rollback", record)
    server.on("GET /rollout", {"state": "in_sync", "reason": ""})
    assert "clients" in tablee("models", "--url", server.url).out
    shown = tablee("models", "clients", "--url", server.url).out
    assert "auc 0.87" in shown
    assert "why not" in shown
    done = tablee("promote", "clients", 3, "--reason", "why not", "--wait", "--url", server.url)
    assert (done.code, done.out) == (0, "clients version 3 is the champion and served (before: 1)\n")
    body = json.loads(next(request.body for request in server.requests if request.path.endswith("promote")))
    assert (body["version"], body["reason"], bool(body["by"])) == (3, "why not", True)
    assert tablee("rollback", "clients", "--url", server.url, "--json").json == record
