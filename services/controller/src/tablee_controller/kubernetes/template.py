"""A training's Job: the CronJob's own template, told which training it is. No pod is described outside the chart."""

from __future__ import annotations

import copy
from typing import Any

from tablee_controller.kubernetes.objects import labelled

REQUEST, TRAINING = "TABLEE_REQUEST__", "TABLEE_TRAINING_ID"
IDENTITY = ("app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component")

Json = dict[str, Any]


def job_name(cron_job: str, training_id: str) -> str:
    return f"{cron_job}-{training_id.lower()}"


def job(cron_job: Json, training_id: str) -> Json:
    """What `kubectl create job --from` makes, with the training's id in the place of a request."""
    metadata, template = cron_job["metadata"], copy.deepcopy(cron_job["spec"]["jobTemplate"])
    given = template.get("metadata") or {}
    for container in template["spec"]["template"]["spec"]["containers"]:
        kept = [each for each in container.get("env") or [] if not _tells(each["name"])]
        container["env"] = [*kept, {"name": TRAINING, "value": training_id}]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": job_name(metadata["name"], training_id),
            "namespace": metadata["namespace"],
            "labels": given.get("labels") or {},
            "annotations": (given.get("annotations") or {}) | {"cronjob.kubernetes.io/instantiate": "manual"},
            # It goes with its CronJob when the release is uninstalled; scheduled runs are not kept from starting by it.
            "ownerReferences": [
                {"apiVersion": "batch/v1", "kind": "CronJob", "name": metadata["name"], "uid": metadata["uid"]}
            ],
        },
        "spec": template["spec"],
    }


def selector(cron_job: Json) -> str:
    """What all Jobs of this CronJob have in common, whoever made them, and Jobs of other releases have not.

    :raises ValueError: the template's labels do not say.
    """
    labels = (cron_job["spec"]["jobTemplate"].get("metadata") or {}).get("labels") or {}
    if missing := [name for name in IDENTITY if name not in labels]:
        raise ValueError(f"the job template has no label {', '.join(missing)}")
    return labelled({name: labels[name] for name in IDENTITY})


def _tells(name: str) -> bool:
    return name == TRAINING or name.startswith(REQUEST)
