"""Upgrade, rollback, uninstall, reinstall: passwords stay, data stays, logins work, the champion serves on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kube.release import Release
from kube.tools import eventually, helms
from repository import PENGUINS

MODEL = "penguins"
SECRETS = {"key": "key", "postgres": "password", "minio": "root-password", "h2o": "password", "s3-train": "secret-key"}


@pytest.fixture
def release(place: Callable[..., Release]) -> Iterator[Release]:
    """A release for this test only, with a trained model that serves."""
    release = place("cycle")
    release.install("--set", "api.replicas=1")
    release.upload(MODEL, PENGUINS)
    state = release.train(dataset=MODEL, target="species", max_models=1, include_algorithms=["GLM"], folds=2)
    assert state["promoted"], state
    release.until_serving(MODEL, state["version"])
    yield release
    release.helm("uninstall", "--wait", "--ignore-not-found")


def test_passwords_data_and_models_survive(release: Release) -> None:
    secrets = passwords(release)
    rows = release.api("GET", f"/models/{MODEL}")["contract"]["examples"]
    before = answers(release, rows)
    pins = pinned(release)

    for program in helms():
        release.install("--reuse-values", "--set", "log.level=debug", program=program)
        assert (passwords(release), pinned(release)) == (secrets, pins), program
        release.helm("rollback", "1", "--wait", program=program)
        assert (passwords(release), pinned(release)) == (secrets, pins), program
    assert answers(release, rows) == before

    said = release.helm("uninstall", "--wait")
    assert "kept" in said
    eventually(lambda: not release.get("pods"))
    release.install("--set", "api.replicas=1")
    assert passwords(release) == secrets
    release.until_serving(MODEL, before["version"])
    assert answers(release, rows) == before
    assert release.controller("GET", f"/datasets/{MODEL}")["versions"]
    state = release.train(dataset=MODEL, target="species", max_models=1, include_algorithms=["GLM"], folds=2)
    assert state["phase"] == "succeeded", state


def passwords(release: Release) -> dict[str, str]:
    return {component: release.secret(component, key) for component, key in SECRETS.items()}


def pinned(release: Release) -> Any:
    template = release.get("deployment", release.named("api"))["spec"]["template"]
    return template["metadata"]["annotations"].get("tablee/models")


def answers(release: Release, rows: list[Any]) -> Any:
    answer = release.api("POST", f"/models/{MODEL}/predict", json={"rows": rows})
    return {key: answer[key] for key in ("model", "version", "predictions")}
