"""Alerts and recording rules: they are described, and they fire when they should and only then."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from charts.observability.conftest import Promtool
from charts.observability.expressions import ROOT, RULES, alerts, recorded

CASES = sorted((Path(__file__).parent / "rules").glob("*.yaml"))
RUNBOOKS = ROOT / "docs" / "runbooks"
SECTIONS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]


def cases() -> list[dict[str, Any]]:
    return [test for path in CASES for test in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]]


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_rules_are_valid(promtool: Promtool, path: Path) -> None:
    promtool("check", "rules", path)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_alerts_fire_when_they_should(promtool: Promtool, path: Path) -> None:
    promtool("test", "rules", path)


@pytest.mark.parametrize("name", alerts())
def test_every_alert_has_a_case_that_fires_and_one_that_does_not(name: str) -> None:
    outcomes = set()
    for case in cases():
        for check in case.get("alert_rule_test", ()):
            if check["alertname"] == name:
                outcomes.add(bool(check["exp_alerts"]))
        for check in case.get("promql_expr_test", ()):
            if f'alertname="{name}"' in check["expr"]:
                outcomes.add(bool(check["exp_samples"]))
        # beside a healthy release in the same case, naming only the sick one is silence too
        if True in outcomes and any('release="b"' in series["series"] for series in case["input_series"]):
            outcomes.add(False)
    assert outcomes == {True, False}


@pytest.mark.parametrize(("name", "rule"), alerts().items(), ids=list(alerts()))
def test_every_alert_has_severity_summary_and_runbook(name: str, rule: dict[str, Any]) -> None:
    assert re.fullmatch(r"Tablee([A-Z][a-z0-9]+)+", name)
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
    assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    assert rule["annotations"]["runbook_url"].endswith(f"/docs/runbooks/{name}.md")
    assert "$labels.release" in rule["annotations"]["summary"]


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    assert {path.stem for path in RUNBOOKS.glob("*.md")} == set(alerts())


@pytest.mark.parametrize("name", alerts())
def test_a_runbook_has_its_four_parts(name: str) -> None:
    text = (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {name}\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == SECTIONS
    assert all(len(part.strip()) > 20 for part in re.split(r"^## .*$", text, flags=re.MULTILINE)[1:])


def test_links_to_runbooks_exist() -> None:
    for path in RUNBOOKS.glob("*.md"):
        for target in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_alert_and_no_other_is_listed_in_the_manual() -> None:
    listed = re.findall(r"\(runbooks/(\w+)\.md\)", (ROOT / "docs" / "observability.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(alerts())


def test_recorded_names_tell_their_aggregation() -> None:
    assert all(re.fullmatch(r"namespace_release:tablee_[a-z_]+:[a-z_]+[0-9]+[mhd]", name) for name in recorded())
