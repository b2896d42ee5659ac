"""Jobs that others have created, Jobs that Kubernetes refuses, and the H2O cluster."""

from __future__ import annotations

import json
from typing import Any

import pytest
from contracts.runtime import execution, wait
from kube.tools import get

from tablee.errors import Conflict
from tablee.http.schemas.jobs import H2oState
from tablee.jobs.training import suffix

NAMESPACE = "test-runtime"


def test_a_job_made_with_kubectl_is_found_by_its_uid(place: Any) -> None:
    runtime = place.open()
    name = f"{place.name}-retrain-1"
    place.kubectl("create", "job", name, f"--from=cronjob/{place.name}-train")
    assert runtime.trainings.executions([]).others == 1
    training_id = f"20260101-000000-{suffix(get('job', name, namespace=NAMESPACE)['metadata']['uid'])}"
    seen = runtime.trainings.executions([training_id, "20260101-000000-000000"])
    assert (list(seen.found), seen.others) == ([training_id], 0)
    wait(place, lambda: runtime.trainings.log(training_id, 5) == "work-without-id says é\n")
    assert runtime.h2o(training_id, recycle=False).holder == training_id
    runtime.trainings.start("work-2")
    answer = runtime.h2o("work-2", recycle=False)
    assert (answer.state, answer.holder) == (H2oState.TAKEN, training_id)
    runtime.trainings.stop(training_id)
    wait(place, lambda: not execution(runtime, training_id).running)
    assert execution(runtime, training_id).stopped
    runtime.trainings.stop("work-2")


def test_a_job_has_no_request_of_the_template(place: Any) -> None:
    runtime = place.open()
    runtime.trainings.start("succeed-1")
    runtime.trainings.start("succeed-1")  # as a controller does whose predecessor died after the first call
    found = get("jobs", namespace=NAMESPACE, labels=f"app.kubernetes.io/instance={place.name}")
    assert [each["metadata"]["name"] for each in found] == [f"{place.name}-train-succeed-1"]
    env = found[0]["spec"]["template"]["spec"]["containers"][0]["env"]
    assert env == [{"name": "TABLEE_TRAINING_ID", "value": "succeed-1"}]
    wait(place, lambda: not execution(runtime, "succeed-1").running)


def test_a_job_that_the_cluster_refuses_cannot_be_started(place: Any) -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": f"{place.name}-none"},
        "spec": {"hard": {"count/jobs.batch": "0"}},
    }
    place.apply([quota])
    wait(place, lambda: get("resourcequota", f"{place.name}-none", namespace=NAMESPACE)["status"].get("hard"))
    try:
        with pytest.raises(OSError, match="exceeded quota"):
            place.open().trainings.start("succeed-1")
    finally:
        place.kubectl("delete", "resourcequota", f"{place.name}-none")


def test_a_job_that_exceeds_its_memory_has_this_reason(place: Any) -> None:
    greedy = "import mmap; m = mmap.mmap(-1, 1 << 28); m.write(b'x' * (1 << 28))"
    patch = [{"op": "replace", "path": f"{TEMPLATE}/containers/0/command", "value": ["python", "-c", greedy]}]
    patch += [{"op": "replace", "path": "/spec/jobTemplate/spec/backoffLimit", "value": 0}]
    place.kubectl("patch", "cronjob", f"{place.name}-train", "--type=json", "--patch", json.dumps(patch))
    runtime = place.open()
    runtime.trainings.start("greedy-1")
    wait(place, lambda: not execution(runtime, "greedy-1").running)
    seen = execution(runtime, "greedy-1")
    assert seen.exit_code == -9
    assert "it needed more memory than its limit (OOMKilled)" in seen.reason


TEMPLATE = "/spec/jobTemplate/spec/template/spec"


def test_h2o_is_stopped_started_and_recycled(place: Any) -> None:
    runtime = place.open(h2o_nodes=3, h2o_idle_seconds=1)
    assert replicas(place) == 1  # the default of Kubernetes, which is neither all nodes nor 0
    assert runtime.h2o_cluster.tick()
    assert replicas(place) == 0
    with pytest.raises(Conflict, match="no active Job"):
        runtime.h2o("work-1", recycle=False)
    runtime.trainings.start("work-1")
    wait(place, lambda: runtime.h2o("work-1", recycle=False).state is H2oState.READY)
    first = {pod.metadata.uid for pod in place.pods("h2o")}
    assert (len(first), runtime.h2o_cluster.tick()) == (3, False)
    assert runtime.h2o("work-1", recycle=True).state is H2oState.RECYCLING
    states = set()

    def complete() -> bool:
        answer = runtime.h2o("work-1", recycle=False)
        states.add(answer.state)
        return answer.state is H2oState.READY

    wait(place, complete)
    assert {H2oState.RECYCLING, H2oState.WAKING} <= states
    second = {pod.metadata.uid for pod in place.pods("h2o")}
    assert (len(second), first & second) == (3, set())
    runtime.trainings.stop("work-1")
    wait(place, lambda: runtime.h2o_cluster.tick())
    assert replicas(place) == 0


def test_h2o_that_is_always_on_is_kept_complete(place: Any) -> None:
    runtime = place.open(h2o_nodes=2, h2o_always_on=True, h2o_idle_seconds=0)
    wait(place, lambda: not runtime.h2o_cluster.tick() and not runtime.h2o_cluster.busy)
    assert len(place.pods("h2o")) == 2
    place.kubectl("scale", "statefulset", f"{place.name}-h2o", "--replicas=1")
    wait(place, lambda: not runtime.h2o_cluster.tick() and not runtime.h2o_cluster.busy and replicas(place) == 2)


def replicas(place: Any) -> int:
    found: int = place.get("statefulset", "h2o")["spec"]["replicas"]
    return found
