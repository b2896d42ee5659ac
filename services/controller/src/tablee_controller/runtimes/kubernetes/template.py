"""The Job of a training or a scoring: a copy of the job template of a CronJob, with the id in an environment variable.

The pods are described only in the chart.
"""

from __future__ import annotations

import copy
import hashlib
from typing import Any

from tablee.i18n.message import Message
from tablee_controller.runtimes.kubernetes.objects import labelled

REQUEST, TRAINING, SCORING = "TABLEE_REQUEST__", "TABLEE_TRAINING_ID", "TABLEE_SCORING_ID"
PREDICTION = "TABLEE_PREDICTION_ID"
IDENTITY = ("app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component")
MAX_LENGTH = 63
"""Most characters of the name of a Job, because it is a label of its pods, and of their host names."""

Json = dict[str, Any]


def job_name(cron_job: str, own_id: str, workers: int | None = None, after: str = "") -> str:
    """The name of a Job. It is shortened by a hash if a host name would be longer than `MAX_LENGTH`: the host name of a
    worker is the name of its Indexed Job and the number of the worker.

    :param workers: number of workers of an Indexed Job.
    :param after: uid of the ended Job of the same id that this one follows.
    """
    own_id = f"{own_id}-{after[:6]}" if after else own_id
    name = f"{cron_job}-{own_id.lower()}"
    ending = "" if workers is None else f"-{workers - 1}"
    if len(name + ending) <= MAX_LENGTH:
        return name
    return f"{cron_job}-{hashlib.sha256(own_id.encode()).hexdigest()[:12]}"


def job(cron_job: Json, own_id: str, *, variable: str = TRAINING, workers: int | None = None, after: str = "") -> Json:
    """The Job that `kubectl create job --from` creates, with an id in the place of the settings of a request.

    :param variable: the environment variable of its containers that gets the id.
    :param workers: number of workers of an Indexed Job; None: the Job is not indexed.
    :param after: uid of the ended Job of the same id that this one follows.
    """
    metadata, template = cron_job["metadata"], copy.deepcopy(cron_job["spec"]["jobTemplate"])
    template_metadata = template.get("metadata") or {}
    annotations = template_metadata.get("annotations") or {}
    for container in template["spec"]["template"]["spec"]["containers"]:
        kept = [each for each in container.get("env") or [] if not _is_replaced(each["name"], variable)]
        container["env"] = [*kept, {"name": variable, "value": own_id}]
    if workers is not None:
        template["spec"] |= {"completions": workers, "parallelism": workers}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": job_name(metadata["name"], own_id, workers, after),
            "namespace": metadata["namespace"],
            "labels": template_metadata.get("labels") or {},
            "annotations": annotations | {"cronjob.kubernetes.io/instantiate": "manual"},
            # It is deleted with its CronJob when the release is uninstalled. It does not prevent scheduled runs.
            "ownerReferences": [
                {"apiVersion": "batch/v1", "kind": "CronJob", "name": metadata["name"], "uid": metadata["uid"]}
            ],
        },
        "spec": template["spec"],
    }


def selector(cron_job: Json) -> str:
    """A label selector of all Jobs that were made from this CronJob, by anybody, and of no Job of another release.

    :raises ValueError: the job template lacks one of the labels `IDENTITY`.
    """
    labels = (cron_job["spec"]["jobTemplate"].get("metadata") or {}).get("labels") or {}
    if missing := [name for name in IDENTITY if name not in labels]:
        raise ValueError(Message("job_template.no_label", {"labels": missing}))
    return labelled({name: labels[name] for name in IDENTITY})


def _is_replaced(name: str, variable: str) -> bool:
    return name == variable or name.startswith(REQUEST)
