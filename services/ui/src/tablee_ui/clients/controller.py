"""The control plane: data sets, trainings, scorings, models."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import Field, TypeAdapter

from tablee.datasets.privacy import Action, Actions, AnonymisationRequest, Anonymity, AnonymityRequest, Findings
from tablee.datasets.profile import Mend, Profile
from tablee.datasets.reading import Corrections, Decision, Reading
from tablee.datasets.store import DatasetManifest
from tablee.jobs.scoring import ScoringRequest, ScoringState
from tablee.jobs.source import SourceOrder, SourceView
from tablee.jobs.training import TrainingRequest, TrainingState, Verdict
from tablee.models.promotion import PromotionRecord
from tablee.recipes import Recipe
from tablee.recipes.fitted import Feature, FittedRecipe
from tablee.recipes.store import SavedRecipe
from tablee_ui.clients.transport import Answer, Readiness, Service

THOROUGH_SECONDS = 600.0
"""Limit of a call for which the controller reads all rows of a version."""


class Rows(Answer):
    """The first rows of a data set."""

    columns: list[str]
    rows: list[dict[str, Any]]


class Why(Answer):
    """Why steps are proposed for a column: so many of its different texts speak for it."""

    column: str
    reason: str
    texts: int
    of: int
    examples: list[str] = Field(default_factory=list)


class Proposal(Answer):
    """The recipe that a training on a version would take by itself, and why."""

    recipe: Recipe
    reasons: list[Why]
    rows: int


class StepFault(Answer):
    """A step that does not fit; the preview is made without it. No step: the recipe as a whole."""

    step: int | None = None
    column: str | None = None
    detail: str


class RecipePreview(Answer):
    """What a recipe makes of the first rows."""

    before: Rows
    after: Rows
    features: list[Feature]
    left_out: dict[str, str]
    learnt: dict[int, dict[str, Any]]
    faults: list[StepFault]
    rows: int


class Upload(Answer):
    """A file that is being sent."""

    id: str
    bytes: int
    offset: int
    """Bytes that are there."""


class Preview(Answer):
    """How a file would be read, and its first rows."""

    reading: Reading
    decisions: tuple[Decision, ...]
    columns: list[str]
    kinds: dict[str, str]
    """By column: number, date or text."""
    rows: list[dict[str, Any]]


class Connection(Answer):
    """A database or an object store that sources may name."""

    name: str
    kind: str
    """Of sources that it is for: query or prefix."""


class SourcePreview(Answer):
    """What a source would bring, by a part of it."""

    sniffed: Preview
    findings: Findings


class ModelSummary(Answer):
    """A registered model: its champion, and the version the API serves."""

    name: str
    champion: int | None = None
    serving: int | None = None
    versions: int = 0


class Version(Answer):
    """A version of a model as the registry tells of it."""

    version: int
    created: datetime
    aliases: tuple[str, ...] = ()
    algorithm: str | None = None
    dataset: str | None = None
    training: str | None = None
    rollout: str | None = None
    verdict: Verdict | None = None
    holdout: dict[str, float] | None = None

    @property
    def failed(self) -> bool:
        """Its last roll-out did not come to be."""
        return (self.rollout or "").startswith("failed")


class ModelHistory(Answer):
    """A model with its versions and promotions, newest first."""

    name: str
    champion: int | None = None
    serving: int | None = None
    versions: list[Version] = Field(default_factory=list)
    promotions: list[PromotionRecord] = Field(default_factory=list)

    def version(self, number: int | None) -> Version | None:
        return next((version for version in self.versions if version.version == number), None)


class Rollout(Answer):
    """Whether the API serves what the registry says."""

    state: str
    reason: str | None = ""


class Platform(Answer):
    """The platform's addresses as a person's browser can reach them."""

    version: str = ""
    api_url: str | None = None
    mlflow_url: str | None = None


class Controller:
    """The controller's routes."""

    def __init__(self, service: Service) -> None:
        self._service = service

    @property
    def url(self) -> str:
        return self._service.url

    def ready(self) -> Readiness:
        return self._service.ready()

    def platform(self) -> Platform:
        return Platform.model_validate(self._get("/platform"))

    def rollout(self) -> Rollout:
        return Rollout.model_validate(self._get("/rollout"))

    def begin_upload(self, filename: str, size: int) -> Upload:
        """Begin to send a file of so many bytes."""
        body = {"filename": filename, "bytes": size}
        return Upload.model_validate(self._service.call("POST", "/uploads", json=body).json())

    def upload(self, upload_id: str) -> Upload:
        return Upload.model_validate(self._get(f"/uploads/{upload_id}"))

    def add_part(self, upload_id: str, offset: int, content: bytes) -> Upload:
        """Send the bytes from an offset on."""
        headers = {"content-type": "application/octet-stream", "upload-offset": str(offset)}
        path = f"/uploads/{upload_id}"
        answer = self._service.call("PATCH", path, content=content, headers=headers, seconds=THOROUGH_SECONDS)
        return Upload.model_validate(answer.json())

    def preview(self, upload_id: str, asked: Corrections) -> Preview:
        """How the file would be read."""
        return Preview.model_validate_json(self._thorough(f"/uploads/{upload_id}/preview", options=_given(asked)))

    def upload_findings(self, upload_id: str, asked: Corrections) -> Findings:
        """Personal data that columns of the file seem to hold."""
        return Findings.model_validate_json(self._thorough(f"/uploads/{upload_id}/privacy", options=_given(asked)))

    def store_upload(
        self, name: str, upload_id: str, asked: Corrections, actions: Sequence[Action]
    ) -> tuple[DatasetManifest, bool]:
        """Make a version of the file, without what the actions take out; its manifest and whether it is new."""
        params = {"upload": upload_id, "options": _given(asked), "actions": _ACTIONS.dump_json(tuple(actions)).decode()}
        answer = self._service.call("PUT", f"/datasets/{name}", params=params, seconds=THOROUGH_SECONDS)
        return DatasetManifest.model_validate(answer.json()), answer.status_code == 201

    def datasets(self) -> list[DatasetManifest]:
        """The newest version of each."""
        return [DatasetManifest.model_validate(found) for found in self._get("/datasets")["datasets"]]

    def dataset_versions(self, name: str) -> list[DatasetManifest]:
        """Newest first."""
        return [DatasetManifest.model_validate(found) for found in self._get(f"/datasets/{name}")["versions"]]

    def dataset_rows(self, name: str, version: str, limit: int) -> Rows:
        return Rows.model_validate(self._get(f"/datasets/{name}/versions/{version}/rows", limit=limit))

    def profile(self, name: str, version: str, target: str | None = None) -> Profile:
        return Profile.model_validate_json(
            self._thorough(f"/datasets/{name}/versions/{version}/profile", target=target)
        )

    def report(self, name: str, version: str, target: str | None, language: str) -> bytes:
        """The profile as one HTML file."""
        path = f"/datasets/{name}/versions/{version}/profile.html"
        return self._thorough(path, target=target, language=language)

    def findings(self, name: str, version: str) -> Findings:
        """Personal data that columns seem to hold."""
        return Findings.model_validate_json(self._thorough(f"/datasets/{name}/versions/{version}/privacy"))

    def anonymity(self, name: str, version: str, request: AnonymityRequest) -> Anonymity:
        """How rows hide among each other, before and after actions."""
        body, path = request.model_dump(mode="json"), f"/datasets/{name}/versions/{version}/anonymity"
        answer = self._service.call("POST", path, json=body, repeatable=True, seconds=THOROUGH_SECONDS)
        return Anonymity.model_validate_json(answer.content)

    def anonymise(self, name: str, version: str, request: AnonymisationRequest) -> tuple[DatasetManifest, bool]:
        """Make a version without personal data; returns its manifest and whether it is new."""
        body, path = request.model_dump(mode="json"), f"/datasets/{name}/versions/{version}/anonymise"
        answer = self._service.call("POST", path, json=body, seconds=THOROUGH_SECONDS)
        return DatasetManifest.model_validate(answer.json()), answer.status_code == 201

    def mend(self, name: str, version: str, action: Mend) -> tuple[DatasetManifest, bool]:
        """Do a warning's action to the rows; the version made, and whether it is new."""
        body, path = {"action": action.model_dump(mode="json")}, f"/datasets/{name}/versions/{version}/mend"
        answer = self._service.call("POST", path, json=body, seconds=THOROUGH_SECONDS)
        return DatasetManifest.model_validate(answer.json()), answer.status_code == 201

    def train(self, request: TrainingRequest) -> TrainingState:
        body = request.model_dump(mode="json", exclude_defaults=True)
        if isinstance(request.recipe, Recipe):
            body["recipe"] = request.recipe.model_dump(mode="json")  # the kinds of its steps are defaults, too
        return TrainingState.model_validate(self._service.call("POST", "/trainings", json=body).json())

    def trainings(self) -> list[TrainingState]:
        """Newest first."""
        return [TrainingState.model_validate(found) for found in self._get("/trainings")["trainings"]]

    def training(self, training_id: str) -> TrainingState:
        return TrainingState.model_validate(self._get(f"/trainings/{training_id}"))

    def cancel(self, training_id: str) -> TrainingState:
        return TrainingState.model_validate(self._service.call("POST", f"/trainings/{training_id}/cancel").json())

    def training_log(self, training_id: str, tail: int) -> str:
        return self._service.call("GET", f"/trainings/{training_id}/log", params={"tail": tail}).text

    def training_recipe(self, training_id: str) -> FittedRecipe | None:
        """How a training's model prepares the columns; None if it reads them as they are."""
        found = self._get(f"/trainings/{training_id}/recipe")
        return None if found is None else FittedRecipe.model_validate(found)

    def proposed_recipe(self, dataset: str, version: str, target: str | None) -> Proposal:
        asked = {} if target is None else {"target": target}
        return Proposal.model_validate(self._get(f"/datasets/{dataset}/versions/{version}/recipe", **asked))

    def preview_recipe(
        self, dataset: str, version: str, recipe: Recipe, target: str | None, rows: int
    ) -> RecipePreview:
        body = {"recipe": recipe.model_dump(mode="json"), "target": target, "rows": rows}
        path = f"/datasets/{dataset}/versions/{version}/recipe/preview"
        return RecipePreview.model_validate(self._service.call("POST", path, json=body, repeatable=True).json())

    def keep_recipe(self, dataset: str, recipe: Recipe, note: str) -> tuple[SavedRecipe, bool]:
        """Keep a recipe; returns it with its version, and whether that is new."""
        body = {"recipe": recipe.model_dump(mode="json"), "note": note}
        answer = self._service.call("POST", f"/datasets/{dataset}/recipes", json=body, repeatable=True)
        return SavedRecipe.model_validate(answer.json()), answer.status_code == 201

    def recipes(self, dataset: str) -> list[SavedRecipe]:
        """Those kept with a data set, newest first."""
        return [SavedRecipe.model_validate(found) for found in self._get(f"/datasets/{dataset}/recipes")["recipes"]]

    def recipe(self, dataset: str, version: str) -> SavedRecipe:
        return SavedRecipe.model_validate(self._get(f"/datasets/{dataset}/recipes/{version}"))

    def score(self, request: ScoringRequest) -> ScoringState:
        body = request.model_dump(mode="json", exclude_none=True)
        return ScoringState.model_validate(self._service.call("POST", "/scorings", json=body).json())

    def scorings(self, limit: int) -> list[ScoringState]:
        """Newest first."""
        return [ScoringState.model_validate(found) for found in self._get("/scorings", limit=limit)["scorings"]]

    def scoring(self, scoring_id: str) -> ScoringState:
        return ScoringState.model_validate(self._get(f"/scorings/{scoring_id}"))

    def cancel_scoring(self, scoring_id: str) -> ScoringState:
        return ScoringState.model_validate(self._service.call("POST", f"/scorings/{scoring_id}/cancel").json())

    def scoring_log(self, scoring_id: str, tail: int) -> str:
        return self._service.call("GET", f"/scorings/{scoring_id}/log", params={"tail": tail}).text

    def sources(self) -> list[SourceView]:
        """By name."""
        return [SourceView.model_validate(found) for found in self._get("/sources")["sources"]]

    def connections(self) -> list[Connection]:
        return [Connection.model_validate(found) for found in self._get("/connections")["connections"]]

    def preview_source(self, order: SourceOrder) -> SourcePreview:
        body = order.model_dump(mode="json")
        answer = self._service.call("POST", "/sources/preview", json=body, repeatable=True, seconds=THOROUGH_SECONDS)
        return SourcePreview.model_validate_json(answer.content)

    def keep_source(self, name: str, order: SourceOrder) -> SourceView:
        body = order.model_dump(mode="json")
        path = f"/sources/{quote(name, safe='')}"
        return SourceView.model_validate(self._service.call("PUT", path, json=body, repeatable=True).json())

    def run_source(self, name: str) -> SourceView:
        return SourceView.model_validate(self._service.call("POST", f"/sources/{name}/run").json())

    def cancel_source(self, name: str) -> SourceView:
        return SourceView.model_validate(self._service.call("POST", f"/sources/{name}/cancel").json())

    def pause_source(self, name: str, paused: bool) -> SourceView:
        what = "pause" if paused else "resume"
        return SourceView.model_validate(self._service.call("POST", f"/sources/{name}/{what}", repeatable=True).json())

    def remove_source(self, name: str) -> None:
        self._service.call("DELETE", f"/sources/{name}")

    def models(self) -> list[ModelSummary]:
        return [ModelSummary.model_validate(found) for found in self._get("/models")["models"]]

    def model(self, name: str) -> ModelHistory:
        return ModelHistory.model_validate(self._get(f"/models/{name}"))

    def promote(self, name: str, version: int, *, by: str, reason: str) -> PromotionRecord:
        body = {"version": version, "by": by, "reason": reason}
        return PromotionRecord.model_validate(self._service.call("POST", f"/models/{name}/promote", json=body).json())

    def roll_back(self, name: str, *, by: str, reason: str) -> PromotionRecord:
        body = {"by": by, "reason": reason}
        return PromotionRecord.model_validate(self._service.call("POST", f"/models/{name}/rollback", json=body).json())

    def _thorough(self, path: str, **params: str | None) -> bytes:
        given = {name: value for name, value in params.items() if value is not None}
        return self._service.call("GET", path, params=given, seconds=THOROUGH_SECONDS).content

    def _get(self, path: str, **params: Any) -> Any:
        return self._service.call("GET", path, params=params).json()


_ACTIONS: TypeAdapter[Actions] = TypeAdapter(Actions)


def _given(asked: Corrections) -> str:
    return asked.model_dump_json(exclude_defaults=True)
