"""Trainings as Kubernetes Jobs, their executions, and the use of the H2O cluster."""

from __future__ import annotations

from typing import Any

import pytest

from tablee import metrics
from tablee.errors import Conflict
from tablee.http.schemas.jobs import H2oState
from tablee_controller.runtimes.kubernetes.h2o import H2oCluster
from tablee_controller.runtimes.kubernetes.jobs import Jobs
from tablee_controller.runtimes.kubernetes.template import PREDICTION, SCORING
from tablee_controller.runtimes.runtime import Execution, Executions

A, B = "20260101-000000-aaaaaa", "20260101-000000-bbbbbb"
KUBECTL_ID = "20260101-000000-000000"
"""The id of the training of the first Job if that Job was created with kubectl."""


@pytest.fixture
def jobs(namespace: Any) -> Jobs:
    return Jobs(namespace, "r-train")


def create_with_kubectl(namespace: Any, name: str = "retrain") -> None:
    namespace.create_job({"metadata": {"name": name}, "spec": {"template": {"spec": {"containers": [{}]}}}})


def test_a_training_is_started_observed_and_forgotten(namespace: Any, jobs: Jobs) -> None:
    jobs.start(A)
    jobs.start(A)
    assert list(namespace.job_objects) == [f"r-train-{A}"]
    assert jobs.executions([A, B]) == Executions({A: Execution(running=True)})
    assert jobs.executions([]).others == 1
    namespace.end_job(f"r-train-{A}")
    assert jobs.executions([A]) == Executions({A: Execution(running=False, exit_code=0)})
    assert jobs.executions([]).others == 0
    jobs.forget(A)


def test_scorings_and_predictions_of_one_cron_job_are_distinguished(namespace: Any) -> None:
    scorings = Jobs(namespace, "r-train", SCORING, foreign=PREDICTION)
    predictions = Jobs(namespace, "r-train", PREDICTION, foreign=SCORING)
    scorings.start(A, 1)
    predictions.start(B, 1)
    assert scorings.executions([A]) == Executions({A: Execution(running=True)}, others=0)
    assert predictions.executions([B]) == Executions({B: Execution(running=True)}, others=0)
    assert (scorings.executions([B]).found, predictions.executions([A]).found) == ({}, {})


def test_a_stopped_job_counts_as_stopped_after_its_pods_are_gone(namespace: Any, jobs: Jobs) -> None:
    jobs.start(A)
    jobs.stop(A)
    assert jobs.executions([A]).found == {A: Execution(running=True, stopped=True)}
    namespace.job_objects.clear()
    assert jobs.executions([A]).found == {A: Execution(running=False, stopped=True)}
    jobs.forget(A)
    assert jobs.executions([A]).found == {}


def test_stopping_an_ended_job_keeps_the_job_and_its_log(namespace: Any, jobs: Jobs) -> None:
    jobs.start(A)
    namespace.end_job(f"r-train-{A}", "Failed")
    jobs.stop(A)
    jobs.stop(B)
    assert "deletionTimestamp" not in namespace.job_objects[f"r-train-{A}"]["metadata"]
    namespace.pod_objects, namespace.logs = [{"metadata": {"name": "p"}}], {"p": "the end\n"}
    assert jobs.log(A, 1) == "the end\n"
    assert jobs.log(B, 1) == ""


def test_a_job_made_with_kubectl_is_counted_and_found_by_its_id(namespace: Any, jobs: Jobs) -> None:
    create_with_kubectl(namespace)
    job = jobs.all()[0]
    assert (jobs.executions([A]).others, jobs.id_of(job)) == (1, None)
    assert jobs.executions([A, KUBECTL_ID]) == Executions({KUBECTL_ID: Execution(running=True)})
    assert jobs.id_of(job) == KUBECTL_ID


def test_a_job_that_kubernetes_refuses_is_an_error(namespace: Any, jobs: Jobs) -> None:
    namespace.refuses = True
    with pytest.raises(OSError, match="exceeded quota"):
        jobs.start(A)


def test_a_scoring_is_an_indexed_job_of_its_own_template(namespace: Any) -> None:
    scorings = Jobs(namespace, "r-score", SCORING)
    scorings.start(A, 3)
    scorings.start(A, 3)
    (made,) = namespace.job_objects.values()
    assert made["metadata"]["name"] == f"r-score-{A}"
    assert (made["spec"]["completions"], made["spec"]["parallelism"]) == (3, 3)
    assert scorings.executions([A, B]) == Executions({A: Execution(running=True)})
    index = "batch.kubernetes.io/job-completion-index"
    namespace.pod_objects = [
        {"metadata": {"name": f"p{number}", "annotations": {index: str(number)}}} for number in (1, 0)
    ]
    namespace.logs = {"p0": "zero\n", "p1": "one\n"}
    assert scorings.log(A, 1) == "worker 0:\nzero\nworker 1:\none\n"


