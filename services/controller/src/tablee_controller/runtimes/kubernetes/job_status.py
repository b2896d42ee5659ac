"""What a Job and its pods say of the process of a training, or of the workers of a scoring: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from tablee.jobs.training import suffix
from tablee_controller.runtimes.kubernetes.objects import Job, Pod, Terminated
from tablee_controller.runtimes.kubernetes.template import TRAINING
from tablee_controller.runtimes.runtime import HOPELESS, Execution

INDEX = "batch.kubernetes.io/job-completion-index"
"""Annotation of an Indexed Job's pods: the number of the worker."""
SIGNALLED = 128
"""What a shell, and so Kubernetes, adds to the number of the signal that ended a process."""


def ended(job: Job) -> bool:
    return _is(job, "Complete") or _is(job, "Failed")


def execution(job: Job, pods: Sequence[Pod], *, stopped: bool) -> Execution:
    """The execution that a Job is: it runs until all its attempts are over, waits between them included.

    :param pods: of an ended Job, oldest first.
    """
    stopped = stopped or job.metadata.deletion_timestamp is not None
    if not ended(job):
        return Execution(running=True, stopped=stopped)
    if _is(job, "Complete"):
        return Execution(running=False, exit_code=0, stopped=stopped)
    failed = [pod for pod in newest(pods).values() if pod.status.phase != "Succeeded"]
    last_pod = max(failed, key=_weight, default=None)
    last = terminated(last_pod) if last_pod is not None else None
    code = last.exit_code if last else None
    if code is not None and code > SIGNALLED:
        code = SIGNALLED - code
    return Execution(running=False, exit_code=code, stopped=stopped, reason=_reason(job, last_pod, last))


def terminated(pod: Pod) -> Terminated | None:
    """How its first container ended."""
    states = [each.state.terminated or each.last_state.terminated for each in pod.status.container_statuses]
    return next((each for each in states if each is not None), None)


def newest(pods: Iterable[Pod]) -> dict[int, Pod]:
    """Of pods, oldest first, the newest of each worker, by its number and in that order; a training is one worker."""
    of_worker = {int(pod.metadata.annotations.get(INDEX, "0")): pod for pod in pods}
    return dict(sorted(of_worker.items()))


def belongs(job: Job, own_id: str, variable: str = TRAINING) -> bool:
    """Whether the id is this Job's: it was told so, or made one of its own uid (somebody used kubectl)."""
    told = job.variable(variable)
    return told == own_id if told else own_id.endswith(f"-{suffix(job.metadata.uid)}")


def owner(jobs: Iterable[Job], own_id: str, variable: str = TRAINING) -> Job | None:
    """The newest Job of a training or a scoring."""
    own = [job for job in jobs if belongs(job, own_id, variable)]
    return max(own, key=lambda job: job.metadata.creation_timestamp, default=None)


def oldest_active(jobs: Sequence[Job]) -> Job | None:
    """The active Job that started first; ended ones have gone, those being deleted have not yet."""
    active = [job for job in jobs if not ended(job)]
    return min(
        active,
        key=lambda job: (job.status.start_time or job.metadata.creation_timestamp, job.metadata.name),
        default=None,
    )


def _weight(pod: Pod) -> tuple[bool, datetime]:
    """Of workers that failed, the one that counts is one whose share is hopeless, else the last."""
    last = terminated(pod)
    return last is not None and last.exit_code in HOPELESS, pod.metadata.creation_timestamp


def _is(job: Job, condition: str) -> bool:
    return any(each.type == condition and each.status == "True" for each in job.status.conditions)


def _reason(job: Job, last_pod: Pod | None, last: Terminated | None) -> str:
    parts = []
    if last is not None and last.reason not in ("", "Error", "Completed"):
        parts.append("it needed more memory than its limit (OOMKilled)" if last.reason == "OOMKilled" else last.reason)
    if last_pod is not None and last_pod.status.reason:
        parts.append(f"{last_pod.status.reason}: {last_pod.status.message}".rstrip(": "))
    failed = next((each for each in job.status.conditions if each.type == "Failed" and each.status == "True"), None)
    if failed is not None and failed.message:
        parts.append(f"{failed.message.rstrip('.')} ({failed.reason})")
    return "; ".join(parts)
