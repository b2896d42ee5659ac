"""skaffold.yaml fits the images, the chart and the sources, in every profile."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
import yaml
from images.dockerfile import IMAGES, ROOT, stages

CONFIG = yaml.safe_load((ROOT / "skaffold.yaml").read_text())
VALUES = yaml.safe_load((ROOT / "charts" / "tablee" / "values.yaml").read_text())
PROFILES = ("", "dev", "ci", "prod")


def applied(profile: str) -> dict[str, Any]:
    """The configuration with a profile's patches (RFC 6902)."""
    config = copy.deepcopy(CONFIG)
    for patch in next((p["patches"] for p in CONFIG["profiles"] if p["name"] == profile), []):
        *path, last = [int(part) if part.isdigit() else part for part in patch["path"].split("/")[1:]]
        place: Any = config
        for part in path:
            place = place[part]
        if patch["op"] != "add":
            assert place[last] is not None
        if patch["op"] == "remove":
            del place[last]
        else:
            place[last] = patch["value"]
    return config


def release(config: dict[str, Any]) -> dict[str, Any]:
    (only,) = config["deploy"]["helm"]["releases"]
    return dict(only)


def test_profiles_are_the_ones_documented() -> None:
    assert tuple(profile["name"] for profile in CONFIG["profiles"]) == PROFILES[1:]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_image_is_built_and_used(profile: str) -> None:
    config = applied(profile)
    built = {artifact["image"].removeprefix("tablee/"): artifact for artifact in config["build"]["artifacts"]}
    assert set(built) == {*IMAGES, "minio"}
    templates = release(config)["setValueTemplates"]
    assert templates == {
        f"{name}.image.{key}": f"{{{{.IMAGE_{word}_tablee_{name}}}}}"
        for name in built
        for key, word in (("repository", "REPO"), ("tag", "TAG"))
    }
    for name, artifact in built.items():
        context = ROOT / artifact.get("context", ".")
        assert (context / artifact["docker"]["dockerfile"]).is_file()
        target = artifact["docker"].get("target")
        assert (target is None) if name == "minio" else (target in stages())


@pytest.mark.parametrize("profile", PROFILES)
def test_every_value_is_one_of_the_chart(profile: str) -> None:
    helm = release(applied(profile))
    assert (ROOT / helm["chartPath"] / "Chart.yaml").is_file()
    assert all((ROOT / name).is_file() for name in helm.get("valuesFiles", ()))
    for path in [*helm["setValueTemplates"], *helm.get("setValues", ())]:
        place = VALUES
        for part in path.split("."):
            assert part in place, path
            place = place[part]


def test_files_are_synced_to_where_they_are_run_from() -> None:
    synced = {a["image"]: a["sync"]["manual"] for a in applied("dev")["build"]["artifacts"] if "sync" in a}
    assert set(synced) == {"tablee/api", "tablee/ui"}
    for image, rules in synced.items():
        target = next(a["docker"]["target"] for a in applied("dev")["build"]["artifacts"] if a["image"] == image)
        place = stages()[target].environment["PYTHONPATH"]
        for rule in rules:
            assert any(ROOT.glob(rule["src"])), rule
            assert rule["src"].startswith(rule["strip"])
            assert re.fullmatch(r"tablee\w*", rule["src"].removeprefix(rule["strip"]).split("/")[0])
            assert rule["dest"] == place


def test_nothing_is_synced_outside_of_development() -> None:
    for profile in ("", "ci", "prod"):
        assert all("sync" not in artifact for artifact in applied(profile)["build"]["artifacts"])
        assert not any("-dev" in str(a["docker"].get("target")) for a in applied(profile)["build"]["artifacts"])
