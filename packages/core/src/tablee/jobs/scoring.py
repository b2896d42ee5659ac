"""A scoring: many files of one place predicted by one version of a model, a part each, by several workers.

Everything about it lies in the object store under `scorings/{id}/`:

    request.json        once: model and version, from where, to where, how many workers
    plan.json           once: every part with its size and etag
    state.json          again and again by the controller: phase, and how it ended
    workers/{i}.json    again and again by worker i: how far its share of the parts is
    parts/{n}.json      once, by whoever finished part n first: its marker. The output is complete when it is there
    cancel.json         when a person wants it to end
    output/…            the outputs, unless they were wanted elsewhere
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tablee.datasets.reading import Corrections
from tablee.errors import AlreadyExists, InvalidRequest, NotFound, ScoringNotFound, TableeError
from tablee.jobs.told import Told
from tablee.jobs.training import Cancel, new_id
from tablee.storage.documents import D, Documents, Page
from tablee.storage.locations import PlatformFolder
from tablee.storage.object_store import ObjectStore

FOLDER = PlatformFolder.SCORINGS.prefix
MAX_PARALLEL = 256
"""Most workers of one scoring."""
MAX_NAMED = 20
"""How many failed parts a worker names; the rest is counted."""

Address = Annotated[str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[^\x00-\x1f\\]+$")]
"""`s3://bucket/prefix/`, or a path below the platform's own object store."""


class ScoringRequest(BaseModel):
    """What somebody asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    model: Annotated[str, Field(max_length=128, pattern=r"^[^'\"/\\\x00-\x1f]+$")]
    """Name of the registered model."""
    version: Annotated[int, Field(ge=1)] | None = None
    """Its version; the champion when left out."""
    source: Address
    """Where the Parquet and CSV files are: a folder, or one file."""
    target: Address | None = None
    """Folder that the outputs go to, under the names of the inputs; `scorings/{id}/output/` when left out."""
    parallel: Annotated[int, Field(ge=1, le=MAX_PARALLEL)] = 1
    """Number of workers."""
    reading: Corrections | None = None
    """How CSV files are to be read where they do not say so themselves; one for all of them."""


class Part(BaseModel):
    """One input object, and the name of its output."""

    model_config = ConfigDict(frozen=True)
    number: int
    key: str
    name: str
    """Relative to the source; the output has the same name relative to the target."""
    bytes: int
    etag: str
    """What the input must still be when it is read."""


class Plan(BaseModel):
    """The parts of a scoring, fixed when it was asked for."""

    model_config = ConfigDict(frozen=True)
    parts: tuple[Part, ...]

    @property
    def bytes(self) -> int:
        return sum(part.bytes for part in self.parts)

    def share(self, worker: int, parallel: int) -> tuple[Part, ...]:
        """What worker number `worker`, counted from 0, of `parallel` looks after: every `parallel`-th part."""
        return self.parts[worker::parallel]


class PartDone(BaseModel):
    """The marker of a part whose output is complete."""

    number: int
    name: str
    rows: int
    warnings: int
    """Cells scored as missing, unseen or out of range."""
    left_out: tuple[str, ...] = ()
    """Columns of the input that the model does not know."""
    bytes: int
    """Of the output."""
    sha256: str
    """Of the output; the same for the same input and version, whoever scores it."""
    seconds: float
    rows_per_second: float
    worker: int
    at: datetime


class PartFailed(BaseModel):
    """A part that cannot be scored, and why."""

    number: int
    name: str
    code: str
    reason: str
    """In English."""
    error: dict[str, Any] | None = None
    """The problem JSON; None in states of releases before 0.2."""

    @property
    def why(self) -> TableeError | str:
        """The reason as an error; in English if there is none."""
        return self.reason if self.error is None else TableeError.from_problem(self.error)


class WorkerState(Told, BaseModel):
    """How far the share of one worker is, as it says itself every few seconds."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    worker: int
    parts: int
    """Of its share."""
    parts_done: int = 0
    """Those with a marker, whoever scored them."""
    rows: int = 0
    """Of all these parts, and of the one it is at."""
    warnings: int = 0
    left_out: list[str] = []
    """The first columns of these parts that the model does not know."""
    rows_per_second: float = 0.0
    """Since its process began with the first part."""
    part: str | None = None
    """The name of the part it is at."""
    failed_parts: int = 0
    failed: list[PartFailed] = []
    """The first of them."""
    seconds_left: float | None = None
    """Until its share is done, going by the bytes done so far."""
    ended: bool = False
    updated: datetime


