"""The H2O cluster runs with all nodes or none: the next move for each state of the StatefulSet."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablee_controller.runtimes.kubernetes.h2o import Move, wake
from tablee_controller.runtimes.kubernetes.objects import StatefulSet
from tablee_controller.runtimes.runtime import H2oState

READY, WAKING, RECYCLING = H2oState.READY, H2oState.WAKING, H2oState.RECYCLING


def nodes(wanted: int, there: int, ready: int, *, observed: bool = True) -> StatefulSet:
    return StatefulSet.model_validate(
        {
            "metadata": {"generation": 2},
            "spec": {"replicas": wanted},
            "status": {"observedGeneration": 2 if observed else 1, "replicas": there, "readyReplicas": ready},
        }
    )


@pytest.mark.parametrize(
    ("found", "recycle", "move"),
    [
        (nodes(0, 0, 0), False, Move(WAKING, 3)),
        (nodes(0, 0, 0), True, Move(WAKING, 3)),
        (nodes(0, 2, 0), False, Move(RECYCLING)),
        (nodes(0, 3, 3, observed=False), False, Move(RECYCLING)),
        (nodes(0, 0, 0, observed=False), False, Move(RECYCLING)),
        (nodes(3, 1, 0), False, Move(WAKING)),
        (nodes(3, 3, 2), False, Move(WAKING)),
        (nodes(3, 3, 3), False, Move(READY)),
        (nodes(3, 3, 3, observed=False), False, Move(WAKING)),
        (nodes(3, 3, 3), True, Move(RECYCLING, 0)),
        (nodes(3, 3, 2), True, Move(RECYCLING, 0)),
        (nodes(1, 1, 1), False, Move(RECYCLING, 0)),
        (nodes(5, 5, 5), False, Move(RECYCLING, 0)),
    ],
)
def test_the_next_move(found: StatefulSet, recycle: bool, move: Move) -> None:
    assert wake(found, 3, recycle=recycle) == move


@dataclass
class World:
    """Simulates Kubernetes: pods start and end one at a time, and the status follows with a delay."""

    wanted: int
    there: int
    ready: int
    born: int = 0
    observed: bool = True

    def step(self, move: str) -> None:
        if move == "observe":
            self.observed = True
        elif move == "start" and self.there < self.wanted:
            self.there += 1
        elif move == "ready" and self.ready < self.there:
            self.ready += 1
        elif move == "end" and self.there > self.wanted:
            self.there -= 1
            self.ready = min(self.ready, self.there)

    def ask(self, *, recycle: bool = False) -> H2oState:
        move = wake(nodes(self.wanted, self.there, self.ready, observed=self.observed), 3, recycle=recycle)
        if move.scale is not None:
            assert move.scale in (0, 3)
            assert move.scale == 0 or self.there == 0  # a new cluster does not start while nodes of the old one run
            self.wanted, self.observed = move.scale, False
        if move.state is READY:
            assert (self.wanted, self.there, self.ready) == (3, 3, 3)
        return move.state


@given(
    st.integers(0, 5),
    st.integers(0, 5),
    st.lists(st.sampled_from(["observe", "start", "ready", "end", "ask", "recycle"]), max_size=40),
)
def test_repeated_requests_lead_to_a_complete_cluster(wanted: int, there: int, moves: list[str]) -> None:
    world = World(wanted, there, 0)
    for move in moves:
        if move in ("ask", "recycle"):
            world.ask(recycle=move == "recycle")
        else:
            world.step(move)
    for _ in range(100):
        if world.ask() is READY:
            return
        for move in ("observe", "start", "ready", "end"):
            world.step(move)
    raise AssertionError("it never got whole")
