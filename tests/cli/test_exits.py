"""Exit codes 0 to 5 and 130, and errors: problem JSON with --json, else a sentence and a hint."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tablee.errors import ModelNotReady, NotRunning, StartFailed, TrainingCancelled, TrainingFailed
from tablee_cli.exits import Exit, exit_for

COMMANDS = [
    ("data", "list"),
    ("data", "show", "x"),
    ("train", "--data", "x", "--target", "y"),
    ("trainings",),
    ("cancel", "t"),
    ("models",),
    ("promote", "x", "1"),
    ("rollback", "x"),
    ("predict", "x", "--row", "a=1"),
    ("score", "inbox/", "--model", "x"),
    ("scorings",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_without_a_stack_every_command_names_the_one_that_starts_it(tablee: Any, command: tuple[str, ...]) -> None:
    done = tablee(*command)
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("not_running: no stack is running in ")
    assert "`tablee up`" in done.err


def test_with_json_errors_are_problems(tablee: Any) -> None:
    done = tablee("models", "--json")
    assert (done.code, done.out) == (3, "")
    assert {"type", "title", "status", "detail", "code", "hint"} <= done.problem.keys()


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("models", "--nonsense"),
        ("train",),
        ("promote", "x", "first"),
        ("train", "--data", "x", "--target", "y", "--seconds", "1"),
        ("data", "add", "there is no such file.csv"),
        ("data", "add", "."),
        ("predict", "x"),
        ("predict", "x", "a.csv", "b.csv"),
        ("predict", "x", "--row", "a=1", "--out", "y.csv"),
        ("trainings", "--log"),
    ],
    ids=" ".join,
)
def test_a_usage_error_ends_with_2(tablee: Any, server: Any, arguments: tuple[str, ...]) -> None:
    server.on("GET /models/x", {"contract": {}})
    for extra in ((), ("--json",)):
        done = tablee(*arguments, *extra, TABLEE_URL=server.url)
        assert (done.code, done.out) == (2, "")
        assert "Traceback" not in done.err
    assert done.problem["code"] == "invalid_request"


def test_an_error_of_the_platform_ends_with_1(tablee: Any, server: Any) -> None:
    problem = {"code": "model_not_found", "detail": "there is no model “x”", "hint": "List them.", "status": 404}
    server.on("GET /models/x", problem, 404)
    done = tablee("models", "x", "--url", server.url)
    assert (done.code, done.err) == (1, "model_not_found: there is no model “x”\nList them.\n")
    server.on("GET /models/x", b"<html>", 502)
    done = tablee("models", "x", "--url", server.url, "--json")
    assert done.code == 1
    assert "answered 502" in done.problem["detail"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "127.0.0.1:8080", "http://[", "ftp://x"])
def test_a_platform_that_does_not_answer_ends_with_3(tablee: Any, url: str) -> None:
    done = tablee("models", "--url", url)
    assert done.code == 3
    assert done.err.startswith("not_running: ")


def test_each_error_has_its_exit_code() -> None:
    errors = [NotRunning("x"), TrainingFailed("x"), TrainingCancelled("x"), StartFailed("x"), ModelNotReady("x")]
    assert [exit_for(error) for error in errors] == [3, 4, 4, 5, 1]
    assert {code.value for code in Exit} == {0, 1, 2, 3, 4, 5, 130}


def test_ctrl_c_while_waiting_does_not_cancel_the_training(server: Any, tmp_path: Path) -> None:
    created = "2026-01-02T03:04:05Z"
    state = {"id": "t-1", "request": {"dataset": "x", "target": "y"}, "created": created, "updated": created}
    server.on("POST /trainings", state, 202)
    server.on("GET /trainings/t-1", state)
    command = [
        sys.executable,
        "-m",
        "tablee_cli",
        "train",
        "--data",
        "x",
        "--target",
        "y",
        "--wait",
        "--url",
        server.url,
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stderr is not None
        said = ""
        while "queued" not in said:  # the command follows the training now
            said += process.stderr.readline()
        os.kill(process.pid, signal.SIGINT)
        said += process.stderr.read()
        assert process.wait(30) == 130
    assert "the training goes on; `tablee cancel t-1` ends it" in said
    assert not any(request.path.endswith("cancel") for request in server.requests)


def test_version_and_help(tablee: Any) -> None:
    assert tablee("--version").out.startswith("tablee ")
    assert "Usage: tablee" in tablee("--help").out
    assert tablee().code == 2