class ScoringPhase(StrEnum):
    """Where a scoring is; the last three are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self in (ScoringPhase.DONE, ScoringPhase.FAILED, ScoringPhase.CANCELLED)


class ScoringState(Told, BaseModel):
    """A scoring as everyone sees it."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str
    request: ScoringRequest
    """With the model's version pinned and the target written out."""
    phase: ScoringPhase = ScoringPhase.QUEUED
    attempt: Annotated[int, Field(ge=1)] = 1
    """Which start of its workers this is since a part was last completed."""
    again: datetime | None = None
    """Not to be started before, after workers were lost."""
    parts: int
    bytes: int
    """Of all inputs."""
    parts_done: int = 0
    rows: int = 0
    warnings: int = 0
    left_out: list[str] = []
    """The first columns of the inputs that the model does not know, and that nothing looked at."""
    rows_per_second: float = 0.0
    """Of all workers together while it runs; in the end on the whole, from the start to the end."""
    failed_parts: int = 0
    failed: list[PartFailed] = []
    """The first of them, by number."""
    workers: list[WorkerState] = []
    expected_end: datetime | None = None
    error: dict[str, Any] | None = None
    """The problem JSON it failed with."""
    created: datetime
    started: datetime | None = None
    updated: datetime
    ended: datetime | None = None

    def added_up(self, workers: Sequence[WorkerState]) -> ScoringState:
        """The same with what its workers say of themselves."""
        running = [worker for worker in workers if not worker.ended]
        left = [worker.seconds_left for worker in running]
        known = [seconds for seconds in left if seconds is not None]
        all_known = len(workers) == min(self.request.parallel, self.parts) and len(known) == len(left) > 0
        failed = sorted((part for worker in workers for part in worker.failed), key=lambda part: part.number)
        return self.model_copy(
            update={
                "workers": list(workers),
                "parts_done": sum(worker.parts_done for worker in workers),
                "rows": sum(worker.rows for worker in workers),
                "warnings": sum(worker.warnings for worker in workers),
                "left_out": list(dict.fromkeys(name for worker in workers for name in worker.left_out))[:MAX_NAMED],
                "rows_per_second": sum(worker.rows_per_second for worker in running),
                "failed_parts": sum(worker.failed_parts for worker in workers),
                "failed": failed[:MAX_NAMED],
                "expected_end": datetime.now(UTC) + timedelta(seconds=max(known)) if all_known else None,
            }
        )


