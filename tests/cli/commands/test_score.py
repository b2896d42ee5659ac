"""`tablee score` and `tablee scorings`: requests, output and exit codes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from scorings import DONE, FAILED, QUEUED, RUNNING


def test_a_scoring_is_started_with_the_options_given(server: Any, tablee: Any) -> None:
    server.on("POST /scorings", QUEUED, 202)
    done = tablee(
        *("score", "s3://lake/in/", "--model", "clients", "--out", "s3://lake/out/"),
        *("--parallel", 2, "--url", server.url),
    )
    assert done.code == 0
    assert "scoring s-1 queued: 4 parts, 5.0\u00a0MB, by version 3" in done.out
    assert json.loads(server.requests[0].body) == {
        "model": "clients",
        "source": "s3://lake/in/",
        "target": "s3://lake/out/",
        "parallel": 2,
    }


def test_wait_shows_parts_and_rows(server: Any, tablee: Any) -> None:
    states = iter([QUEUED, RUNNING, DONE])
    server.on("POST /scorings", QUEUED, 202)
    server.on("GET /scorings/s-1", lambda _request: (next(states), 200, {}))
    done = tablee("score", "s3://lake/in/", "--model", "clients", "--wait", "--url", server.url)
    assert done.code == 0, done.err
    assert "running           25%  1 of 4 parts, 500 rows, 250 rows/s" in done.err
    assert done.out == (
        "2,000 rows in 4 parts predicted by clients version 3 at 400 rows/s, 7 warnings; the outputs are at "
        "s3://lake/out/\n"
    )
    assert "Left out, since the model does not know them: mood, note" in done.err


@pytest.mark.parametrize(
    ("end", "code", "said"),
    [
        (FAILED, "scoring_failed", "“c.parquet”: no column “age”"),
        (QUEUED | {"phase": "cancelled", "message": "the scoring was cancelled"}, "scoring_cancelled", "was cancelled"),
    ],
)
def test_a_failed_scoring_ends_the_command_with_4(
    server: Any, tablee: Any, end: dict[str, Any], code: str, said: str
) -> None:
    server.on("POST /scorings", QUEUED, 202)
    server.on("GET /scorings/s-1", end)
    done = tablee("score", "inbox/", "--model", "clients", "--wait", "--url", server.url, "--json")
    assert (done.code, done.problem["code"], done.out) == (4, code, "")
    assert said in done.problem["detail"]


def test_scorings_are_listed_and_shown(server: Any, tablee: Any) -> None:
    server.on("GET /scorings", {"scorings": [RUNNING | {"message": ""}, FAILED | {"rows": 0}]})
    server.on("GET /scorings/s-1", RUNNING)
    server.on("GET /scorings/s-1/log", b"one\ntwo\n", content_type="text/plain")
    listed = tablee("scorings", "--url", server.url).out
    assert "s3://lake/in/" in listed
    assert "c.parquet" in listed
    shown = tablee("scorings", "s-1", "--log", "--url", server.url).out
    assert "1 of 4 parts, 500 rows, 250 rows/s" in shown
    assert "b.parquet" in shown
    assert "Left out, since the model does not know them: mood" in shown
    assert "two" in shown
    assert "expected to end at 2026-01-02" in shown
    french = tablee("scorings", "s-1", "--language", "fr", "--url", server.url).out
    assert "Écartées, car le modèle ne les connaît pas\u00a0: mood" in french
    server.on("GET /scorings/s-1", FAILED)
    assert "“c.parquet” failed: no column “age”" in tablee("scorings", "s-1", "--url", server.url).out
    assert tablee("scorings", "--log", "--url", server.url).code == 2


def test_cancel_accepts_trainings_and_scorings(server: Any, tablee: Any) -> None:
    missing = {"code": "training_not_found", "detail": "there is no training", "status": 404}
    server.on("POST /trainings/s-1/cancel", missing, 404)
    server.on("POST /scorings/s-1/cancel", QUEUED, 202)
    assert tablee("cancel", "s-1", "--url", server.url).out == "scoring s-1 is asked to end\n"
    server.on("POST /scorings/s-1/cancel", missing | {"code": "scoring_not_found"}, 404)
    done = tablee("cancel", "s-1", "--url", server.url, "--json")
    assert (done.code, done.problem["detail"]) == (1, "there is neither a training nor a scoring “s-1”")


def test_options_for_reading_csv_are_sent(server: Any, tablee: Any) -> None:
    server.on("POST /scorings", QUEUED, 202)
    options = ("--decimal", ",", "--date", "né=%d/%m/%Y", "--month-first")
    done = tablee("score", "s3://lake/in/", "--model", "clients", *options, "--url", server.url)
    assert done.code == 0, done.err
    reading = json.loads(server.requests[-1].body)["reading"]
    assert reading == {"decimal": ",", "dates": {"né": "%d/%m/%Y"}, "day_first": False}
