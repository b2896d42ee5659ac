"""The protocol of runtimes. A runtime runs the API and the jobs: as processes of one machine, or on Kubernetes.

A runtime serves one set of pinned versions, and runs trainings, scorings and predictions. It does not read aliases or
gates: it rolls out the pins that it gets and reports the state of the roll-out. After a failed roll-out the previous
pins go on serving. On Kubernetes each call raises `KubernetesUnavailable` if the Kubernetes API does not answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from tablee.errors.base import Words, restored
from tablee.http.schemas.jobs import H2oAnswer

Pins = dict[str, int]
"""Version by model name; the first is the default model."""


class Phase(StrEnum):
    """The phase of the roll-out that the last `pin` started."""

    IDLE = "idle"
    """Nothing was pinned yet."""
    ROLLING = "rolling"
    DONE = "done"
    FAILED = "failed"


Reason = Words
"""Why something is as it is; a text is the words of another program."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """The state of the last roll-out."""

    phase: Phase = Phase.IDLE
    pinned: Pins | None = None
    """The versions that were pinned last."""
    serving: Pins = field(default_factory=dict)
    """The versions that answer requests now; empty if nothing answers."""
    reason: Reason = ""
    """Why the roll-out failed, or what it waits for."""


def reported(readiness: Mapping[str, Any]) -> Reason:
    """The reason in the answer of `/readyz` of the API.

    :raises LookupError: there is none.
    """
    return restored(readiness.get("message"), str(readiness["reason"]))


HOPELESS = (2, 3)
"""Exit codes of a worker of a scoring that fails again in the same way if it is started again."""


@dataclass(frozen=True, slots=True)
class Execution:
    """The process of a training, or all workers of a scoring together."""

    running: bool
    exit_code: int | None = None
    """The exit code of an ended process; minus the number of the signal that ended it; None if it is unknown."""
    stopped: bool = False
    """Whether the controller has stopped it."""
    reason: Reason = ""
    """Why it ended, such as a lack of memory; empty if the runtime knows no reason."""


@dataclass(frozen=True, slots=True)
class Executions:
    """The executions of jobs of one kind at one time."""

    found: Mapping[str, Execution] = field(default_factory=dict)
    """The executions of the requested jobs by id. A job that is missing was not started, or was forgotten."""
    others: int = 0
    """Number of further running jobs that somebody else has started, such as with kubectl."""


class Jobs(Protocol):
    """Jobs of one kind, by their ids. Their states are in the object store; a runtime only runs their processes."""

    def stop(self, own_id: str) -> None:
        """Ask the process of a job to end. It is killed if it has not ended when its grace period is over. Does nothing
        if it does not run."""

    def executions(self, own_ids: Collection[str]) -> Executions:
        """The executions of these jobs, and the number of others, all at the same time. A scoring runs as long as one
        of its workers runs or will be started again. If workers of an ended scoring have failed, its exit code is that
        of one of them: one of `HOPELESS` before all others."""

    def forget(self, own_id: str) -> None:
        """Remove the record of a job whose execution is not needed any more. Its logs are kept."""

    def log(self, own_id: str, lines: int) -> str:
        """The last lines of the log of a job, of several workers one after the other; empty if there is no log."""


class TrainingJobs(Jobs, Protocol):
    """Jobs of one process each."""

    def start(self, own_id: str) -> None:
        """Start the process of a job.

        :raises OSError: it could not be started.
        """


class ScoringJobs(Jobs, Protocol):
    """Jobs of several workers each, numbered from 0."""

    def start(self, own_id: str, parallel: int) -> None:
        """Start the workers of a job that do not run yet.

        :param parallel: number of workers.
        :raises OSError: they could not be started.
        """


class Runtime(Protocol):
    """Runs the API and the jobs."""

    @property
    def trainings(self) -> TrainingJobs: ...

    @property
    def scorings(self) -> ScoringJobs: ...

    @property
    def predictions(self) -> ScoringJobs:
        """Predictions of uploaded files. Each has one worker."""

    def rollout(self) -> Rollout:
        """The state of the last roll-out. Returns within seconds."""

    def pin(self, pins: Pins) -> None:
        """Start a roll-out of these versions. They serve as soon as they are ready. A roll-out under way is
        replaced."""

    def h2o(self, training_id: str, *, recycle: bool) -> H2oAnswer:
        """Whether a training may use the H2O cluster. The cluster is started if necessary.

        :param recycle: the cluster is unusable: stop all its nodes first.
        :raises Conflict: this training has no process.
        """

    def shutdown(self) -> None:
        """Stop the processes that depend on the controller: jobs first, the API last. On Kubernetes nothing is
        stopped."""
