"""The forge's workflows, the hooks before a commit and the editor's rules: they can be read, and call what exists."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from repository import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yaml"))
HOOKS = ROOT / ".pre-commit-config.yaml"
INDEXES = r"pypi|pythonhosted|(?:docker|ghcr|quay|gcr)\.io|registry\.npmjs|proxy\.golang"


def commands(path: Path) -> list[str]:
    """What a workflow or the hooks run."""
    read: dict[str, Any] = yaml.safe_load(path.read_text())
    if path == HOOKS:
        return [hook["entry"] for repository in read["repos"] for hook in repository["hooks"]]
    return [step["run"] for job in read["jobs"].values() for step in job["steps"] if "run" in step]


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text()
    images = re.search(r"^NAMES := (.+)$", makefile, re.MULTILINE)
    assert images
    return {
        *re.findall(r"^([a-z0-9-]+):.*## ", makefile, re.MULTILINE),
        *(f"image-{name}" for name in images[1].split()),
    }


def test_there_are_workflows_for_changes_nights_and_releases() -> None:
    assert [path.stem for path in WORKFLOWS] == ["checks", "nightly", "release"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_is_complete(path: Path) -> None:
    read = yaml.safe_load(path.read_text())
    assert set(read[True]) & {"push", "schedule"}  # YAML takes the word `on` for true
    assert read["permissions"] == {"contents": "read"}, "a job asks for more where it needs more"
    for job in read["jobs"].values():
        assert job["timeout-minutes"] <= 120
        assert job["runs-on"]
        for step in job["steps"]:
            assert ("run" in step) != ("uses" in step)
            assert re.search(r"@v\d+$", step.get("uses", "@v1")), "an action has a version"


@pytest.mark.parametrize("path", [*WORKFLOWS, HOOKS], ids=lambda path: path.stem)
def test_only_targets_that_exist_are_called(path: Path) -> None:
    called = []
    for command in commands(path):
        for line in re.findall(r"^make ([^#\n]+)", command.replace("${{ matrix.image }}", "api"), re.MULTILINE):
            called += [word for word in line.split() if "=" not in word and not word.startswith(("$", "}", "github"))]
    assert called
    assert set(called) <= targets()


def test_changes_pass_every_shard() -> None:
    called = " ".join(commands(ROOT / ".github" / "workflows" / "checks.yaml"))
    shards = {name for name in targets() if re.fullmatch(r"test-(fast|h2o|stack|charts|cluster)", name)}
    assert len(shards) == 5
    assert {name for name in shards if f"make {name}" not in called} == set()
    ci = (ROOT / ".ci" / "run").read_text()
    assert {name for name in shards if f"check make {name}" not in ci} == set()


def test_every_supported_python_is_tried() -> None:
    read = yaml.safe_load((ROOT / ".github" / "workflows" / "checks.yaml").read_text())
    matrix = read["jobs"]["fast"]["strategy"]["matrix"]["python"]
    classifiers = (ROOT / "packages" / "core" / "pyproject.toml").read_text()
    assert matrix == re.findall(r"Python :: (3\.\d+)", classifiers)


def test_a_release_carries_sbom_and_provenance_for_every_image() -> None:
    read = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yaml").read_text())
    used = {step.get("uses", "").partition("@")[0] for step in read["jobs"]["images"]["steps"]}
    assert {"anchore/sbom-action", "actions/attest-sbom", "actions/attest-build-provenance"} <= used
    images = {f"image-{name}" for name in read["jobs"]["images"]["strategy"]["matrix"]["image"]}
    assert images == {name for name in targets() if name.startswith("image-") and name != "image-list"}


@pytest.mark.parametrize("path", [*WORKFLOWS, HOOKS], ids=lambda path: path.stem)
def test_no_index_is_named(path: Path) -> None:
    assert not re.search(INDEXES, path.read_text())


def test_the_hooks_use_the_tools_of_the_environment() -> None:
    assert all(re.match(r"\.venv/bin/|make ", command) for command in commands(HOOKS))


def test_the_editor_breaks_lines_where_ruff_does() -> None:
    rules = configparser.ConfigParser()
    rules.read_string("[top]\n" + (ROOT / ".editorconfig").read_text())
    assert f"line-length = {rules['*']['max_line_length']}" in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("shard", sorted(name for name in targets() if re.match("test|nightly", name)))
def test_contributing_tells_of_the_targets_for_tests(shard: str) -> None:
    assert re.search(rf"\bmake\b.*\b{shard}\b", (ROOT / "CONTRIBUTING.md").read_text())