class Scorings:
    """The scorings in an object store.

    :param folder: what all keys start with.
    """

    def __init__(self, objects: ObjectStore, folder: str = FOLDER) -> None:
        self._objects, self.folder = objects, folder
        self._states = Documents(objects, folder, ScoringState, suffix="/state.json")
        self._requests = Documents(objects, folder, ScoringRequest, suffix="/request.json")
        self._plans = Documents(objects, folder, Plan, suffix="/plan.json")
        self._cancels = Documents(objects, folder, Cancel, suffix="/cancel.json")

    def create(self, request: ScoringRequest, plan: Plan, scoring_id: str | None = None) -> ScoringState:
        """Write a new scoring down, with its plan. The state is written last: a scoring exists when its state does.

        :raises AlreadyExists: the id is taken.
        """
        now = datetime.now(UTC)
        found = scoring_id or new_id()
        if request.target is None:
            request = request.model_copy(update={"target": f"{self.folder}{found}/output/"})
        state = ScoringState(
            id=found, request=request, parts=len(plan.parts), bytes=plan.bytes, created=now, updated=now
        )
        self._requests.create(found, request)
        self._plans.put(found, plan)
        self.save(state)
        return state

    def save(self, state: ScoringState) -> None:
        """Write a state in the place of the former one; only the controller does."""
        state.updated = datetime.now(UTC)
        if state.phase.ended and state.ended is None:
            state.ended = state.updated
        self._states.put(state.id, state)

    def stored(self, scoring_id: str) -> ScoringState:
        """The state as the controller wrote it last.

        :raises ScoringNotFound: there is no such scoring.
        """
        return _found(self._states, scoring_id)

    def get(self, scoring_id: str) -> ScoringState:
        """The state of this moment: while the scoring runs, the states of its workers are added up.

        :raises ScoringNotFound: there is no such scoring.
        """
        state = self.stored(scoring_id)
        if state.phase is not ScoringPhase.RUNNING:
            return state
        return state.added_up(self.workers(state.id, state.request.parallel))

    def request(self, scoring_id: str) -> ScoringRequest:
        """:raises ScoringNotFound: there is no such scoring."""
        return _found(self._requests, scoring_id)

    def plan(self, scoring_id: str) -> Plan:
        """:raises ScoringNotFound: there is no such scoring."""
        return _found(self._plans, scoring_id)

    def ids(self) -> tuple[str, ...]:
        """The ids of all scorings, oldest first; one that is being created may be among them."""
        return self._states.names()

    def all(self, ids: Iterable[str]) -> Iterator[ScoringState]:
        """The stored states of these scorings; those that are missing or cannot be read are left out."""
        return self._states.all(ids)

    def page(self, limit: int = 100, cursor: str | None = None) -> Page[ScoringState]:
        """At most `limit` stored states, newest first; `cursor` is `next` of the page before."""
        return self._states.page(limit, cursor)

    def ask_to_cancel(self, scoring_id: str, by: str | None = None) -> None:
        """Write down that a person wants the scoring to end; its workers look for this every few seconds."""
        self._cancels.put(scoring_id, Cancel(at=datetime.now(UTC), by=by))

    def cancel_asked(self, scoring_id: str) -> bool:
        return self._cancels.exists(scoring_id)

    def save_worker(self, scoring_id: str, worker: WorkerState) -> None:
        """Write the state of worker number `worker.worker`; only that worker does."""
        worker.updated = datetime.now(UTC)
        self._workers(scoring_id).put(str(worker.worker), worker)

    def workers(self, scoring_id: str, parallel: int) -> list[WorkerState]:
        """The states that the workers wrote last; those that have written none yet are left out."""
        return list(self._workers(scoring_id).all(str(number) for number in range(parallel)))

    def mark(self, scoring_id: str, part: PartDone) -> PartDone:
        """Write the marker of a part, unless there is one; returns the marker that counts."""
        try:
            self._markers(scoring_id).create(str(part.number), part)
        except AlreadyExists:
            return self.marker(scoring_id, part.number)
        return part

    def marked(self, scoring_id: str, number: int) -> bool:
        return self._markers(scoring_id).exists(str(number))

    def marker(self, scoring_id: str, number: int) -> PartDone:
        """:raises NotFound: the part has no marker."""
        return self._markers(scoring_id).get(str(number))

    def done(self, scoring_id: str) -> set[int]:
        """The numbers of the parts that have a marker."""
        return {int(name) for name in self._markers(scoring_id).names()}

    def _workers(self, scoring_id: str) -> Documents[WorkerState]:
        return Documents(self._objects, f"{self.folder}{scoring_id}/workers/", WorkerState)

    def _markers(self, scoring_id: str) -> Documents[PartDone]:
        return Documents(self._objects, f"{self.folder}{scoring_id}/parts/", PartDone)


def _found(documents: Documents[D], scoring_id: str) -> D:
    try:
        return documents.get(scoring_id)
    except (NotFound, InvalidRequest):
        raise ScoringNotFound("scoring", id=scoring_id) from None
