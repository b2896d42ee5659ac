"""The Job of a training or a scoring: its CronJob's own template, told which one it is. No pod is described outside the
chart.
"""

from __future__ import annotations

import copy
import hashlib
from typing import Any

from tablee_controller.runtimes.kubernetes.objects import labelled

REQUEST, TRAINING, SCORING = "TABLEE_REQUEST__", "TABLEE_TRAINING_ID", "TABLEE_SCORING_ID"
PREDICTION = "TABLEE_PREDICTION_ID"
IDENTITY = ("app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component")
LONGEST = 63
"""Characters of a Job's name, which is a label of its pods, and of their host names."""

Json = dict[str, Any]


def job_name(cron_job: str, own_id: str, workers: int | None = None, after: str = "") -> str:
    """The same for the same id after the same Job. A worker's host name is that of its Indexed Job with its number."""
    own_id = f"{own_id}-{after[:6]}" if after else own_id
    name = f"{cron_job}-{own_id.lower()}"
    ending = "" if workers is None else f"-{workers - 1}"
    if len(name + ending) <= LONGEST:
        return name
    return f"{cron_job}-{hashlib.sha256(own_id.encode()).hexdigest()[:12]}"


def job(cron_job: Json, own_id: str, *, variable: str = TRAINING, workers: int | None = None, after: str = "") -> Json:
    """What `kubectl create job --from` makes, with an id in the place of a request.

    :param variable: what tells the id to its containers.
    :param workers: of an Indexed Job, how many.
    :param after: uid of the Job of the same id that has ended, if it is started once more.
    """
    metadata, template = cron_job["metadata"], copy.deepcopy(cron_job["spec"]["jobTemplate"])
    given = template.get("metadata") or {}
    for container in template["spec"]["template"]["spec"]["containers"]:
        kept = [each for each in container.get("env") or [] if not _tells(each["name"], variable)]
        container["env"] = [*kept, {"name": variable, "value": own_id}]
    if workers is not None:
        template["spec"] |= {"completions": workers, "parallelism": workers}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": job_name(metadata["name"], own_id, workers, after),
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


def _tells(name: str, variable: str) -> bool:
    return name == variable or name.startswith(REQUEST)
