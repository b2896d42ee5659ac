"""`tablee sources`: requests, output and exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ORDER = {"of": {"kind": "prefix", "address": "inbox/"}, "schedule": {"kind": "every", "minutes": 60}}
VIEW: dict[str, Any] = {
    "name": "visits",
    "dataset": "visits",
    "order": ORDER,
    "created": "2026-01-02T03:04:05Z",
    "paused": False,
    "phase": "idle",
    "due": "2026-01-02T04:04:05Z",
}
RUN = {"started": "2026-01-02T03:04:05Z", "ended": "2026-01-02T03:05:05Z", "rows": 1200, "objects": 2}
ADDED = VIEW | {"run": RUN | {"outcome": "added", "version": "abc123"}}
PROBLEM = {"code": "invalid_table", "status": 422, "detail": "line 3: 3 cells, expected 2", "hint": "Mend it."}
FAILED = VIEW | {
    "run": RUN | {"outcome": "failed", "error": PROBLEM, "message": "1 files refused"},
    "failures": 1,
    "refused": [{"key": "inbox/b.csv", "etag": "1", "at": "2026-01-02T03:04:05Z", "error": PROBLEM}],
}


def test_a_query_is_saved(server: Any, tablee: Any, tmp_path: Path) -> None:
    server.on("PUT /sources/visits", VIEW, 201)
    file = tmp_path / "visits.sql"
    file.write_text("SELECT *\nFROM visits\n")
    masks = tmp_path / "actions.json"
    masks.write_text('[{"kind": "mask", "column": "iban"}]')
    done = tablee(
        *("sources", "add", "visits", "--query-file", file, "--connection", "shop", "--every", "2h"),
        *("--drop", "name", "--pseudonym", "mail", "--actions", masks, "--dataset", "all", "--url", server.url),
    )
    assert done.code == 0, done.err
    assert "source visits kept; it fills the data set visits, next at " in done.out
    body = json.loads(server.requests[0].body)
    assert body["of"] == {"kind": "query", "connection": "shop", "sql": "SELECT *\nFROM visits", "max_seconds": 900}
    assert body["schedule"] == {"kind": "every", "minutes": 120}
    assert body["dataset"] == "all"
    assert [(each["kind"], each["column"]) for each in body["actions"]] == [
        ("mask", "iban"),
        ("drop", "name"),
        ("pseudonym", "mail"),
    ]


def test_a_prefix_is_saved(server: Any, tablee: Any) -> None:
    server.on("PUT /sources/visits", VIEW | {"due": None}, 201)
    arguments = ("sources", "add", "visits", "--prefix", "inbox/", "--replace", "--text", "code", "--cron", "0 6 * * *")
    done = tablee(*arguments, "--url", server.url)
    assert done.code == 0, done.err
    assert "when somebody asks" in done.out
    body = json.loads(server.requests[0].body)
    assert (body["of"]["mode"], body["of"]["connection"], body["of"]["options"]["texts"]) == ("replace", None, ["code"])
    assert body["schedule"] == {"kind": "cron", "expression": "0 6 * * *"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "exactly one of --query"),
        (("--query", "SELECT 1", "--prefix", "inbox/"), "exactly one of --query"),
        (("--prefix", "inbox/", "--every", "1h", "--cron", "* * * * *"), "not both"),
        (("--prefix", "inbox/", "--every", "often"), "says not how often"),
        (("--prefix", "inbox/", "--every", "400d"), "more than a year"),
        (("--query", "SELECT 1"), "connection"),
    ],
)
def test_invalid_orders_are_refused_without_a_request(
    server: Any, tablee: Any, options: tuple[str, ...], words: str
) -> None:
    done = tablee("sources", "add", "visits", *options, "--url", server.url)
    assert done.code in (1, 2)
    assert words in " ".join(done.err.split())
    assert server.requests == []


def test_run_waits_until_the_run_has_ended(server: Any, tablee: Any) -> None:
    running = VIEW | {"phase": "running", "due": None, "run": RUN | {"ended": None}}
    views = iter([running, ADDED])
    server.on("POST /sources/visits/run", VIEW | {"phase": "waiting", "asked": {"at": VIEW["created"]}}, 202)
    server.on("GET /sources/visits", lambda _request: (next(views), 200, {}))
    done = tablee("sources", "run", "visits", "--wait", "--url", server.url)
    assert (done.code, done.out) == (0, "source visits: added, 1,200 rows, version abc123 of visits\n")


def test_a_failed_run_ends_the_command_with_4(server: Any, tablee: Any) -> None:
    server.on("POST /sources/visits/run", FAILED, 202)
    done = tablee("sources", "run", "visits", "--wait", "--url", server.url, "--json")
    assert (done.code, json.loads(done.err)["code"]) == (4, "invalid_table")


def test_sources_are_listed_and_shown(server: Any, tablee: Any) -> None:
    server.on("GET /sources", {"sources": [FAILED]})
    server.on("GET /sources/visits", FAILED)
    server.on("GET /connections", {"connections": [{"name": "shop", "kind": "query"}]})
    assert "inbox/ (append)" in " ".join(tablee("sources", "list", "--url", server.url).out.split())
    shown = tablee("sources", "show", "visits", "--url", server.url).out
    assert "“inbox/b.csv” refused: line 3: 3 cells, expected 2" in " ".join(shown.split())
    assert "database" in tablee("sources", "connections", "--url", server.url).out


def test_cancel_pause_resume_remove_and_connections(server: Any, tablee: Any) -> None:
    server.on("DELETE /sources/visits", {}, 204)
    for each in ("pause", "resume", "cancel"):
        server.on(f"POST /sources/visits/{each}", VIEW, 200)
    for each, words in {"pause": "is paused", "resume": "runs again", "cancel": "stopped", "remove": "removed"}.items():
        done = tablee("sources", each, "visits", "--url", server.url)
        assert done.code == 0, done.err
        assert words in done.out


def test_a_preview_saves_nothing(server: Any, tablee: Any) -> None:
    finding = {"column": "mail", "kind": "email", "confidence": 0.99, "share": 1.0, "how": "content"}
    finding |= {"proposal": {"kind": "pseudonym", "column": "mail"}}
    sniffed = {"columns": ["mail", "n"], "kinds": {"mail": "text", "n": "number"}, "rows": [{"mail": "a@b.fr", "n": 1}]}
    sniffed |= {"reading": {}, "decisions": []}
    findings = {"findings": [finding], "quasi_identifiers": [], "basis": {"rows": 1, "of": 1}}
    server.on("POST /sources/preview", {"sniffed": sniffed, "findings": findings})
    done = tablee("sources", "add", "visits", "--prefix", "inbox/", "--preview", "--url", server.url)
    assert done.code == 0, done.err
    said = " ".join(done.out.split())
    assert "mail (text)" in said
    assert "e-mail address 99% Replace by a pseudonym" in said
