"""The Dockerfile keeps the promises of the documents about every image."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from images.dockerfile import IMAGES, OURS, ROOT, Stage, lineage, stages

from tablee.settings import Settings
from tablee_api.settings import ApiSettings
from tablee_controller.settings import ControllerSettings
from tablee_score.settings import ScoreSettings
from tablee_train.settings import TrainSettings
from tablee_ui.settings import UiSettings

RECIPES = (ROOT / "Dockerfile", ROOT / "infra" / "minio" / "Dockerfile")
SETTINGS: dict[str, type[Settings]] = {
    "api": ApiSettings,
    "controller": ControllerSettings,
    "ui": UiSettings,
    "train": TrainSettings,
    "score": ScoreSettings,
}
MINIO = stages(RECIPES[1])["final"]
LABELS = ("title", "description", "licenses", "version", "revision")


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.parent.name)
def test_any_builder_can_read_it(recipe: Path) -> None:
    """Docker's and buildah's: no mounts, no here-documents, no syntax line."""
    assert not re.search(r"--mount|<<|^# *syntax", recipe.read_text(), re.MULTILINE)


@pytest.mark.parametrize("image", [*IMAGES, "minio"])
def test_no_image_runs_as_root(image: str) -> None:
    user = MINIO.last("USER") if image == "minio" else _nearest(image, "USER")
    assert user == "10001:10001"


@pytest.mark.parametrize("image", [*IMAGES, "minio"])
def test_an_image_has_labels(image: str) -> None:
    labels = (MINIO if image == "minio" else stages()[image]).last("LABEL")
    for label in LABELS:
        assert f"org.opencontainers.image.{label}=" in labels


@pytest.mark.parametrize("image", OURS)
def test_an_image_runs_its_member(image: str) -> None:
    entrypoint = stages()[image].entrypoint
    assert entrypoint == ["python", "-m", f"tablee_{image}"]
    assert importlib.util.find_spec(f"{entrypoint[2]}.__main__")


@pytest.mark.parametrize("image", OURS)
def test_an_image_sets_what_its_process_knows(image: str) -> None:
    told = {name: value for stage in lineage(image) for name, value in stage.environment.items()}
    variables = {name: value or "x" for name, value in told.items() if name.startswith("TABLEE_")}
    assert all(SETTINGS[image]._knows(name) for name in variables)


@pytest.mark.parametrize("image", ["api", "controller", "ui"])
def test_an_image_opens_the_port_of_its_process(image: str) -> None:
    assert stages()[image].last("EXPOSE") == str(SETTINGS[image].model_fields["port"].default)


@pytest.mark.parametrize("image", ["api", "ui"])
def test_development_images_differ_only_in_their_command(image: str) -> None:
    stage = stages()[f"{image}-dev"]
    assert stage.base == image
    assert stage.entrypoint[-1] == f"tablee_{image}"
    assert set(stage.environment) == {"PYTHONPATH"}


def test_the_build_context_has_only_what_is_copied() -> None:
    lines = (ROOT / ".dockerignore").read_text().split("\n")
    sent = {line[1:] for line in lines if line.startswith("!")}
    assert "*" in lines
    copied = {
        "/".join(source.split("/")[:2]) if source.startswith("infra/") else source.split("/")[0]
        for stage in stages().values()
        for line in stage.all("COPY")
        if not line.startswith("--from")
        for source in line.split()[:-1]
    }
    assert copied == sent
    assert all((ROOT / name).is_dir() for name in sent)


def test_packages_come_with_hashes() -> None:
    """Nothing is installed by pip but pinned files and our own wheels."""
    scripts = "".join(path.read_text() for path in sorted((ROOT / "infra" / "python").iterdir()))
    commands = [line for stage in stages().values() for line in stage.all("RUN")] + scripts.split("\n")
    for command in commands:
        if re.search(r"\bpip\b.*\binstall\b", command) and "uninstall" not in command:
            assert "--require-hashes" in command or "--no-index" in command


def test_the_final_images_have_no_installers() -> None:
    run = stages()["python"].last("RUN")
    assert "pip uninstall" in run
    assert all(name in run for name in ("pip", "setuptools", "wheel", "ensurepip"))


def _nearest(image: str, keyword: str) -> str:
    line: list[Stage] = lineage(image)
    return next(stage.last(keyword) for stage in line if stage.all(keyword))
