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

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tablee.datasets.reading import Corrections
from tablee.errors import AlreadyExists, InvalidRequest, NotFound, ScoringNotFound
from tablee.jobs.training import Cancel, new_id
from tablee.storage.object_store import ObjectStore

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


class WorkerState(BaseModel):
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
    rows_per_second: float = 0.0
    """Since its process began with the first part."""
    part: str | None = None
    """The name of the part it is at."""
    failed_parts: int = 0
    failed: list[PartFailed] = []
    """The first of them."""
    seconds_left: float | None = None
    """Until its share is done, going by the bytes done so far."""
    message: str = ""
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


class ScoringState(BaseModel):
    """A scoring as everyone sees it."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str
    request: ScoringRequest
    """With the model's version pinned and the target written out."""
    phase: ScoringPhase = ScoringPhase.QUEUED
    message: str = ""
    """One sentence: what is going on, or how it ended."""
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
                "rows_per_second": sum(worker.rows_per_second for worker in running),
                "failed_parts": sum(worker.failed_parts for worker in workers),
                "failed": failed[:MAX_NAMED],
                "expected_end": datetime.now(UTC) + timedelta(seconds=max(known)) if all_known else None,
            }
        )


class Scorings:
    """The scorings in an object store."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def create(self, request: ScoringRequest, plan: Plan, scoring_id: str | None = None) -> ScoringState:
        """Write a request down, with its plan; raises `AlreadyExists` if the id is taken."""
        now = datetime.now(UTC)
        found = scoring_id or new_id()
        if request.target is None:
            request = request.model_copy(update={"target": f"scorings/{found}/output/"})
        state = ScoringState(
            id=found, request=request, parts=len(plan.parts), bytes=plan.bytes, created=now, updated=now
        )
        self._objects.put(f"scorings/{found}/request.json", request.model_dump_json().encode(), if_absent=True)
        self._objects.put(f"scorings/{found}/plan.json", plan.model_dump_json().encode())
        self.save(state)  # last: a scoring exists when its state does
        return state

    def save(self, state: ScoringState) -> None:
        """For the controller alone."""
        state.updated = datetime.now(UTC)
        if state.phase.ended and state.ended is None:
            state.ended = state.updated
        self._objects.put(f"scorings/{state.id}/state.json", state.model_dump_json().encode())

    def stored(self, scoring_id: str) -> ScoringState:
        """As the controller wrote it last; raises `ScoringNotFound`."""
        return ScoringState.model_validate_json(self._get(scoring_id, "state.json"))

    def get(self, scoring_id: str) -> ScoringState:
        """As it is now: while it runs, its workers' own words are added up; raises `ScoringNotFound`."""
        state = self.stored(scoring_id)
        if state.phase is not ScoringPhase.RUNNING:
            return state
        return state.added_up(self.workers(state.id, state.request.parallel))

    def request(self, scoring_id: str) -> ScoringRequest:
        return ScoringRequest.model_validate_json(self._get(scoring_id, "request.json"))

    def plan(self, scoring_id: str) -> Plan:
        return Plan.model_validate_json(self._get(scoring_id, "plan.json"))

    def ids(self) -> tuple[str, ...]:
        """All there are, oldest first; one that is being written down just now may be among them."""
        return self._objects.folders("scorings/")

    def all(self, ids: Iterable[str]) -> list[ScoringState]:
        """Those of these ids that are written down, as the controller wrote them last."""
        states = []
        for scoring_id in ids:
            try:
                states.append(self.stored(scoring_id))
            except ScoringNotFound:
                continue
        return states

    def ask_to_cancel(self, scoring_id: str, by: str | None = None) -> None:
        """Write down that it is to end; its workers look for this every few seconds."""
        asked = Cancel(at=datetime.now(UTC), by=by)
        self._objects.put(f"scorings/{scoring_id}/cancel.json", asked.model_dump_json().encode())

    def cancel_asked(self, scoring_id: str) -> bool:
        return self._objects.exists(f"scorings/{scoring_id}/cancel.json")

    def tell(self, scoring_id: str, worker: WorkerState) -> None:
        """For worker number `worker.worker` alone."""
        worker.updated = datetime.now(UTC)
        self._objects.put(f"scorings/{scoring_id}/workers/{worker.worker}.json", worker.model_dump_json().encode())

    def workers(self, scoring_id: str, parallel: int) -> list[WorkerState]:
        """What the workers said last; those that have said nothing yet are left out."""
        found = []
        for number in range(parallel):
            try:
                data = self._objects.get(f"scorings/{scoring_id}/workers/{number}.json")
            except NotFound:
                continue
            found.append(WorkerState.model_validate_json(data))
        return found

    def mark(self, scoring_id: str, part: PartDone) -> PartDone:
        """The part's marker: this one, or that of whoever was faster."""
        try:
            self._objects.put(self._marker(scoring_id, part.number), part.model_dump_json().encode(), if_absent=True)
        except AlreadyExists:
            return self.marker(scoring_id, part.number)
        return part

    def marked(self, scoring_id: str, number: int) -> bool:
        return self._objects.exists(self._marker(scoring_id, number))

    def marker(self, scoring_id: str, number: int) -> PartDone:
        return PartDone.model_validate_json(self._objects.get(self._marker(scoring_id, number)))

    def done(self, scoring_id: str) -> set[int]:
        """The numbers of the parts that have a marker."""
        keys = self._objects.list(f"scorings/{scoring_id}/parts/")
        return {int(key.rpartition("/")[2].removesuffix(".json")) for key in keys}

    def _marker(self, scoring_id: str, number: int) -> str:
        return f"scorings/{scoring_id}/parts/{number}.json"

    def _get(self, scoring_id: str, name: str) -> bytes:
        try:
            return self._objects.get(f"scorings/{scoring_id}/{name}")
        except (NotFound, InvalidRequest):
            raise ScoringNotFound(f"there is no scoring «{scoring_id}»") from None

    def list(self, limit: int = 100) -> list[ScoringState]:
        """Newest first, without their workers' words."""
        return self.all(self.ids()[::-1][:limit])
