"""The dashboards against Grafana's own types, strictly: every field of a dashboard, its panels and its queries."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from charts.observability.expressions import DASHBOARDS

PROGRAM = Path(__file__).parent / "schema"
Check = Callable[..., str]


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Check:
    """Returns the errors in dashboards as text."""
    if shutil.which("go") is None:
        hint = "there is no Go, in which Grafana's types are published: https://go.dev/doc/install"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(hint)
    program = tmp_path_factory.mktemp("schema") / "check"
    built = subprocess.run(
        ["go", "build", "-o", program, "."], cwd=PROGRAM, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr

    def run(*paths: Path) -> str:
        return subprocess.run([program, *paths], capture_output=True, text=True, check=False).stdout

    return run


def test_dashboards_are_valid(check: Check) -> None:
    assert check(*DASHBOARDS) == ""


def test_a_wrong_field_is_found(check: Check, tmp_path: Path) -> None:
    board = json.loads(DASHBOARDS[0].read_text(encoding="utf-8"))
    board["panels"][1]["targets"][0]["exprr"] = "up"
    board["panels"][1]["options"]["graphModee"] = "none"
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(board), encoding="utf-8")
    found = check(wrong)
    assert "unexpected field 'exprr'" in found
    assert "unexpected field 'graphModee'" in found
