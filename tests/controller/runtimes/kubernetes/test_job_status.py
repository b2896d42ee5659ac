"""The execution from a Job and its pods, and the training that a Job belongs to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from english_words import in_french

from tablee.errors.causes import quoted
from tablee_controller.runtimes.kubernetes.job_status import belongs, execution, newest, newest_job, oldest_active
from tablee_controller.runtimes.kubernetes.objects import Job, Metadata, Pod
from tablee_controller.runtimes.runtime import Execution

Json = dict[str, Any]
UID = "0a1b2c3d-0000-4000-8000-000000000000"


def job(name: str = "j", *, training_id: str | None = None, uid: str = UID, created: int = 0, **more: Any) -> Job:
    env = [{"name": "TABLEE_TRAINING_ID", "value": training_id}] if training_id else []
    status = {each: more.pop(each) for each in ("conditions", "startTime") if each in more}
    metadata = {"name": name, "uid": uid, "creationTimestamp": f"2026-01-01T00:00:{created:02}Z", **more}
    spec = {"template": {"spec": {"containers": [{"name": "main", "env": env}]}}}
    return Job.model_validate({"metadata": metadata, "spec": spec, "status": status})


def condition(kind: str, message: str = "", reason: str = "") -> Json:
    return {"conditions": [{"type": kind, "status": "True", "message": message, "reason": reason}]}


def pod(code: int | None, reason: str = "Error", **status: Any) -> Pod:
    ended = {"terminated": {"exitCode": code, "reason": reason}} if code is not None else {}
    return Pod.model_validate({"status": {"containerStatuses": [{"name": "main", "state": ended}], **status}})


LIMIT = condition("Failed", "Job has reached its limit.", "BackoffLimitExceeded")
TABLE: dict[str, tuple[Job, Pod | None, Execution]] = {
    "no status yet": (job(), None, Execution(running=True)),
    "an attempt failed, another one follows": (job(), pod(75), Execution(running=True)),
    "it will fail, its pods still run": (job(**condition("FailureTarget")), pod(1), Execution(running=True)),
    "being deleted": (job(deletionTimestamp="2026-01-01T00:00:00Z"), None, Execution(running=True, stopped=True)),
    "complete": (job(**condition("Complete")), pod(0, "Completed"), Execution(running=False, exit_code=0)),
    "failed": (
        job(**LIMIT),
        pod(75),
        Execution(False, 75, reason="Kubernetes says: Job has reached its limit (BackoffLimitExceeded)"),
    ),
    "out of memory": (
        job(**condition("Failed")),
        pod(137, "OOMKilled"),
        Execution(False, -9, reason="it needed more memory than its limit (OOMKilled)"),
    ),
    "terminated": (job(**condition("Failed")), pod(143), Execution(False, -15)),
    "too long": (
        job(**condition("Failed", "Job was active too long", "DeadlineExceeded")),
        None,
        Execution(False, None, reason="Kubernetes says: Job was active too long (DeadlineExceeded)"),
    ),
    "evicted": (
        job(**condition("Failed")),
        pod(None, reason="Evicted", message="low on memory"),
        Execution(False, None, reason=""),
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_execution_of_a_job(name: str) -> None:
    found, last, expected = TABLE[name]
    made = execution(found, [last] if last else [], stopped=False)
    assert replace(made, reason=str(made.reason)) == expected
    in_french(made.reason)


def test_an_evicted_pod_gives_the_reason() -> None:
    evicted = Pod.model_validate({"status": {"reason": "Evicted", "message": "low on memory"}})
    assert execution(job(**condition("Failed")), [evicted], stopped=False).reason == quoted(
        "Kubernetes", "Evicted: low on memory"
    )


def test_the_execution_of_a_job_that_was_asked_to_stop() -> None:
    assert execution(job(), [], stopped=True).stopped
    assert execution(job(**condition("Complete")), [], stopped=True).stopped


def worker(number: int, created: int, code: int) -> Pod:
    """A pod of an Indexed Job."""
    metadata = {
        "name": f"{number}-{created}",
        "annotations": {"batch.kubernetes.io/job-completion-index": str(number)},
        "creationTimestamp": f"2026-01-01T00:00:{created:02}Z",
    }
    return pod(code, phase="Failed" if code else "Succeeded").model_copy(
        update={"metadata": Metadata.model_validate(metadata)}
    )


def test_the_exit_code_of_a_failed_worker_is_that_of_the_scoring() -> None:
    """The newest attempt of each worker counts. Of these, an exit code of `HOPELESS` comes first."""
    pods = [worker(1, 0, 1), worker(0, 1, 3), worker(2, 2, 0), worker(10, 3, 0), worker(1, 4, 0), worker(3, 5, 1)]
    assert {number: each.metadata.name for number, each in newest(pods).items()} == {
        0: "0-1",
        1: "1-4",
        2: "2-2",
        3: "3-5",
        10: "10-3",
    }
    ended = job(**condition("Failed", "Job has failed indexes", "FailedIndexes"))
    reason = quoted("Kubernetes", "Job has failed indexes (FailedIndexes)")
    assert execution(ended, pods, stopped=False) == Execution(False, 3, reason=reason)


def test_the_training_that_a_job_belongs_to() -> None:
    assert belongs(job(training_id="20260101-000000-abcdef"), "20260101-000000-abcdef")
    assert not belongs(job(training_id="20260101-000000-abcdef"), "20260101-000000-0a1b2c")
    assert belongs(job(), "20260101-000000-0a1b2c")
    assert not belongs(job(), "20260101-000000-0a1b2d")
    assert not belongs(job(), "0a1b2c")


def test_the_newest_job_of_a_training_counts() -> None:
    jobs = [
        job("old", training_id="t", created=1),
        job("new", training_id="t", created=2),
        job("other", training_id="u", created=3),
    ]
    found = newest_job(jobs, "t")
    assert found is not None
    assert found.metadata.name == "new"
    assert newest_job(jobs, "v") is None


def test_the_training_that_started_first_has_the_cluster() -> None:
    jobs = [
        job("ended", startTime="2026-01-01T00:00:00Z", **condition("Complete")),
        job("late", startTime="2026-01-01T00:00:03Z"),
        job("ending", startTime="2026-01-01T00:00:02Z", deletionTimestamp="2026-01-01T00:01:00Z"),
        job("waiting", created=9),
    ]
    first = oldest_active(jobs)
    assert first is not None
    assert first.metadata.name == "ending"  # it has the cluster until its pod is gone
    assert oldest_active(jobs[:1]) is None
