"""What a Job and its pods say of a training's process: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tablee.training import suffix
from tablee_controller.kubernetes.objects import Job, Pod, Terminated
from tablee_controller.kubernetes.template import TRAINING
from tablee_controller.runtime import Execution

SIGNALLED = 128
"""What a shell, and so Kubernetes, adds to the number of the signal that ended a process."""


def ended(job: Job) -> bool:
    return any(each.type in ("Complete", "Failed") and each.status == "True" for each in job.status.conditions)


def execution(job: Job, newest: Pod | None, *, stopped: bool) -> Execution:
    """The execution that a Job is: it runs until all its attempts are over, waits between them included."""
    stopped = stopped or job.metadata.deletion_timestamp is not None
    if not ended(job):
        return Execution(running=True, stopped=stopped)
    if any(each.type == "Complete" and each.status == "True" for each in job.status.conditions):
        return Execution(running=False, exit_code=0, stopped=stopped)
    last = terminated(newest) if newest is not None else None
    code = last.exit_code if last else None
    if code is not None and code > SIGNALLED:
        code = SIGNALLED - code
    return Execution(running=False, exit_code=code, stopped=stopped, reason=_reason(job, newest, last))


def terminated(pod: Pod) -> Terminated | None:
    """How its first container ended."""
    states = [each.state.terminated or each.last_state.terminated for each in pod.status.container_statuses]
    return next((each for each in states if each is not None), None)


def belongs(job: Job, training_id: str) -> bool:
    """Whether the training is this Job's: it was told the id, or made one of its own uid (somebody used kubectl)."""
    told = job.variable(TRAINING)
    return told == training_id if told else training_id.endswith(f"-{suffix(job.metadata.uid)}")


def owner(jobs: Iterable[Job], training_id: str) -> Job | None:
    """The newest Job of a training."""
    own = [job for job in jobs if belongs(job, training_id)]
    return max(own, key=lambda job: job.metadata.creation_timestamp, default=None)


def oldest_active(jobs: Sequence[Job]) -> Job | None:
    """The active Job that started first; ended ones have gone, those being deleted have not yet."""
    active = [job for job in jobs if not ended(job)]
    return min(
        active,
        key=lambda job: (job.status.start_time or job.metadata.creation_timestamp, job.metadata.name),
        default=None,
    )


def _reason(job: Job, newest: Pod | None, last: Terminated | None) -> str:
    parts = []
    if last is not None and last.reason not in ("", "Error", "Completed"):
        parts.append("it needed more memory than its limit (OOMKilled)" if last.reason == "OOMKilled" else last.reason)
    if newest is not None and newest.status.reason:
        parts.append(f"{newest.status.reason}: {newest.status.message}".rstrip(": "))
    failed = next((each for each in job.status.conditions if each.type == "Failed" and each.status == "True"), None)
    if failed is not None and failed.message:
        parts.append(f"{failed.message.rstrip('.')} ({failed.reason})")
    return "; ".join(parts)
