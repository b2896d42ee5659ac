"""What a training is asked for and what it tells of itself.

Both live in the object store under `trainings/{id}/`: `request.json` is written once by whoever asks,
`state.json` again and again by the one training process. Nobody else writes a state, but for the controller when
that process died without a last word. `cancel.json` says that a person wants it to end.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tablee.datasets.names import Name
from tablee.errors import InvalidRequest, NotFound, TrainingNotFound
from tablee.errors.base import Words, plain, restored, said_or
from tablee.i18n.message import Message, english
from tablee.i18n.translator import Translator
from tablee.jobs.told import Told
from tablee.models.problem import MetricChoice, ProblemType
from tablee.recipes import Recipe
from tablee.recipes.fitted import FittedRecipe
from tablee.storage.documents import Documents, Page
from tablee.storage.locations import PlatformFolder
from tablee.storage.object_store import ObjectStore

FOLDER = PlatformFolder.TRAININGS.prefix

Algorithm = Literal["GBM", "DRF", "XGBoost", "GLM", "DeepLearning", "StackedEnsemble"]


class TrainingRequest(BaseModel):
    """Everything one AutoML run needs to know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    dataset: Name
    """Name of the data set."""
    dataset_version: str | None = None
    """Its version; the newest when left out."""
    target: str
    """Column to predict."""
    model: Name | None = None
    """Model to register under; the data set's name when left out."""
    problem_type: ProblemType | Literal["auto"] = "auto"
    """What kind of answer; `auto` decides by the target's values."""
    max_seconds: int | None = Field(None, ge=5, le=7 * 24 * 3600)
    """Budget of the search in seconds. With neither budget, 300."""
    max_models: int | None = Field(None, ge=1, le=1000)
    """Budget of the search in models, ensembles not counted. With a seed and no `max_seconds`: reproducible."""
    metric: MetricChoice = "auto"
    """Ranks the leaderboard and decides at the gate."""
    include_algorithms: tuple[Algorithm, ...] = ()
    """Only these; all when empty. Not together with `exclude_algorithms`."""
    exclude_algorithms: tuple[Algorithm, ...] = ()
    """All but these."""
    ignored_columns: tuple[str, ...] = ()
    """Columns the model must not read."""
    folds: int = Field(5, ge=2, le=20)
    """Cross-validation folds behind the leaderboard."""
    seed: int | None = Field(None, ge=0, lt=2**31)
    """Seed of the search; drawn when left out."""
    recipe: Literal["auto", "none"] | Recipe = "auto"
    """Steps between the columns and what models read. `auto`: those that the training rows propose, often none."""

    @property
    def model_name(self) -> str:
        return self.model or self.dataset


class Phase(StrEnum):
    """Where a training is; the last three are ends."""

    QUEUED = "queued"
    STARTING = "starting"
    WAITING = "waiting_for_h2o"
    PREPARING = "preparing"
    TRAINING = "training"
    TRACKING = "tracking"
    GATING = "gating"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self in (Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED)


class LeaderboardRow(BaseModel):
    """One model of the search with its cross-validated metrics, best first in the list."""

    model_id: str
    algorithm: str
    metrics: dict[str, float]
    train_seconds: float | None = None


MAX_DETAIL = 1000
"""Most characters of the English answer of a check."""


class Check(BaseModel):
    """One question of the gate and its answer."""

    name: str
    passed: bool
    detail: str
    """The answer in English."""
    message: dict[str, Any] | None = None
    """The answer as a key of the catalogue with its facts, as `errors.base.plain` writes a message; None in checks of
    releases before 0.2."""

    @classmethod
    def of(cls, name: str, passed: bool, answer: Message) -> Check:
        """The check of that name with its answer."""
        return cls(name=name, passed=passed, detail=str(answer)[:MAX_DETAIL], message=plain(answer))

    @property
    def title(self) -> Message | str:
        """The name for a person."""
        key = f"check_name.{self.name.replace(' ', '_')}"
        return Message(key) if key in english() else self.name

    @property
    def answer(self) -> Words:
        """The answer as a message; in English if there is none."""
        return restored(self.message, self.detail)

    def said(self, translator: Translator) -> str:
        """The answer, in the language of `translator`."""
        return said_or(self.message, self.detail, translator)


class Verdict(BaseModel):
    """What the gate said of a candidate."""

    passed: bool
    reason: str
    """One sentence for a person, in English."""
    message: dict[str, Any] | None = None
    """The same as a key of the catalogue with its facts, as in `Check`."""
    metric: str
    candidate: float
    champion: float | None = None
    champion_version: int | None = None
    difference: float | None = None
    """Candidate minus champion in the metric's own units, signed so that more is better."""
    interval: tuple[float, float] | None = None
    """95 % bootstrap interval of that difference."""
    checks: tuple[Check, ...] = ()

    @property
    def sentence(self) -> Words:
        """The sentence as a message; in English if there is none."""
        return restored(self.message, self.reason)

    def said(self, translator: Translator) -> str:
        """The sentence, in the language of `translator`."""
        return said_or(self.message, self.reason, translator)