def test_a_scoring_that_ended_is_started_once_more(namespace: Any) -> None:
    scorings = Jobs(namespace, "r-score", SCORING)
    scorings.start(A, 1)
    namespace.end_job(f"r-score-{A}", "Failed")
    for _ in range(2):
        scorings.start(A, 2)
    assert list(namespace.job_objects) == [f"r-score-{A}", f"r-score-{A}-000000"]
    assert scorings.executions([A]).found == {A: Execution(running=True)}
    namespace.end_job(f"r-score-{A}-000000")
    assert scorings.executions([A]) == Executions({A: Execution(running=False, exit_code=0)})


def h2o_cluster(namespace: Any, jobs: Jobs, clock: Any, **more: Any) -> H2oCluster:
    options = {"nodes": 3, "always_on": False, "idle_seconds": 100} | more
    return H2oCluster(namespace, jobs, "r-h2o", clock=clock, **options)


def gauge(state: str) -> float | None:
    return metrics.REGISTRY.get_sample_value("tablee_h2o_nodes", {"state": state})


def test_the_oldest_training_has_the_cluster(namespace: Any, jobs: Jobs, clock: Any) -> None:
    h2o = h2o_cluster(namespace, jobs, clock)
    create_with_kubectl(namespace)
    jobs.start(B)
    taken = h2o.request(B, recycle=True)
    assert (taken.state, taken.holder) == (H2oState.TAKEN, None)
    assert "of the Job “retrain”" in taken.message
    jobs.executions([KUBECTL_ID, B])
    assert h2o.request(B, recycle=True).holder == KUBECTL_ID
    namespace.end_job("retrain")
    assert h2o.request(B, recycle=False).holder == B
    namespace.end_job(f"r-train-{B}")
    with pytest.raises(Conflict, match="no active Job"):
        h2o.request(B, recycle=False)


def test_h2o_is_started_recycled_and_stopped_when_idle(namespace: Any, jobs: Jobs, clock: Any) -> None:
    h2o = h2o_cluster(namespace, jobs, clock)
    assert h2o.tick()  # the first node that Kubernetes starts
    namespace.settle_h2o()
    assert not h2o.tick()
    assert (gauge("wanted"), gauge("ready")) == (0, 0)
    jobs.start(A)
    answer = h2o.request(A, recycle=False)
    assert (answer.state, answer.message) == (H2oState.WAKING, "H2O wakes up: 0 of 3 nodes ready")
    assert gauge("wanted") == 3
    namespace.settle_h2o()
    answer = h2o.request(A, recycle=False)
    assert (answer.state, answer.nodes, answer.ready, answer.holder) == (H2oState.READY, 3, 3, A)
    assert h2o.request(A, recycle=True).state is H2oState.RECYCLING
    assert h2o.request(A, recycle=False).state is H2oState.RECYCLING
    namespace.settle_h2o()
    assert h2o.request(A, recycle=False).state is H2oState.WAKING
    namespace.settle_h2o()
    clock.now += 1000
    assert not h2o.tick()  # a long training is not idle
    namespace.end_job(f"r-train-{A}")
    clock.now += 99
    assert not h2o.tick()
    clock.now += 2
    assert h2o.tick()
    assert namespace.h2o["spec"]["replicas"] == 0
    assert not h2o.busy


def test_h2o_that_is_always_on_is_not_stopped(namespace: Any, jobs: Jobs, clock: Any) -> None:
    h2o = h2o_cluster(namespace, jobs, clock, always_on=True)
    for _ in range(2):  # a single node is removed first, then all three start together
        assert h2o.tick()
        assert h2o.busy
        namespace.settle_h2o()
    clock.now += 1000
    assert not h2o.tick()
    assert (namespace.h2o["spec"]["replicas"], h2o.busy) == (3, False)


def test_an_external_h2o_is_not_changed(namespace: Any, jobs: Jobs, clock: Any) -> None:
    h2o = H2oCluster(namespace, jobs, None, nodes=2, always_on=False, idle_seconds=0, clock=clock)
    jobs.start(A)
    assert h2o.request(A, recycle=True).state is H2oState.READY
    assert not h2o.tick()
    assert namespace.h2o["spec"] == {}
