"""The prediction of one uploaded file: a scoring with one part, whose input is kept with it and whose result expires.

Everything about it lies in the object store under `predictions/{id}/`:

    input               the uploaded file; deleted when the prediction has ended
    file.json           once: the file's name, and when the prediction is deleted
    request.json, plan.json, state.json, workers/0.json, parts/0.json, cancel.json    as of a scoring
    reading.json        by the worker: how the file is read, and how many rows it has
    result              by the worker: the answered file, in the form of the uploaded one
    summary.json        by the worker: the first rows of the result, and how often each answer occurs
    problem.json        by the worker: why the file cannot be predicted
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from tablee.datasets.reading import Corrections, Reading
from tablee.errors import NotFound, ScoringNotFound
from tablee.jobs.scoring import Part, Plan, ScoringPhase, ScoringRequest, Scorings, ScoringState
from tablee.jobs.told import Told
from tablee.jobs.training import new_id
from tablee.storage.documents import D, Documents
from tablee.storage.locations import PlatformFolder
from tablee.storage.object_store import ObjectStore

FOLDER: Final = PlatformFolder.PREDICTIONS.prefix
PREVIEW_ROWS: Final = 1_000
"""Most rows of a summary."""


class UploadedFile(BaseModel):
    """The file that is predicted."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)
    filename: str
    bytes: int
    explain: bool = False
    """Add what each column contributed to the answer of each row."""
    expires: datetime
    """When the prediction is deleted, with its result."""


class FileReading(BaseModel):
    """How the worker reads the file."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)
    filename: str
    """Name of the answered file: not compressed any more, with the ending of its format."""
    rows: int
    reading: Reading


class Bin(BaseModel):
    """A bar of a histogram: answers above `lower` and up to `upper`."""

    model_config = ConfigDict(frozen=True)
    lower: float
    upper: float
    count: int


class Summary(BaseModel):
    """What a page shows of a result without reading it."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)
    columns: tuple[str, ...]
    """Names of all columns of the result."""
    added: tuple[str, ...]
    """Those that the uploaded file does not have; the first is the prediction."""
    rows: tuple[tuple[str | None, ...], ...]
    """The first rows, at most `PREVIEW_ROWS`, as texts."""
    numeric: bool
    """The answers are numbers."""
    counts: dict[str, int] | None = None
    """How often each answer occurs, most frequent first; None for numbers with many different values."""
    histogram: tuple[Bin, ...] | None = None
    """How often numbers occur in each of equal spans; None where `counts` are given."""


class Problem(BaseModel):
    """Why a file cannot be predicted."""

    problem: dict[str, Any]


class FilePrediction(Told, BaseModel):
    """A prediction of a file as everyone sees it."""

    model_config = ConfigDict(use_attribute_docstrings=True)
    id: str
    model: str
    version: int
    """All rows are answered by this version."""
    filename: str
    """Name of the answered file; that of the uploaded one until the worker has looked at it."""
    bytes: int
    """Of the uploaded file."""
    explain: bool
    reading: Reading | None
    """How the file is read, once the worker has looked at it."""
    phase: ScoringPhase
    rows: int
    """Rows answered so far."""
    rows_total: int | None
    """Rows of the file, once the worker has looked through it."""
    rows_per_second: float
    warnings: int
    """Cells scored as missing, unseen or out of range."""
    result_bytes: int | None
    """Size of the answered file, once it is there."""
    error: dict[str, Any] | None
    """The problem JSON it failed with, with rows and columns where they are known."""
    created: datetime
    started: datetime | None
    ended: datetime | None
    expires: datetime
    """When it is deleted, with its result."""


