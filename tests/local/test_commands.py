"""Every command on the real stack."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import httpx
import pytest
from repository import PENGUINS, ROOT


@pytest.mark.parametrize(
    "arguments",
    [
        ("up", "--heap", "1g"),
        ("status",),
        ("doctor",),
        ("data", "list"),
        ("data", "show", "penguins"),
        ("data", "add", PENGUINS),
        ("trainings",),
        ("models",),
        ("models", "penguins"),
        ("predict", "penguins", PENGUINS),
    ],
    ids=lambda arguments: " ".join(map(str, arguments[:2])),
)
def test_answers_as_json_and_as_text(stack: Any, arguments: tuple[Any, ...]) -> None:
    done = stack.cli(*arguments, "--json")
    assert (done.code, done.err) == (0, "")
    assert isinstance(done.json, dict)
    done = stack.cli(*arguments)
    assert done.code == 0
    assert done.out.strip()


def test_the_same_bytes_are_the_same_version(stack: Any) -> None:
    first, second = (stack.cli("data", "add", PENGUINS, "--name", "oiseaux", "--json").json for _ in range(2))
    assert (first["new"], second["new"]) == (True, False)
    assert first["version"] == second["version"]


def test_the_commands_work_against_a_platform_by_its_address(stack: Any, tmp_path: Path) -> None:
    done = stack.cli("models", "--url", stack.controller_url, "--home", tmp_path / "nothing here", "--json")
    assert "penguins" in [model["name"] for model in done.json["models"]]
    assert stack.cli("status", "--url", stack.controller_url, "--json").code == 0
    found = stack.cli("doctor", "--url", stack.controller_url, "--json").json
    assert [check for check in found["checks"] if check["state"] == "failed"] == []
    assert found["healthy"]


def test_every_service_answers_at_its_address(stack: Any) -> None:
    for url in (stack.api_url, stack.controller_url):
        for path in ("/healthz", "/readyz", "/metrics", "/docs", "/openapi.json"):
            assert httpx.get(url + path).status_code == 200, path
    assert httpx.get(f"{stack.ui_url}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{stack.mlflow_url}/health").status_code == 200
    assert httpx.get(f"{stack.h2o_url}/3/Cloud").json()["version"] == "3.46.0.11"
    about = httpx.get(f"{stack.controller_url}/platform").json()
    found = {name: about[name] for name in ("api_url", "ui_url", "mlflow_url")}
    assert found == {name: getattr(stack, name) for name in found}


def test_a_second_demo_keeps_what_is_there(stack: Any) -> None:
    before = stack.cli("models", "penguins", "--json").json
    done = stack.cli("demo", "--detach", "--data", PENGUINS)
    assert done.code == 0, done.err
    assert f"penguins version {before['champion']} is the champion already: keeping it" in done.err
    assert "reasons (" in done.out
    assert stack.ui_url in done.err
    after = stack.cli("models", "penguins", "--json").json
    assert after["versions"] == before["versions"]
    assert stack.cli("status").code == 0


def test_the_idle_stack_is_small(stack: Any) -> None:
    """Less than 3 GiB, after trainings; H2O returns memory when it is idle."""
    assert stack.cli("status", "--json").json["memory_bytes"] < 3 << 30


def test_the_readme_commands_run(stack: Any, tmp_path: Path) -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    commands = [shlex.split(line) for line in lines if line.startswith(".venv/bin/tablee ")]
    assert len(commands) >= 5
    for _, *arguments in commands:
        changed = [str(PENGUINS) if argument == "data/penguins/penguins.csv" else argument for argument in arguments]
        if "--seconds" in changed:
            changed[changed.index("--seconds") + 1] = "10"
        if "--out" in changed:
            changed[changed.index("--out") + 1] = str(tmp_path / "out.csv")
        done = stack.cli(*changed)
        nothing_to_go_back_to = changed[0] == "rollback" and done.err.startswith("conflict: ")
        assert done.code == 0 or nothing_to_go_back_to, (changed, done.err)
