"""One version: every member, chart and image names that of `tablee`, and the changelog knows it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from repository import ROOT

from tablee import __version__

MEMBERS = sorted(ROOT.glob("[pjs]*/*/pyproject.toml"))
PROJECTS = {path.parent.name: tomllib.loads(path.read_text())["project"] for path in MEMBERS}


def version(root: Path, *arguments: str) -> tuple[int, list[str]]:
    """Run `tools/version.py`; its exit code and the files it names."""
    done = subprocess.run([sys.executable, root / "tools" / "version.py", *arguments], capture_output=True, text=True)
    assert not done.stderr
    return done.returncode, done.stdout.splitlines()


def test_every_file_names_the_version() -> None:
    assert version(ROOT, "--check") == (0, [])


def test_a_new_version_is_written_everywhere(tmp_path: Path) -> None:
    named = [*MEMBERS, *ROOT.glob("charts/*/Chart.yaml"), ROOT / "Dockerfile", *ROOT.glob("infra/minio/[DR]*")]
    for path in [*named, ROOT / "tools" / "version.py", ROOT / "packages/core/src/tablee/__init__.py"]:
        copied = tmp_path / path.relative_to(ROOT)
        copied.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            shutil.copy(path, copied)
    code, written = version(tmp_path, "98.7.6rc1")
    assert code == 0
    assert {str(path.relative_to(ROOT)) for path in MEMBERS} | {"Dockerfile", "charts/tablee/Chart.yaml"} <= set(
        written
    )
    assert version(tmp_path, "--check") == version(tmp_path, "--check", "98.7.6rc1") == (0, [])
    assert version(tmp_path, "--check", "98.7.6") == (1, ["packages/core/src/tablee/__init__.py"])
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert not re.search(rf"(?<![\d.]){re.escape(__version__)}(?![\d.])", path.read_text()), path
    chart = tmp_path / "charts" / "tablee" / "Chart.yaml"
    chart.write_text(chart.read_text().replace("98.7.6rc1", "98.7.5"))
    assert version(tmp_path, "--check") == (1, ["charts/tablee/Chart.yaml"])


@pytest.mark.parametrize("member", PROJECTS)
def test_members_need_each_other_at_the_same_version(member: str) -> None:
    ours = [each for each in PROJECTS[member]["dependencies"] if re.match(r"tablee\b", each)]
    assert [each for each in ours if not each.endswith(f"=={__version__}")] == []
    assert len(ours) >= (member != "core")


@pytest.mark.parametrize("member", PROJECTS)
def test_members_say_the_same_of_themselves(member: str) -> None:
    shared = ("requires-python", "license", "classifiers", "keywords", "urls")
    assert {name: PROJECTS[member][name] for name in shared} == {name: PROJECTS["core"][name] for name in shared}
    assert PROJECTS[member]["description"]


def test_the_changelog_has_the_version_and_what_comes() -> None:
    titles = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert titles[0] == "Unreleased"
    assert titles[1] == __version__
