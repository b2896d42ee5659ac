"""Scorings as Indexed Jobs, with the rights of the chart and its rules for what a failed worker costs."""

from __future__ import annotations

from typing import Any

from contracts.runtime import wait
from kube.tools import get

from tablee_controller.runtimes.runtime import Execution, Runtime

NAMESPACE = "test-runtime"
INDEX = "batch.kubernetes.io/job-completion-index"


def jobs(place: Any) -> list[Any]:
    found = get("jobs", namespace=NAMESPACE, labels=f"app.kubernetes.io/instance={place.name}")
    return sorted(found, key=lambda job: str(job["metadata"]["creationTimestamp"]))


def pods(place: Any) -> list[Any]:
    return [pod for pod in place.pods("score") if pod.status.phase == "Running"]


def look(runtime: Runtime, scoring_id: str) -> Execution:
    return runtime.scorings.executions([scoring_id]).found[scoring_id]


def ended(place: Any, runtime: Runtime, scoring_id: str) -> Execution:
    return wait(place, lambda: None if (seen := look(runtime, scoring_id)).running else seen)


def test_as_many_workers_as_were_asked_for(place: Any) -> None:
    runtime = place.open()
    assert runtime.scorings.executions(["succeed-1"]).found == {}
    runtime.scorings.start("succeed-1", 3)
    runtime.scorings.start("succeed-1", 3)  # a controller that died right after the first time
    assert ended(place, runtime, "succeed-1") == Execution(running=False, exit_code=0)
    (job,) = jobs(place)
    assert job["metadata"]["name"] == f"{place.name}-score-succeed-1"
    assert (job["spec"]["completions"], job["spec"]["parallelism"], job["status"]["succeeded"]) == (3, 3, 3)
    assert runtime.scorings.log("succeed-1", 1) == "".join(f"worker {each}:\nsucceed-1 says é\n" for each in range(3))
    assert runtime.trainings.executions([]).others == 0  # no training is meant


def test_a_failed_worker_does_not_stop_the_others(place: Any) -> None:
    runtime = place.open()
    runtime.scorings.start("mistake-1", 3)
    seen = ended(place, runtime, "mistake-1")
    assert (seen.exit_code, seen.stopped) == (3, False)
    assert "FailedIndexes" in seen.reason
    (job,) = jobs(place)
    assert (job["status"]["completedIndexes"], job["status"]["failedIndexes"]) == ("0,2", "1")
    assert len(get("pods", namespace=NAMESPACE, labels=f"batch.kubernetes.io/job-name={job['metadata']['name']}")) == 3


def test_a_worker_that_may_be_tried_again_is(place: Any) -> None:
    """And when its attempts are used up, the whole may be started once more."""
    runtime = place.open()
    runtime.scorings.start("flaky-1", 1)
    assert ended(place, runtime, "flaky-1").exit_code == 1
    (job,) = jobs(place)
    assert len(get("pods", namespace=NAMESPACE, labels=f"batch.kubernetes.io/job-name={job['metadata']['name']}")) == 2
    runtime.scorings.start("flaky-1", 1)
    assert look(runtime, "flaky-1") == Execution(running=True)
    assert len(jobs(place)) == 2


def test_a_deleted_worker_comes_back_under_its_number(place: Any) -> None:
    runtime = place.open()
    runtime.scorings.start("work-1", 2)
    wait(place, lambda: len(pods(place)) == 2)
    victim = next(pod for pod in pods(place) if pod.metadata.annotations[INDEX] == "1")
    place.kubectl("delete", "pod", victim.metadata.name, "--wait=false")
    wait(place, lambda: victim.metadata.uid not in {pod.metadata.uid for pod in pods(place)} and len(pods(place)) == 2)
    assert {pod.metadata.annotations[INDEX] for pod in pods(place)} == {"0", "1"}
    assert look(runtime, "work-1") == Execution(running=True)
    runtime.scorings.stop("work-1")
