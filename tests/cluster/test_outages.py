"""Registry, Postgres, object store gone for a minute under load: predictions do not notice, promotions resume."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from kube.release import Release
from kube.tools import eventually

MODEL = "penguins"
MINUTE = 60.0


@contextmanager
def without(platform: Release, kind: str, component: str) -> Iterator[None]:
    platform.scale(kind, component, 0)
    try:
        yield
    finally:
        platform.scale(kind, component, 1)


@pytest.mark.parametrize(
    ("kind", "component"), [("deployment", "mlflow"), ("statefulset", "postgres"), ("statefulset", "minio")]
)
def test_a_minute_without_it_costs_no_prediction(
    platform: Release, settled: list[int], rows: list[dict[str, Any]], kind: str, component: str
) -> None:
    first, second, _ = settled
    with platform.load(MODEL, rows) as load:
        began = time.monotonic()
        with without(platform, kind, component):
            eventually(lambda: time.monotonic() - began > MINUTE, within=2 * MINUTE)
            assert len(platform.ready_pods("api")) == 2
        eventually(lambda: platform.rollout()["state"] == "in_sync")
        eventually(lambda: _promoted(platform, second))
        platform.until_serving(MODEL, second)
    assert load[0].failures == []
    assert load[0].versions == {first, second}


def _promoted(platform: Release, version: int) -> bool:
    if platform.controller("GET", f"/models/{MODEL}")["champion"] != version:
        platform.promote(MODEL, version)
    return True
