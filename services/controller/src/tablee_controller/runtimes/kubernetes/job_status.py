"""The status of a training or a scoring, computed from its Job and the pods of the Job. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from tablee.errors.causes import quoted
from tablee.i18n.message import Message, joined
from tablee.jobs.training import suffix
from tablee_controller.runtimes.kubernetes.objects import Job, Pod, Terminated
from tablee_controller.runtimes.kubernetes.template import TRAINING
from tablee_controller.runtimes.runtime import HOPELESS, Execution, Reason

OUT_OF_MEMORY = "OOMKilled"
INDEX = "batch.kubernetes.io/job-completion-index"
"""Annotation of the pods of an Indexed Job: the number of the worker, from 0."""
SIGNALLED = 128
"""A process that was ended by a signal has this exit code in Kubernetes, plus the number of the signal."""


def ended(job: Job) -> bool:
    return _is(job, "Complete") or _is(job, "Failed")


def execution(job: Job, pods: Sequence[Pod], *, stopped: bool) -> Execution:
    """The execution of a Job. It runs until the last attempt has ended, also during the pauses between attempts.

    :param pods: the pods of the Job, oldest first; read only if the Job has ended.
    :param stopped: whether the controller has stopped it.
    """
    stopped = stopped or job.metadata.deletion_timestamp is not None
    if not ended(job):
        return Execution(running=True, stopped=stopped)
    if _is(job, "Complete"):
        return Execution(running=False, exit_code=0, stopped=stopped)
    failed = [pod for pod in newest(pods).values() if pod.status.phase != "Succeeded"]
    last_pod = max(failed, key=_severity, default=None)
    last = terminated(last_pod) if last_pod is not None else None
    code = last.exit_code if last else None
    if code is not None and code > SIGNALLED:
        code = SIGNALLED - code
    return Execution(running=False, exit_code=code, stopped=stopped, reason=_reason(job, last_pod, last))


def terminated(pod: Pod) -> Terminated | None:
    """The termination of its container; None if no container has terminated."""
    states = [each.state.terminated or each.last_state.terminated for each in pod.status.container_statuses]
    return next((each for each in states if each is not None), None)


def newest(pods: Iterable[Pod]) -> dict[int, Pod]:
    """The newest pod of each worker by the number of the worker, in that order. A training has one worker, number 0.

    :param pods: oldest first.
    """
    by_worker = {int(pod.metadata.annotations.get(INDEX, "0")): pod for pod in pods}
    return dict(sorted(by_worker.items()))


def belongs(job: Job, own_id: str, variable: str = TRAINING) -> bool:
    """Whether a Job belongs to the training or scoring with this id. The id is the value of `variable` in the Job. A
    Job without the variable was created by somebody else, such as with kubectl; its id ends with a part of its uid."""
    value = job.variable(variable)
    return value == own_id if value else own_id.endswith(f"-{suffix(job.metadata.uid)}")


def newest_job(jobs: Iterable[Job], own_id: str, variable: str = TRAINING) -> Job | None:
    """The newest Job of the training or scoring with this id."""
    own = [job for job in jobs if belongs(job, own_id, variable)]
    return max(own, key=lambda job: job.metadata.creation_timestamp, default=None)


def oldest_active(jobs: Sequence[Job]) -> Job | None:
    """The Job that started first among those that have not ended. A Job that is being deleted has not ended."""
    active = [job for job in jobs if not ended(job)]
    return min(
        active,
        key=lambda job: (job.status.start_time or job.metadata.creation_timestamp, job.metadata.name),
        default=None,
    )


def _severity(pod: Pod) -> tuple[bool, datetime]:
    """Sort key of failed workers: one with an exit code of `HOPELESS` is the greatest, else the newest one."""
    last = terminated(pod)
    return last is not None and last.exit_code in HOPELESS, pod.metadata.creation_timestamp


def _is(job: Job, condition: str) -> bool:
    return any(each.type == condition and each.status == "True" for each in job.status.conditions)


def _reason(job: Job, last_pod: Pod | None, last: Terminated | None) -> Reason:
    words = []
    if last is not None and last.reason not in ("", "Error", "Completed", OUT_OF_MEMORY):
        words.append(last.reason)
    if last_pod is not None and last_pod.status.reason:
        words.append(f"{last_pod.status.reason}: {last_pod.status.message}".rstrip(": "))
    failed = next((each for each in job.status.conditions if each.type == "Failed" and each.status == "True"), None)
    if failed is not None and failed.message:
        words.append(f"{failed.message.rstrip('.')} ({failed.reason})")
    known = [Message("ending.out_of_memory")] if last is not None and last.reason == OUT_OF_MEMORY else []
    known += [quoted("Kubernetes", "; ".join(words))] if words else []
    return joined(known, "part.semicolon") if known else ""
