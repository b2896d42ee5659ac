"""The next action on the StatefulSet of H2O, which runs with all nodes or none."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablee.http.schemas.jobs import H2oState
from tablee_controller.runtimes.kubernetes.h2o import Action, next_action
from tablee_controller.runtimes.kubernetes.objects import StatefulSet

READY, WAKING, RECYCLING = H2oState.READY, H2oState.WAKING, H2oState.RECYCLING


def stateful_set(wanted: int, running: int, ready: int, *, observed: bool = True) -> StatefulSet:
    return StatefulSet.model_validate(
        {
            "metadata": {"generation": 2},
            "spec": {"replicas": wanted},
            "status": {"observedGeneration": 2 if observed else 1, "replicas": running, "readyReplicas": ready},
        }
    )


@pytest.mark.parametrize(
    ("found", "recycle", "action"),
    [
        (stateful_set(0, 0, 0), False, Action(WAKING, 3)),
        (stateful_set(0, 0, 0), True, Action(WAKING, 3)),
        (stateful_set(0, 2, 0), False, Action(RECYCLING)),
        (stateful_set(0, 3, 3, observed=False), False, Action(RECYCLING)),
        (stateful_set(0, 0, 0, observed=False), False, Action(RECYCLING)),
        (stateful_set(3, 1, 0), False, Action(WAKING)),
        (stateful_set(3, 3, 2), False, Action(WAKING)),
        (stateful_set(3, 3, 3), False, Action(READY)),
        (stateful_set(3, 3, 3, observed=False), False, Action(WAKING)),
        (stateful_set(3, 3, 3), True, Action(RECYCLING, 0)),
        (stateful_set(3, 3, 2), True, Action(RECYCLING, 0)),
        (stateful_set(1, 1, 1), False, Action(RECYCLING, 0)),
        (stateful_set(5, 5, 5), False, Action(RECYCLING, 0)),
    ],
)
def test_the_next_action(found: StatefulSet, recycle: bool, action: Action) -> None:
    assert next_action(found, 3, recycle=recycle) == action


@dataclass
class SimulatedCluster:
    """Simulates Kubernetes: pods start and end one at a time, and the status follows with a delay."""

    wanted: int
    running: int
    ready: int
    observed: bool = True

    def step(self, event: str) -> None:
        if event == "observe":
            self.observed = True
        elif event == "start" and self.running < self.wanted:
            self.running += 1
        elif event == "ready" and self.ready < self.running:
            self.ready += 1
        elif event == "end" and self.running > self.wanted:
            self.running -= 1
            self.ready = min(self.ready, self.running)

    def request(self, *, recycle: bool = False) -> H2oState:
        found = stateful_set(self.wanted, self.running, self.ready, observed=self.observed)
        action = next_action(found, 3, recycle=recycle)
        if action.replicas is not None:
            assert action.replicas in (0, 3)
            assert action.replicas == 0 or self.running == 0  # no new node starts while old nodes run
            self.wanted, self.observed = action.replicas, False
        if action.state is READY:
            assert (self.wanted, self.running, self.ready) == (3, 3, 3)
        return action.state


@given(
    st.integers(0, 5),
    st.integers(0, 5),
    st.lists(st.sampled_from(["observe", "start", "ready", "end", "request", "recycle"]), max_size=40),
)
def test_repeated_requests_lead_to_a_complete_cluster(wanted: int, running: int, events: list[str]) -> None:
    cluster = SimulatedCluster(wanted, running, 0)
    for event in events:
        if event in ("request", "recycle"):
            cluster.request(recycle=event == "recycle")
        else:
            cluster.step(event)
    for _ in range(100):
        if cluster.request() is READY:
            return
        for event in ("observe", "start", "ready", "end"):
            cluster.step(event)
    raise AssertionError("the cluster was never complete")
