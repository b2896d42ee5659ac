"""One release of the chart for the session, with trained models; tests that break more install their own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kube.bucket import Bucket, bucket_of
from kube.models import rows_of
from kube.release import Release
from kube.tools import Refused, eventually, kubectl
from repository import PENGUINS

TIMEOUT = 1500
MODEL = "penguins"

Place = Callable[..., Release]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("cluster") and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(TIMEOUT))


@pytest.fixture(scope="session", autouse=True)
def cluster() -> None:
    """A cluster that answers, and helm."""
    hint = ""
    if missing := [name for name in ("kubectl", os.environ.get("HELM", "helm")) if shutil.which(name) is None]:
        hint = f"there is no {' and no '.join(missing)} on the path"
    elif subprocess.run(["kubectl", "version"], capture_output=True, timeout=60).returncode:
        hint = "no cluster answers: set KUBECONFIG, or `make kind-up`"
    if hint and os.environ.get("CI"):
        pytest.fail(hint)
    if hint:
        pytest.skip(hint)


@pytest.fixture(scope="session")
def place() -> Iterator[Place]:
    """`place("name")` makes a namespace under the restricted Pod Security standard and a release to be installed there;
    at the end of the session all of them are deleted, unless `TABLEE_TEST_KEEP` is set."""
    made: set[str] = set()

    def make(name: str, namespace: str | None = None, path: str = "") -> Release:
        space = namespace or f"test-{name}"[:60].rstrip("-")
        if space not in made:
            delete(space)
            kubectl("create", "namespace", space)
            kubectl("label", "namespace", space, "pod-security.kubernetes.io/enforce=restricted")
            made.add(space)
        return Release(name, space, f"{name[:20].rstrip('-')}.tablee.test", path)

    yield make
    if not os.environ.get("TABLEE_TEST_KEEP"):
        for space in made:
            delete(space)


def delete(namespace: str) -> None:
    kubectl("delete", "namespace", namespace, "--ignore-not-found", "--timeout=300s")


@pytest.fixture(scope="session")
def platform(place: Place) -> Release:
    """The chart with its defaults, but for what `kubectl create job` retrains."""
    release = place("tablee")
    try:
        release.install(
            *("--set", f"train.request.dataset={MODEL}", "--set", "train.request.target=species"),
            *("--set", "train.request.maxModels=1", "--set", "train.request.includeAlgorithms={GBM}"),
            *("--set", "train.request.seed=1", "--set", "h2o.idleSeconds=30"),
        )
    except Refused as error:
        pytest.fail(f"{error}\n{diagnosis(release)}")
    return release


@pytest.fixture(scope="session")
def champion(platform: Release) -> int:
    """The version that `kubectl create job` trained, from data uploaded through the ingress."""
    platform.upload(MODEL, PENGUINS)
    retrain(platform, "retrain-1")
    serving = eventually(lambda: platform.serving(MODEL))
    platform.until_serving(MODEL, serving)
    return int(serving)


@pytest.fixture(scope="session")
def versions(platform: Release, champion: int) -> list[int]:
    """Three versions of the model that answer differently; the first is the champion at the start."""
    made = [champion]
    for algorithm, seed in (("GLM", 2), ("DRF", 3)):
        state = platform.train(
            dataset=MODEL, target="species", max_models=1, include_algorithms=[algorithm], seed=seed, folds=2
        )
        assert state["phase"] == "succeeded", state
        made.append(state["version"])
    return made


@pytest.fixture
def settled(platform: Release, versions: list[int]) -> Iterator[list[int]]:
    """The versions; the first of them serves at the start and at the end."""
    _settle(platform, versions[0])
    yield versions
    _settle(platform, versions[0])


@pytest.fixture(scope="session")
def rows(platform: Release, champion: int) -> list[dict[str, Any]]:
    return rows_of(platform, MODEL)


@pytest.fixture(scope="module")
def bucket(platform: Release) -> Iterator[Bucket]:
    """The release's bucket, with a folder for this module's tests alone."""
    with bucket_of(platform) as opened:
        yield opened


def _settle(platform: Release, version: int) -> None:
    if platform.controller("GET", f"/models/{MODEL}")["champion"] != version:
        platform.promote(MODEL, version)
    platform.until_serving(MODEL, version)


def retrain(release: Release, job: str, *, within: int = 900) -> None:
    """Run `kubectl create job`, and wait until it succeeds."""
    release.kubectl("create", "job", job, f"--from=cronjob/{release.named('train')}")
    try:
        release.kubectl("wait", f"job/{job}", "--for=condition=complete", f"--timeout={within}s")
    except Refused as error:
        log = release.kubectl("logs", f"job/{job}", "--all-containers", "--tail=50")
        pytest.fail(f"{error}\n{log}\n{diagnosis(release)}")


def diagnosis(release: Release) -> str:
    """Pods and last events, for an error message."""
    pods = release.kubectl("get", "pods", "--output", "wide")
    events = release.kubectl("get", "events", "--sort-by=.lastTimestamp")
    return f"{pods}\n{chr(10).join(events.splitlines()[-30:])}"