class FilePredictions:
    """The predictions of files in an object store."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self.scorings = Scorings(objects, FOLDER)
        self._files = Documents(objects, FOLDER, UploadedFile, suffix="/file.json")
        self._readings = Documents(objects, FOLDER, FileReading, suffix="/reading.json")
        self._summaries = Documents(objects, FOLDER, Summary, suffix="/summary.json")
        self._problems = Documents(objects, FOLDER, Problem, suffix="/problem.json")

    def create(
        self, model: str, version: int, reading: Corrections | None, file: UploadedFile, content: Path
    ) -> FilePrediction:
        """Keep a copy of a file and write its prediction down.

        :param content: the file on this machine.
        """
        own_id = new_id()
        self._files.put(own_id, file)  # first: what has no such document is taken for a rest and deleted
        self._objects.put_file(input_key(own_id), content)
        stored = self._objects.stat(input_key(own_id))
        part = Part(number=0, key=stored.key, name="input", bytes=stored.bytes, etag=stored.etag)
        request = ScoringRequest(
            model=model, version=version, source=stored.key, target=f"{FOLDER}{own_id}/", reading=reading
        )
        self.scorings.create(request, Plan(parts=(part,)), own_id)
        return self.get(own_id)

    def get(self, own_id: str) -> FilePrediction:
        """The state of this moment.

        :raises NotFound: there is no such prediction, or it has expired.
        """
        file = self.file(own_id)
        try:
            state = self.scorings.get(own_id)
        except ScoringNotFound:
            raise _missing(own_id) from None
        return self._shown(state, file)

    def file(self, own_id: str) -> UploadedFile:
        """:raises NotFound: there is no such prediction, or it has expired."""
        return _found(self._files, own_id)

    def summary(self, own_id: str) -> Summary:
        """:raises NotFound: there is no such prediction, or it has no result."""
        self.file(own_id)
        try:
            return self._summaries.get(own_id)
        except NotFound:
            raise NotFound("prediction_without_result", id=own_id) from None

    def problem(self, own_id: str) -> dict[str, Any] | None:
        """Why the file cannot be predicted, as problem JSON; None if the worker has not said so."""
        found = self._problems.find(own_id)
        return None if found is None else found.problem

    def get_result(self, own_id: str, path: Path) -> None:
        """Read the answered file into a file of this machine.

        :raises NotFound: there is no such prediction, or it has no result.
        """
        self.file(own_id)
        try:
            self._objects.get_file(result_key(own_id), path)
        except NotFound:
            raise NotFound("prediction_without_result", id=own_id) from None

    def save_reading(self, own_id: str, reading: FileReading) -> None:
        self._readings.put(own_id, reading)

    def save_result(self, own_id: str, path: Path, summary: Summary) -> None:
        self._objects.put_file(result_key(own_id), path)
        self._summaries.put(own_id, summary)

    def save_problem(self, own_id: str, problem: dict[str, Any]) -> None:
        self._problems.put(own_id, Problem(problem=problem))

    def delete_input(self, own_id: str) -> None:
        """Silent when it is not there."""
        self._objects.delete(input_key(own_id))

    def delete(self, own_id: str) -> None:
        """Delete everything of a prediction; `file.json` goes first, so that nobody reads half of it."""
        self._files.delete(own_id)
        for key in self._objects.list(f"{FOLDER}{own_id}/"):
            self._objects.delete(key)

    def expired(self, now: datetime | None = None) -> list[str]:
        """The ids of all predictions whose time is over, and of those that an interrupted deletion left."""
        now = now or datetime.now(UTC)
        files = ((own_id, self._files.find(own_id)) for own_id in self._files.names())
        return [own_id for own_id, file in files if file is None or file.expires <= now]

    def _shown(self, state: ScoringState, file: UploadedFile) -> FilePrediction:
        found = self._readings.find(state.id)
        done = self.scorings.marker(state.id, 0) if state.phase is ScoringPhase.DONE else None
        return FilePrediction(
            id=state.id,
            model=state.request.model,
            version=state.request.version or 0,
            filename=found.filename if found else file.filename,
            bytes=file.bytes,
            explain=file.explain,
            reading=found.reading if found else None,
            phase=state.phase,
            message=state.message,
            told=state.told,
            rows=state.rows,
            rows_total=found.rows if found else None,
            rows_per_second=state.rows_per_second,
            warnings=state.warnings,
            result_bytes=done.bytes if done else None,
            error=state.error,
            created=state.created,
            started=state.started,
            ended=state.ended,
            expires=file.expires,
        )


def input_key(own_id: str) -> str:
    """The object that holds the uploaded file."""
    return f"{FOLDER}{own_id}/input"


def result_key(own_id: str) -> str:
    """The object that holds the answered file."""
    return f"{FOLDER}{own_id}/result"


def _found(documents: Documents[D], own_id: str) -> D:
    try:
        return documents.get(own_id)
    except NotFound:
        raise _missing(own_id) from None


def _missing(own_id: str) -> NotFound:
    return NotFound("prediction", hint="prediction_not_found", id=own_id)
