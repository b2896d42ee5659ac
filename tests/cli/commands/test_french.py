"""What the commands print under `--language fr` has no English word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cli.commands.test_data import MANIFEST
from cli.commands.test_predict import serve_predictions
from cli.commands.test_profile import FINDINGS, PROFILE
from cli.commands.test_rollout import PAUSED, STATUS
from cli.commands.test_sources import ADDED, FAILED, VIEW
from cli.commands.test_training import ENDED, STATE
from english_words import english_words
from scorings import DONE, QUEUED, RUNNING
from scorings import FAILED as FAILED_SCORING

from tablee.errors import InvalidTable, TrainingFailed
from tablee.errors.base import plain
from tablee.i18n import Message
from tablee.models.contract import Contract
from tablee_cli.texts import PACKAGE

BETTER = plain(Message("verdict_reason.first", {"metric": "auc", "value": 0.87}))
VERDICT = ENDED["verdict"] | {"message": BETTER}
WRONG = InvalidTable("no_rows").problem()
NO_MODEL = TrainingFailed("no_model")
REASON = plain(Message("rolled_out.pods", {"updated": 1, "wanted": 2, "available": 1}))
TRAINED = ENDED | {"verdict": VERDICT, "told": plain(Message("job.is_champion", {"version": 3}))}
LOST = STATE | {"phase": "failed", "error": NO_MODEL.problem(), "told": NO_MODEL.problem(), "message": NO_MODEL.detail}
VERSION = {
    "model": "clients",
    "version": 3,
    "created": "2026-01-02T03:04:05+00:00",
    "aliases": ["champion"],
    "holdout": {"auc": 0.87},
    "verdict": VERDICT,
    "rollout": "failed: 1 of 2 pods are new",
    "rollout_message": REASON,
}
PROMOTED = {
    "model": "clients",
    "epoch": 2,
    "version": 3,
    "previous": 1,
    "kind": "gate",
    "by": "training t-1",
    "reason": "It is better.",
    "message": BETTER,
    "at": "2026-01-02T03:04:05Z",
}
HISTORY = {"name": "clients", "champion": 3, "serving": 3, "versions": [VERSION], "promotions": [PROMOTED]}
REFUSED = {"key": "b.csv", "etag": "1", "at": "2026-01-02T03:04:05Z", "error": WRONG}
RUN = FAILED["run"] | {"error": WRONG, "told": WRONG, "message": WRONG["detail"]}
BAD_SOURCE = FAILED | {"run": RUN, "refused": [REFUSED]}
BAD_PART = {"number": 1, "name": "c.parquet", "code": "invalid_table", "reason": WRONG["detail"], "error": WRONG}
BAD_SCORING = FAILED_SCORING | {"failed": [BAD_PART], "told": WRONG, "message": WRONG["detail"], "error": WRONG}

NAMES = {"controller", "gone", "go", "home", "up", "month", "year"}
"""Names of components, columns, folders, commands, units and choices that look like English words."""

CALLS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "train": (("train", "--data", "clients", "--target", "parti"), {"POST /trainings": STATE}),
    "train --wait": (
        ("train", "--data", "clients", "--target", "parti", "--wait"),
        {"POST /trainings": STATE, "GET /trainings/t-1": TRAINED},
    ),
    "train --wait, which fails": (
        ("train", "--data", "clients", "--target", "parti", "--wait"),
        {"POST /trainings": STATE, "GET /trainings/t-1": LOST},
    ),
    "trainings": (("trainings",), {"GET /trainings": {"trainings": [TRAINED, LOST, STATE]}}),
    "trainings t-1": (("trainings", "t-1"), {"GET /trainings/t-1": TRAINED}),
    "trainings t-1, which failed": (("trainings", "t-1"), {"GET /trainings/t-1": LOST}),
    "cancel": (("cancel", "t-1"), {"POST /trainings/t-1/cancel": STATE}),
    "score": (("score", "s3://lake/in/", "--model", "clients"), {"POST /scorings": QUEUED}),
    "score --wait": (
        ("score", "s3://lake/in/", "--model", "clients", "--wait"),
        {"POST /scorings": QUEUED, "GET /scorings/s-1": DONE},
    ),
    "score --wait, which fails": (
        ("score", "s3://lake/in/", "--model", "clients", "--wait"),
        {"POST /scorings": QUEUED, "GET /scorings/s-1": BAD_SCORING},
    ),
    "scorings": (("scorings",), {"GET /scorings": {"scorings": [RUNNING | {"message": ""}, BAD_SCORING]}}),
    "scorings s-1": (("scorings", "s-1"), {"GET /scorings/s-1": RUNNING | {"message": ""}}),
    "scorings s-1, which failed": (("scorings", "s-1"), {"GET /scorings/s-1": BAD_SCORING}),
    "models": (("models",), {"GET /models": {"models": [HISTORY | {"versions": 1, "updated": VERSION["created"]}]}}),
    "models clients": (("models", "clients"), {"GET /models/clients": HISTORY}),
    "promote": (("promote", "clients", 3), {"POST /models/clients/promote": PROMOTED}),
    "rollout status": (("rollout", "status"), {"GET /rollout": STATUS | {"message": REASON}}),
    "rollout pause": (
        ("rollout", "pause"),
        {"POST /rollout/pause": PAUSED | {"message": plain(Message("rolled_out.paused", {"by": "ana", "at": "1 h"}))}},
    ),
    "sources list": (("sources", "list"), {"GET /sources": {"sources": [VIEW, ADDED, BAD_SOURCE]}}),
    "sources show": (("sources", "show", "visits"), {"GET /sources/visits": ADDED}),
    "sources show, which failed": (("sources", "show", "visits"), {"GET /sources/visits": BAD_SOURCE}),
    "sources pause": (("sources", "pause", "visits"), {"POST /sources/visits/pause": VIEW}),
    "sources resume": (("sources", "resume", "visits"), {"POST /sources/visits/resume": VIEW}),
    "sources cancel": (("sources", "cancel", "visits"), {"POST /sources/visits/cancel": VIEW}),
    "sources run": (("sources", "run", "visits"), {"POST /sources/visits/run": VIEW}),
    "data list": (("data", "list"), {"GET /datasets": {"datasets": [MANIFEST]}}),
    "data show": (
        ("data", "show", "clients"),
        {
            "GET /datasets/clients": {"name": "clients", "versions": [MANIFEST, MANIFEST]},
            "GET /datasets/clients/versions/latest/rows": {"columns": ["âge"], "rows": [{"âge": 1}]},
        },
    ),
    "data add": (("data", "add", "clients.csv"), {"PUT /datasets/clients": MANIFEST}),
    "data profile": (
        ("data", "profile", "clients"),
        {"GET /datasets/clients/versions/latest/profile": PROFILE.model_dump(mode="json")},
    ),
    "status": (
        ("status",),
        {
            "GET /readyz": {"status": "ready", "reason": ""},
            "GET /models": {"models": []},
            "GET /rollout": STATUS | {"message": REASON},
        },
    ),
    "no platform": (("models", "clients"), {}),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_command_speaks_french(server: Any, tablee: Any, tmp_path: Path, name: str) -> None:
    (tmp_path / "clients.csv").write_text("âge\n1\n", encoding="utf-8")
    arguments, answers = CALLS[name]
    for route, body in answers.items():
        server.on(route, body)
    done = tablee(*arguments, "--language", "fr", "--url", server.url)
    lines = [line for line in (done.out + done.err).splitlines() if not line.startswith(("not_found", "training_f"))]
    assert lines
    found = {line: words for line in lines if (words := english_words(line, PACKAGE) - NAMES)}
    assert found == {}


ANSWER = {
    "model": "clients",
    "version": 1,
    "prediction_id": "p",
    "predictions": [
        {
            "prediction": "oui",
            "probability": 0.78,
            "probabilities": {"non": 0.22, "oui": 0.78},
            "explanation": {
                "contributions": {"âge": 0.5, "ville": -0.25},
                "bias": 0.1,
                "output": 0.35,
                "scale": "log_odds",
                "about": "oui",
                "method": "treeshap",
            },
        }
    ],
    "warnings": [
        {"row": 1, "column": "âge", "code": "missing_value", "value": None},
        {"row": 1, "column": "ville", "code": "unseen_level", "value": "Nice"},
        {"row": 1, "column": "âge", "code": "out_of_range", "value": 120},
    ],
    "warning_count": 3,
}


def test_a_prediction_of_a_row_speaks_french(server: Any, tablee: Any, contract: Contract) -> None:
    server.on("GET /models/clients", {"name": "clients", "version": 1, "contract": contract.model_dump(mode="json")})
    server.on("POST /models/clients/predict", ANSWER)
    done = tablee("predict", "clients", "--row", "âge=", "ville=Nice", "--language", "fr", "--url", server.url)
    assert done.code == 0, done.err
    assert english_words(done.out + done.err, PACKAGE) - NAMES == set(), done.out


def test_a_prediction_of_a_file_speaks_french(server: Any, tablee: Any, contract: Contract, tmp_path: Path) -> None:
    serve_predictions(server, contract)
    (tmp_path / "clients.csv").write_text("âge,ville,autre\n1,Nice,x\n,Lyon,y\n", encoding="utf-8")
    for out in ((), ("--out", tmp_path / "out.csv")):
        done = tablee("predict", "clients", "clients.csv", *out, "--language", "fr", "--url", server.url)
        assert done.code == 0, done.err
        assert english_words(done.err + (done.out if out else ""), PACKAGE) - NAMES == set(), done.err + done.out


def test_what_seems_personal_is_said_in_french(server: Any, tablee: Any) -> None:
    server.on("GET /datasets/clients/versions/latest/privacy", FINDINGS.model_dump(mode="json"))
    done = tablee("data", "privacy", "clients", "--language", "fr", "--url", server.url)
    assert done.code == 0, done.err
    assert english_words(done.out, PACKAGE) - NAMES == set(), done.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "--data", "x", "--target", "y", "--recipe", "clients.csv"),
        ("train", "--data", "x", "--target", "y", "--recipe", "nowhere.json"),
        ("trainings", "--log"),
        ("scorings", "--log"),
        ("predict", "clients"),
        ("predict", "clients", "--row", "âge=1", "--out", "x.csv"),
        ("predict", "clients", "--row", "âge=1", "--encoding", "utf-8"),
        ("predict", "clients", "--row", "âge", "âge=1", "âge=2"),
        ("predict", "clients", "--row", "âge=vieux", "couleur=bleu"),
        ("data", "add", "."),
        ("data", "add", "clients.csv", "--period", "âge"),
        ("data", "add", "clients.csv", "--date", "âge"),
        ("data", "add", "clients.csv", "--period", "âge=week"),
        ("data", "add", "clients.csv", "--decimal", "x"),
        ("data", "privacy", "clients", "--encoding", "utf-8"),
        ("data", "privacy", "./clients.csv", "--version", "1"),
        ("sources", "add", "visits"),
        ("sources", "add", "visits", "--query", "SELECT 1", "--strict"),
        ("sources", "add", "visits", "--prefix", "x/", "--every", "1h", "--cron", "0 6 * * *"),
        ("sources", "add", "visits", "--prefix", "x/", "--every", "soon"),
    ],
    ids=" ".join,
)
def test_a_wrong_use_is_said_in_french(
    server: Any, tablee: Any, tmp_path: Path, contract: Contract, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "clients.csv").write_text("âge\n1\n", encoding="utf-8")
    server.on("GET /models/clients", {"name": "clients", "version": 1, "contract": contract.model_dump(mode="json")})
    done = tablee(*arguments, "--language", "fr", "--url", server.url)
    assert done.code in (1, 2)
    assert done.err
    assert english_words(done.err.removeprefix("invalid_request"), PACKAGE) - NAMES == set(), done.err


def test_doctor_and_status_of_no_stack_speak_french(tablee: Any) -> None:
    for command in ("doctor", "status"):
        done = tablee(command, "--language", "fr")
        told = [line.split(maxsplit=2)[-1] for line in done.out.splitlines() if line.strip()]
        assert {line: words for line in told if (words := english_words(line, PACKAGE) - NAMES)} == {}


@pytest.mark.parametrize(
    ("options", "variables"),
    [
        ((), {"TABLEE_LANGUAGE": "fr", "LC_ALL": "en_GB.UTF-8"}),
        (("--language", "fr"), {"TABLEE_LANGUAGE": "en"}),
        (("--language=fr",), {"LC_ALL": "C"}),
        ((), {"LC_ALL": "fr_FR.UTF-8"}),
    ],
)
@pytest.mark.parametrize(
    "command",
    [
        ("data", "preview", "nexiste.csv", "--url", "http://127.0.0.1:9"),
        ("predict", "clients", "--row", "a=1", "--decimal", ","),
        ("predict", "clients", "--out", "a.csv"),
        ("data", "add", "a.csv", "--decimal", "#"),
        ("data", "add", "a.csv", "--period", "a=jour"),
    ],
)
def test_wrong_uses_are_said_in_the_language_that_was_asked_for(
    tablee: Any, command: tuple[str, ...], options: tuple[str, ...], variables: dict[str, str]
) -> None:
    done = tablee(*command, *options, **variables)
    assert (done.code, "--help`\u00a0: on y voit ce qui peut être donné." in done.err) == (2, True), done.err
