"""The inference plane: what is served, and its predictions."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from tablee.models.contract import CellWarning, Contract, WarningCode
from tablee.models.problem import ProblemType
from tablee.recipes.fitted import FittedRecipe
from tablee.tables import predict_file
from tablee_ui.clients.transport import Answer, Readiness, Service


class ServedModel(Answer):
    """A model this API serves."""

    name: str
    version: int
    default: bool = False
    problem_type: ProblemType
    target: str


class ModelCard(Answer):
    """A served model with its contract."""

    name: str
    version: int
    algorithm: str | None = None
    contract: Contract
    recipe: FittedRecipe | None = None
    """How its features are made of the contract's columns; none where it reads those as they are."""


class Explanation(Answer):
    """Contributions of the columns to one answer; with `bias` they sum to `output`, all on `scale`."""

    scale: Literal["log_odds", "probability", "value"]
    about: str | None = None
    """The class the contributions speak for; none for numbers."""
    contributions: dict[str, float]
    bias: float
    output: float
    method: str = ""


class Prediction(Answer):
    """One answer."""

    prediction: str | float
    probability: float | None = None
    probabilities: dict[str, float] = Field(default_factory=dict)
    explanation: Explanation | None = None


class RowAnswer(BaseModel):
    """The answer to one row."""

    model: str
    version: int
    prediction_id: str
    prediction: Prediction
    warnings: list[CellWarning]


class Api:
    """The API's routes."""

    def __init__(self, service: Service) -> None:
        self._service = service

    @property
    def url(self) -> str:
        return self._service.url

    def ready(self) -> Readiness:
        return self._service.ready()

    def models(self) -> list[ServedModel]:
        """Default model first."""
        found = [ServedModel.model_validate(model) for model in self._get("/models")["models"]]
        return sorted(found, key=lambda model: not model.default)

    def model(self, name: str) -> ModelCard:
        return ModelCard.model_validate(self._get(f"/models/{name}"))

    def predict(self, model: str, row: dict[str, Any]) -> RowAnswer:
        """One row's answer with its reasons."""
        answer = self._service.call(
            "POST", f"/models/{model}/predict", json={"row": row}, params={"explain": "true"}, repeatable=True
        )
        body = answer.json()
        return RowAnswer(
            model=body["model"],
            version=body["version"],
            prediction_id=body["prediction_id"],
            prediction=_prediction(body["predictions"][0]),
            warnings=[
                CellWarning(found["row"], found["column"], WarningCode(found["code"]), found.get("value"))
                for found in body.get("warnings", [])
            ],
        )

    def predict_part(self, model: str, body: bytes) -> predict_file.Answer:
        """The answer to a part of a file: both are Arrow streams, the answer's of the columns that are new."""
        headers = {"content-type": predict_file.ARROW, "accept": predict_file.ARROW}
        answer = self._service.call("POST", f"/models/{model}/predict", content=body, headers=headers, repeatable=True)
        return predict_file.Answer(
            body=answer.content,
            model=answer.headers.get("tablee-model", model),
            version=int(answer.headers["tablee-version"]),
            warnings=int(answer.headers.get("tablee-warning-count", 0)),
        )

    def _get(self, path: str) -> Any:
        return self._service.call("GET", path).json()


def _prediction(body: dict[str, Any]) -> Prediction:
    explanation = body.get("explanation")
    if explanation is not None:
        explanation = explanation | {"about": explanation.get("class")}
    return Prediction.model_validate(
        body | {"explanation": explanation, "probabilities": body.get("probabilities") or {}}
    )
