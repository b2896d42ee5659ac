"""charts/monitoring next to the session's release, and load to be measured."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import pytest
from cluster.observability.prometheus import Prometheus
from kube.release import CHART, ROOT, Release
from kube.tools import forwarded, helm
from repository import PENGUINS

MONITORING = ROOT / "charts" / "monitoring"
MODEL = "penguins"


def image(key: str, variable: str) -> tuple[str, ...]:
    """Arguments for helm that put another image in the place of the chart's own, where the environment names one."""
    repository, _, tag = os.environ.get(variable, "").rpartition(":")
    return ("--set-string", f"{key}.repository={repository},{key}.tag={tag}") if repository else ()


@pytest.fixture(scope="session")
def observed(platform: Release) -> Release:
    """The session's release, which from now on has rules, dashboards and an exporter."""
    platform.helm(
        *("upgrade", str(CHART), "--reuse-values", "--wait", "--timeout", "10m"),
        *("--set", "observability.enabled=true", "--set", "observability.operator=false"),
        *image("observability.postgresExporter.image", "TABLEE_TEST_POSTGRES_EXPORTER"),
    )
    return platform


@pytest.fixture(scope="session")
def prometheus(observed: Release) -> Iterator[Prometheus]:
    """Prometheus of charts/monitoring, which scrapes every five seconds. Grafana is not needed here."""
    helm(
        *("upgrade", "--install", "monitoring", str(MONITORING), "--namespace", observed.namespace),
        *("--set", f"release={observed.name}", "--set", "grafana.enabled=false", "--wait", "--timeout", "10m"),
        *("--set", "prometheus.interval=5s", "--set", "prometheus.persistence.size=1Gi"),
        *image("prometheus.image", "TABLEE_TEST_PROMETHEUS"),
    )
    with (
        forwarded(observed.namespace, "svc/monitoring-prometheus", 9090) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as http,
    ):
        yield Prometheus(http)


@pytest.fixture(scope="module")
def used(
    observed: Release, prometheus: Prometheus, versions: list[int], rows: list[dict[str, Any]]
) -> Iterator[Release]:
    """The release after two promotions, while valid and invalid predictions go on."""
    with observed.load(MODEL, rows, pause=0.2), _odd_requests(observed, rows[0]):
        observed.upload("measured", PENGUINS)
        observed.controller("PUT", "/sources/measured", json={"of": {"kind": "prefix", "address": "measured/"}})
        for version in (versions[1], versions[0]):
            observed.promote(MODEL, version)
            observed.until_serving(MODEL, version)
        yield observed


@contextmanager
def _odd_requests(release: Release, row: dict[str, Any]) -> Iterator[None]:
    """Send predictions with reasons, empty cells and misspelt columns until the context ends."""
    stop = threading.Event()

    def ask() -> None:
        with release.client("/api") as api:
            while not stop.wait(1):
                for query, cells in (("true", row), ("false", dict.fromkeys(row)), ("false", {"nobody": 1})):
                    with suppress(httpx.HTTPError):
                        api.post(f"/models/{MODEL}/predict", params={"explain": query}, json={"row": cells})

    asker = threading.Thread(target=ask, name="odd-requests")
    asker.start()
    try:
        yield
    finally:
        stop.set()
        asker.join()
