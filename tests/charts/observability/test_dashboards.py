"""The dashboards are up to date, complete and uniform."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from charts.observability.conftest import Promtool
from charts.observability.expressions import ROOT, boards, filled, of_panels, panels
from grafana_foundation_sdk.models.dashboard import Dashboard

BOARDS = boards()


@pytest.fixture(params=BOARDS)
def board(request: pytest.FixtureRequest) -> dict[str, Any]:
    return BOARDS[str(request.param)]


def test_the_files_are_up_to_date_with_their_code() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dashboards", "--check"], cwd=ROOT / "tools", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_there_are_three() -> None:
    assert set(BOARDS) == {"overview", "serving", "training"}
    assert len({board["uid"] for board in BOARDS.values()}) == 3


def test_grafanas_own_types_can_read_them(board: dict[str, Any]) -> None:
    read = Dashboard.from_json(board)
    assert read.uid == board["uid"]
    assert len(read.panels or []) == len(board["panels"])


def test_ids_of_panels_are_unique(board: dict[str, Any]) -> None:
    ids = [panel["id"] for panel in board["panels"]]
    assert sorted(set(ids)) == sorted(ids)


def test_panels_do_not_overlap(board: dict[str, Any]) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24, panel["title"]
        assert not cells & taken, panel["title"]
        taken |= cells


def test_the_data_source_can_be_chosen(board: dict[str, Any]) -> None:
    source = {"type": "prometheus", "uid": "${datasource}"}
    assert board["templating"]["list"][0]["type"] == "datasource"
    for panel in panels(board):
        assert panel["datasource"] == source, panel["title"]
        assert all(target["datasource"] == source for target in panel["targets"]), panel["title"]


def test_the_release_can_be_chosen(board: dict[str, Any]) -> None:
    assert [each["name"] for each in board["templating"]["list"]][:3] == ["datasource", "namespace", "release"]
    for panel in panels(board):
        for target in panel["targets"]:
            assert 'namespace="$namespace", release="$release"' in target["expr"], panel["title"]


def test_panels_are_described_and_have_units(board: dict[str, Any]) -> None:
    for panel in panels(board):
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]


def test_rates_use_the_interval_of_the_displayed_time() -> None:
    for expression in of_panels():
        assert set(re.findall(r"\[([^\]]*)\]", expression.text)) <= {"$__rate_interval", "$__range"}, expression.where


def test_expressions_are_promql(promtool: Promtool, tmp_path: Path) -> None:
    rules = [
        {"record": f"panel:{number}", "expr": filled(each.text, namespace="n", release="r")}
        for number, each in enumerate(of_panels())
    ]
    file = tmp_path / "panels.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}), encoding="utf-8")
    assert f"{len(rules)} rules found" in promtool("check", "rules", file)
