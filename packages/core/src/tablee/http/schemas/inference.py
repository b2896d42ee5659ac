"""Served models and their predictions."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field, field_validator, model_validator

from tablee.http.schemas.answer import Answer
from tablee.i18n.message import Message
from tablee.models.contract import Contract
from tablee.models.problem import ProblemType
from tablee.models.validation.block import CellWarning, WarningCode
from tablee.recipes.fitted import FittedRecipe


class ServedModel(Answer):
    """A model that the API serves."""

    name: str
    version: int
    default: bool = False
    """Whether `POST /predict` uses it."""
    problem_type: ProblemType
    target: str


class ModelCard(Answer):
    """A served model with its contract."""

    name: str
    version: int
    algorithm: str | None = None
    contract: Contract
    recipe: FittedRecipe | None = None
    """How the model's features are derived from the contract's columns. None: the model reads the columns as they
    are."""


class Explanation(Answer):
    """Contributions of the columns to one prediction, on the scale named by `scale`. Their sum with `bias` is
    `output`."""

    model_config = ConfigDict(populate_by_name=True)

    scale: Literal["log_odds", "probability", "value"]
    about: str | None = Field(default=None, alias="class")
    """The class whose score is explained; None for regressions."""
    contributions: dict[str, float]
    bias: float
    output: float
    method: str = ""


class Prediction(Answer):
    """The prediction of one row."""

    prediction: str | float
    probability: float | None = None
    probabilities: dict[str, float] = Field(default_factory=dict)
    explanation: Explanation | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_probabilities(cls, body: Any) -> Any:
        """In the responses of regressions `probabilities` is null."""
        if isinstance(body, dict) and body.get("probabilities", {}) is None:
            return {name: value for name, value in body.items() if name != "probabilities"}
        return body


class RowPredictions(Answer):
    """The predictions of some rows, in their order."""

    model: str
    version: int
    prediction_id: str
    predictions: list[Prediction]
    warnings: list[CellWarning] = Field(default_factory=list)

    @field_validator("warnings", mode="before")
    @classmethod
    def _warnings(cls, found: list[dict[str, Any]]) -> list[CellWarning]:
        """Serialise the warnings as they are: the value of a cell is not converted."""
        return [
            CellWarning(
                *(each["row"], each["column"], WarningCode(each["code"]), each.get("value")),
                expected=Message.from_dict(each["expectation"]) if "expectation" in each else None,
            )
            for each in found
        ]

    @property
    def prediction(self) -> Prediction:
        """The prediction of the first row."""
        return self.predictions[0]
