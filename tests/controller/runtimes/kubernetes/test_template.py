"""The Job of a training is made from the CronJob's template, with few changes."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tablee_controller.runtimes.kubernetes.template import SCORING, job, job_name, selector

LABELS = {
    "app.kubernetes.io/name": "tablee",
    "app.kubernetes.io/instance": "r",
    "app.kubernetes.io/component": "train",
    "helm.sh/chart": "tablee-0.1.0",
}
ENV = [
    {"name": "TABLEE_REQUEST__DATASET", "value": "penguins"},
    {"name": "TABLEE_KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "key"}}},
    {"name": "TABLEE_TRAINING_ID", "value": "old"},
]
CRON_JOB: dict[str, Any] = {
    "metadata": {"name": "r-train", "namespace": "n", "uid": "u"},
    "spec": {
        "suspend": True,
        "jobTemplate": {
            "metadata": {"labels": LABELS, "annotations": {"note": "kept"}},
            "spec": {
                "backoffLimit": 2,
                "template": {"spec": {"containers": [{"name": "train", "env": ENV}, {"name": "sidecar"}]}},
            },
        },
    },
}
ID = "20260131-120000-abc123"


def test_a_job_is_a_copy_of_the_template_with_the_training_id() -> None:
    before = copy.deepcopy(CRON_JOB)
    made = job(CRON_JOB, ID)
    assert before == CRON_JOB
    assert made["metadata"] == {
        "name": f"r-train-{ID}",
        "namespace": "n",
        "labels": LABELS,
        "annotations": {"note": "kept", "cronjob.kubernetes.io/instantiate": "manual"},
        "ownerReferences": [{"apiVersion": "batch/v1", "kind": "CronJob", "name": "r-train", "uid": "u"}],
    }
    assert made["spec"]["backoffLimit"] == 2
    train, sidecar = made["spec"]["template"]["spec"]["containers"]
    assert train["env"] == [ENV[1], {"name": "TABLEE_TRAINING_ID", "value": ID}]
    assert sidecar["env"] == [{"name": "TABLEE_TRAINING_ID", "value": ID}]


def test_the_longest_job_name_fits() -> None:
    longest = {**CRON_JOB, "metadata": {"name": "x" * 34 + "-train", "namespace": "n", "uid": "u"}}
    assert len(job(longest, ID)["metadata"]["name"]) == 63


def test_a_scoring_has_the_requested_number_of_workers() -> None:
    made = job(CRON_JOB, ID, variable=SCORING, workers=4)
    assert (made["spec"]["completions"], made["spec"]["parallelism"]) == (4, 4)
    names = [each["name"] for each in made["spec"]["template"]["spec"]["containers"][0]["env"]]
    assert names == ["TABLEE_KEY", "TABLEE_TRAINING_ID", "TABLEE_SCORING_ID"]
    assert "completions" not in job(CRON_JOB, ID)["spec"]


@pytest.mark.parametrize("workers", [1, 10, 11, 100, 1000])
@pytest.mark.parametrize("release", ["r", "x" * 30, "x" * 34])
def test_the_host_name_of_every_worker_fits(release: str, workers: int) -> None:
    names = {job_name(f"{release}-score", each, workers) for each in (ID, f"{ID[:-1]}4")}
    assert len(names) == 2
    assert all(len(f"{name}-{workers - 1}") <= 63 for name in names)
    assert all(name.startswith(f"{release}-score-") for name in names)


def test_the_selector_has_the_labels_of_the_release() -> None:
    assert selector(CRON_JOB) == (
        "app.kubernetes.io/component=train,app.kubernetes.io/instance=r,app.kubernetes.io/name=tablee"
    )


def test_a_template_without_labels_is_refused() -> None:
    bare = copy.deepcopy(CRON_JOB)
    del bare["spec"]["jobTemplate"]["metadata"]
    with pytest.raises(ValueError, match="component"):
        selector(bare)