class TrainingState(Told, BaseModel):
    """A training as everyone sees it."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str
    request: TrainingRequest
    phase: Phase = Phase.QUEUED
    progress: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0
    """Share of the whole, from the engine and the phases; never falls."""
    attempt: Annotated[int, Field(ge=1)] = 1
    """Which attempt this is, or which comes next: what a service that was away has ended may be tried again."""
    models: int = 0
    metric: str | None = None
    """The ranking metric once it is known."""
    best: float | None = None
    """The leader's value of it so far."""
    leaderboard: list[LeaderboardRow] = []
    run_id: str | None = None
    version: int | None = None
    """The registered version."""
    promoted: bool | None = None
    verdict: Verdict | None = None
    holdout: dict[str, float] = {}
    """Metrics of the candidate on the hold-out rows."""
    remarks: list[dict[str, Any]] = []
    """What to know about the columns, such as which ones were left out because of privacy actions: each is a key of the
    catalogue with its facts."""
    error: dict[str, Any] | None = None
    """The problem JSON it failed with."""
    created: datetime
    updated: datetime
    ended: datetime | None = None

    def said_remarks(self, translator: Translator) -> list[str]:
        """The remarks, in the language of `translator`; without those of a newer release."""
        return [said for each in self.remarks if (said := said_or(each, "", translator))]

    def anew(self, *, attempt: int) -> TrainingState:
        """The same training as if it began now; of what was, only its run is remembered."""
        return TrainingState(
            id=self.id,
            request=self.request,
            phase=Phase.STARTING,
            attempt=attempt,
            run_id=self.run_id,
            created=self.created,
            updated=self.updated,
        )


class Cancel(BaseModel):
    """The wish that a training ends."""

    at: datetime
    by: str | None = None


def new_id(job: str | None = None) -> str:
    """An id that sorts by time; it ends with the beginning of its job's uid, if a scheduler started it."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3) if job is None else suffix(job)}"


def suffix(job: str) -> str:
    """How the id of a job's training ends."""
    return job.replace("-", "")[:6].lower()


class Trainings:
    """The trainings in an object store."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._states = Documents(objects, FOLDER, TrainingState, suffix="/state.json")
        self._requests = Documents(objects, FOLDER, TrainingRequest, suffix="/request.json")
        self._cancels = Documents(objects, FOLDER, Cancel, suffix="/cancel.json")

    def create(
        self,
        request: TrainingRequest,
        training_id: str | None = None,
        phase: Phase = Phase.QUEUED,
        remarks: Sequence[Message] = (),
    ) -> TrainingState:
        """Write a new training down.

        :param phase: `queued` waits for the controller to start it; a process that creates its own says `starting`.
        :raises AlreadyExists: the id is taken.
        """
        now = datetime.now(UTC)
        state = TrainingState(id=training_id or new_id(), request=request, phase=phase, created=now, updated=now)
        state.remarks = [plain(each) for each in remarks]
        self._requests.create(state.id, request)
        self.save(state)
        return state

    def save(self, state: TrainingState) -> None:
        """Write a state in the place of the former one; sets `updated`, and `ended` in a final phase."""
        state.updated = datetime.now(UTC)
        if state.phase.ended and state.ended is None:
            state.ended = state.updated
        self._states.put(state.id, state)

    def get(self, training_id: str) -> TrainingState:
        """:raises TrainingNotFound: there is no such training."""
        try:
            return self._states.get(training_id)
        except (NotFound, InvalidRequest):
            raise TrainingNotFound("training", id=training_id) from None

    def keep_recipe(self, training_id: str, recipe: FittedRecipe | None) -> None:
        """Write down how the model prepares the columns, for those who only want to read it; the bundle has it, too."""
        self._objects.put(_recipe(training_id), recipe.to_json() if recipe else b"null")

    def recipe(self, training_id: str) -> FittedRecipe | None:
        """How its model prepares the columns; None if it reads them as they are.

        :raises TrainingNotFound: there is no such training.
        :raises NotFound: the training has not fitted its recipe yet, or is older than this document.
        """
        self.get(training_id)
        try:
            found = self._objects.get(_recipe(training_id))
        except NotFound:
            raise NotFound("recipe_of_training", id=training_id) from None
        return None if found == b"null" else FittedRecipe.from_json(found)

    def ids(self) -> tuple[str, ...]:
        """The ids of all trainings, oldest first; one that is being created may be among them."""
        return self._states.names()

    def all(self, ids: Iterable[str]) -> Iterator[TrainingState]:
        """The states of these trainings; those that are missing or cannot be read are left out."""
        return self._states.all(ids)

    def page(self, limit: int = 100, cursor: str | None = None) -> Page[TrainingState]:
        """At most `limit` trainings, newest first; `cursor` is `next` of the page before."""
        return self._states.page(limit, cursor)

    def of_job(self, job: str) -> TrainingState | None:
        """The training that an earlier attempt of the same Kubernetes Job began.

        :param job: the uid of the Job.
        """
        found = (training_id for training_id in self.ids()[::-1] if training_id.endswith(f"-{suffix(job)}"))
        return next(self.all(found), None)

    def last_succeeded(self) -> TrainingState | None:
        """The newest training that succeeded."""
        return next((state for state in self.all(self.ids()[::-1]) if state.phase is Phase.SUCCEEDED), None)

    def ask_to_cancel(self, training_id: str, by: str | None = None) -> None:
        """Write down that a person wants the training to end. Written before its process gets SIGTERM, so that the
        process can tell a cancel from an eviction.
        """
        self._cancels.put(training_id, Cancel(at=datetime.now(UTC), by=by))

    def cancel_asked(self, training_id: str) -> bool:
        return self._cancels.exists(training_id)


def _recipe(training_id: str) -> str:
    return f"{FOLDER}{training_id}/recipe.json"
