"""The chart's files are small: one folder for each component, one file for each kind."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest
import yaml
from charts.chart import CHART, COMPONENTS, ROOT, SHIPPED, helm, key_of, render

TEMPLATES = sorted(path for path in (CHART / "templates").rglob("*") if path.is_file())


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_files_are_small() -> None:
    sizes = {str(path.relative_to(CHART)): lines(path) for path in TEMPLATES}
    assert {name: size for name, size in sizes.items() if size > 150} == {}
    assert statistics.median(sizes.values()) <= 40


def test_every_component_has_a_folder() -> None:
    assert {path.parent.name for path in TEMPLATES} >= {*COMPONENTS, "access", "tests"}


def test_names_are_built_in_one_file() -> None:
    others = [path for path in TEMPLATES if path.name not in ("_names.tpl", "_labels.tpl", "NOTES.txt")]
    assert [path.name for path in others if "tablee.fullname" in path.read_text(encoding="utf-8")] == []


def test_it_depends_on_no_other_chart() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    assert "dependencies" not in chart
    assert not (CHART / "charts").exists()


@pytest.mark.parametrize("shipped", SHIPPED)
def test_helm_lint_finds_nothing(shipped: str) -> None:
    files = [] if shipped == "default" else ["--values", str(CHART / "values" / f"{shipped}.yaml")]
    said = helm("lint", "--strict", str(CHART), *files)
    assert "[WARNING]" not in said


@pytest.mark.parametrize("shipped", ["default", "full"])
def test_the_list_of_objects_is_unchanged(shipped: str) -> None:
    """A golden file, edited by hand: a review then shows objects that are added or removed."""
    golden = Path(__file__).parent / "goldens" / f"{shipped}.txt"
    now = "".join(f"{key}\n" for key in sorted(key_of(each) for each in render(shipped)))
    assert now == golden.read_text(encoding="utf-8")


def test_the_chart_has_the_version_of_the_packages() -> None:
    import tomllib

    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    core = tomllib.loads((ROOT / "packages/core/pyproject.toml").read_text(encoding="utf-8"))
    assert chart["appVersion"] == core["project"]["version"]
