"""The port to what runs the API and the jobs: processes of this machine, or Kubernetes.

A runtime serves one set of pinned versions and runs trainings, scorings and predictions. It knows neither aliases nor
gates: it pins the versions that it is given and reports how that goes. After a failed roll-out the former pins go on
serving. On Kubernetes each call raises `KubernetesUnavailable` when its API does not answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

Pins = dict[str, int]
"""Version by model name; the first is the default model."""


class Phase(StrEnum):
    """How the last `pin` is going."""

    IDLE = "idle"
    """Nothing was ever pinned."""
    ROLLING = "rolling"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Rollout:
    """The state of the last change of the pinned versions."""

    phase: Phase = Phase.IDLE
    pinned: Pins | None = None
    """The versions that were pinned last."""
    serving: Pins = field(default_factory=dict)
    """The versions that answer requests now; empty while nothing answers."""
    reason: str = ""
    """Why it failed, or what it waits for."""


HOPELESS = (2, 3)
"""Exit codes of a scoring's worker after which another start would fail in the same way."""


@dataclass(frozen=True, slots=True)
class Execution:
    """The process of a training, or the workers of a scoring together."""

    running: bool
    exit_code: int | None = None
    """Of an ended process; minus the number of the signal that ended it; None if it is unknown."""
    stopped: bool = False
    """Whether the controller asked it to stop."""
    reason: str = ""
    """What the runtime knows of its end, such as a lack of memory."""


@dataclass(frozen=True, slots=True)
class Executions:
    """The processes of jobs of one kind at one moment."""

    found: Mapping[str, Execution] = field(default_factory=dict)
    """By id, of the jobs asked for. A job that is missing was never started here, or was forgotten."""
    others: int = 0
    """How many more run that somebody else started, such as with kubectl."""


class H2oState(StrEnum):
    """Whether a training may use the H2O cluster."""

    READY = "ready"
    WAKING = "waking"
    RECYCLING = "recycling"
    """All its nodes end, to come back as a new cluster."""
    TAKEN = "taken"
    """An older training has it."""


@dataclass(frozen=True, slots=True)
class H2o:
    """The H2O cluster as a training finds it."""

    state: H2oState
    nodes: int
    """How many make a whole cluster."""
    ready: int
    holder: str | None
    """The training that has it; None also if that one is not written down yet."""
    message: str
    """One sentence for a person."""


class Jobs(Protocol):
    """Trainings, or scorings, as what runs them knows them: by ids that are written down in the object store."""

    def stop(self, own_id: str) -> None:
        """Ask it to end; what does not within its grace is killed. Silent if it does not run."""

    def executions(self, own_ids: Collection[str]) -> Executions:
        """These, and how many others run, all seen at the same moment. A scoring runs as long as one of its workers
        does, or is to be tried again; its exit code is then that of the worker that fared worst."""

    def forget(self, own_id: str) -> None:
        """Nobody will ask for it any more; its logs stay."""

    def log(self, own_id: str, lines: int) -> str:
        """The last lines of its log, of several workers one after the other; empty if there are none."""


class TrainingJobs(Jobs, Protocol):
    """A process each."""

    def start(self, own_id: str) -> None:
        """Raises `OSError` if nothing could be started."""


class ScoringJobs(Jobs, Protocol):
    """Several workers each, numbered from 0."""

    def start(self, own_id: str, parallel: int) -> None:
        """Run this many workers; those of it that run already go on. Raises `OSError` if nothing could be started."""


class Runtime(Protocol):
    """What the controller needs of what runs the API and the jobs."""

    @property
    def trainings(self) -> TrainingJobs: ...

    @property
    def scorings(self) -> ScoringJobs: ...

    @property
    def predictions(self) -> ScoringJobs:
        """Predictions of uploaded files, with one worker each."""

    def rollout(self) -> Rollout:
        """The state of the last `pin`. Returns within seconds."""

    def pin(self, pins: Pins) -> None:
        """Serve these versions from now on, as soon as they are proven ready; replaces a roll-out under way."""

    def h2o(self, training_id: str, *, recycle: bool) -> H2o:
        """Whether this training may use the H2O cluster; asking wakes it.

        :param recycle: the cluster as it is cannot be used: end all its nodes first.
        :raises Conflict: no process of this training is known.
        """

    def shutdown(self) -> None:
        """Stop what cannot run without the controller: jobs first, the API last. On Kubernetes nothing is stopped."""
