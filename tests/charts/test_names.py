"""Names of objects for releases of any name, several in one namespace."""

from __future__ import annotations

import re

import pytest
from charts.chart import Object, find, key_of, name_of, render

from tablee.jobs.scoring import MAX_PARALLEL
from tablee_controller.runtimes.kubernetes.template import job_name

ID = "20260131-120000-abc123"
NAMES = ["a", "tablee", "a" * 34, "a" * 35, "b" * 53, "x-" * 17 + "y", "1st", "a.b", "9" * 53]


@pytest.mark.parametrize("release", NAMES)
def test_every_name_is_valid(release: str) -> None:
    for each in render(release=release):
        assert re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name_of(each)), key_of(each)
        assert len(name_of(each)) <= 50, key_of(each)
        for value in each["metadata"]["labels"].values():
            assert len(value) <= 63
    train, score = (name_of(find(render(release=release), "CronJob", component)) for component in ("train", "score"))
    assert job_name(train, ID) == f"{train}-{ID}"
    assert len(job_name(train, ID)) <= 63
    assert len(f"{job_name(score, ID, MAX_PARALLEL)}-{MAX_PARALLEL - 1}") <= 63


def test_releases_share_no_object() -> None:
    seen: dict[str, str] = {}
    for release in [*NAMES, "a-b", "b" * 52 + "c", "a" * 33]:
        for each in render(release=release):
            assert seen.setdefault(key_of(each), release) == release


def test_selectors_never_match_pods_of_another_release() -> None:
    one, other = (selectors(render(release=name)) for name in ("a", "a-b"))
    assert one
    assert not one & other


def selectors(objects: tuple[Object, ...]) -> set[tuple[tuple[str, str], ...]]:
    workloads = (each for each in objects if each["kind"] in ("Deployment", "StatefulSet"))
    return {tuple(sorted(each["spec"]["selector"]["matchLabels"].items())) for each in workloads}
