"""The values: typed, closed, documented, in the same order everywhere."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import yaml
from charts.chart import CHART, COMPONENTS, ROOT, Refused, render

ORDER = [
    *("enabled", "external", "image", "replicas", "nodes", "autoscaling", "pdb"),
    *("persistence", "existingSecret", "serviceAccount", "resources", "env", "pod"),
]


def test_generated_files_are_up_to_date() -> None:
    command = [sys.executable, "-m", "chart_values", "--check"]
    done = subprocess.run(command, cwd=ROOT / "tools", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"api": {"replicsa": 3}}, "replicsa"),
        ({"apis": {}}, "apis"),
        ({"api": {"image": {"digest": "latest"}}}, "digest"),
        ({"access": {"path": "tablee/"}}, "path"),
        ({"h2o": {"nodes": 0}}, "nodes"),
        ({"train": {"request": {"metric": "f1"}}}, "metric"),
        ({"upload": {"maxMib": "100"}}, "maxMib"),
    ],
)
def test_a_wrong_value_is_refused_by_name(wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(Refused, match=where):
        render(changes=wrong)


def test_this_chart_may_be_a_part_of_another() -> None:
    """Helm then passes `global` on, with any content."""
    assert len(render(changes={"global": {"anything": {"at": "all"}}})) == len(render())


def test_components_have_the_same_keys_in_the_same_order() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    for component in COMPONENTS:
        keys = [key for key in values[component] if key in ORDER]
        assert keys == sorted(keys, key=ORDER.index), component
        assert {"image", "resources", "env", "pod"} <= set(keys), component


def test_contradictory_values_are_refused() -> None:
    with pytest.raises(Refused, match=r"postgres\.external\.host"):
        render(changes={"postgres": {"enabled": False, "external": {"existingSecret": "a"}}})
    with pytest.raises(Refused, match=r"postgres\.external\.existingSecret"):
        render(changes={"postgres": {"enabled": False, "external": {"host": "a"}}})
