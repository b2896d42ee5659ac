"""`tablee train`, `tablee trainings` and `tablee cancel`: requests, output and exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

STATE: dict[str, Any] = {
    "id": "t-1",
    "request": {"dataset": "clients", "target": "parti"},
    "phase": "queued",
    "created": "2026-01-02T03:04:05Z",
    "updated": "2026-01-02T03:04:05Z",
}
ENDED = STATE | {
    "phase": "succeeded",
    "progress": 1.0,
    "version": 3,
    "promoted": True,
    "models": 2,
    "metric": "auc",
    "best": 0.9,
    "holdout": {"auc": 0.87},
    "leaderboard": [{"model_id": "GBM_1", "algorithm": "GBM", "metrics": {"auc": 0.9}}],
    "verdict": {"passed": True, "reason": "It is better.", "metric": "auc", "candidate": 0.87},
}


def test_a_training_is_started_with_the_options_given_only(server: Any, tablee: Any) -> None:
    server.on("POST /trainings", STATE, 202)
    done = tablee("train", "--data", "clients", "--target", "parti", "--models", 3, "--seed", 1, "--url", server.url)
    assert done.code == 0
    assert "t-1" in done.out
    assert json.loads(server.requests[0].body) == {"dataset": "clients", "target": "parti", "max_models": 3, "seed": 1}


def test_a_recipe_is_a_file_or_a_name(server: Any, tablee: Any, tmp_path: Path) -> None:
    server.on("POST /trainings", STATE, status=202)
    steps = {"steps": [{"kind": "drop", "columns": ["âge"]}]}
    file = tmp_path / "recette.json"
    file.write_text(json.dumps(steps), encoding="utf-8")
    train = ("train", "--data", "clients", "--target", "parti", "--url", server.url)
    for given, sent in ((file, {"format": 1} | steps), ("none", "none"), ("auto", "auto")):
        called = tablee(*train, "--recipe", given)
        assert called.code == 0, called.err
        assert json.loads(server.requests[-1].body)["recipe"] == sent
    file.write_text("{")
    assert tablee(*train, "--recipe", file).code == 2
    assert tablee(*train, "--recipe", tmp_path / "nowhere.json").code == 2


def test_remarks_are_said_in_the_language_of_the_reader(server: Any, tablee: Any) -> None:
    reason = {"key": "left_out_column.pseudonyms", "facts": {}}
    column = {"key": "left_out_column.of_column", "facts": {"column": "courriel", "reason": reason}}
    remarks = [{"key": "training_remark.hidden_columns", "facts": {"columns": [column]}}, {"key": "later", "facts": {}}]
    server.on("GET /trainings/t-1", STATE | {"phase": "succeeded", "remarks": remarks})
    shown = tablee("trainings", "t-1", "--url", server.url)
    assert "Left out, since" in shown.err
    assert "“courriel”: its values were replaced by pseudonyms" in " ".join(shown.err.split())
    shown = tablee("trainings", "t-1", "--url", server.url, "--language", "fr")
    assert "courriel\u00a0»\u00a0: ses valeurs ont été remplacées" in shown.err.replace("\n", " ")


def test_wait_shows_progress_until_the_training_ends(server: Any, tablee: Any) -> None:
    running = STATE | {"phase": "training", "progress": 0.5, "models": 1, "metric": "auc", "best": 0.8}
    states = iter([STATE, running, ENDED])
    server.on("POST /trainings", STATE, 202)
    server.on("GET /trainings/t-1", lambda _request: (next(states), 200, {}))
    done = tablee("train", "--data", "clients", "--target", "parti", "--wait", "--url", server.url)
    assert done.code == 0
    assert "training          50%  1 model, best auc 0.8" in done.err
    assert "clients version 3 is the champion now. It is better." in done.out


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ({"phase": "failed", "error": {"code": "training_failed", "detail": "H2O is gone"}}, "training_failed"),
        ({"phase": "cancelled", "message": "Cancelled."}, "training_cancelled"),
    ],
)
def test_a_failed_training_ends_the_command_with_4(server: Any, tablee: Any, end: dict[str, Any], code: str) -> None:
    server.on("POST /trainings", STATE, 202)
    server.on("GET /trainings/t-1", STATE | end)
    done = tablee("train", "--data", "clients", "--target", "parti", "--wait", "--url", server.url, "--json")
    assert (done.code, done.problem["code"], done.out) == (4, code, "")


def test_trainings_are_listed_shown_and_cancelled(server: Any, tablee: Any) -> None:
    server.on(
        "GET /trainings",
        {
            "trainings": [
                ENDED | {"message": "done"},
                STATE | {"progress": 0, "models": 0, "metric": None, "best": None, "version": None, "message": ""},
            ]
        },
    )
    server.on("GET /trainings/t-1", ENDED)
    server.on("GET /trainings/t-1/log", b"one\ntwo\n", content_type="text/plain")
    server.on("POST /trainings/t-1/cancel", STATE, 202)
    assert "auc 0.9" in tablee("trainings", "--url", server.url).out
    shown = tablee("trainings", "t-1", "--log", "--url", server.url).out
    assert "GBM_1" in shown
    assert "two" in shown
    assert tablee("trainings", "t-1", "--log", "--url", server.url, "--json").json["log"] == "one\ntwo\n"
    assert tablee("cancel", "t-1", "--url", server.url, "--json").json["id"] == "t-1"
