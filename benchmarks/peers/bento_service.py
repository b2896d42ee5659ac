"""Two services with one worker each over the same saved model; BentoML runs them in its own environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import bentoml

MODEL = Path(os.environ["BENCH_MODEL"])


@bentoml.service(workers=1)
class Scorer:
    """Calls our scorer directly."""

    def __init__(self) -> None:
        from tablee_scoring import Model

        self._model = Model.load(MODEL / "artifacts" / "bundle")

    @bentoml.api
    def predict(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        predictions = self._model.predict(self._model.validator.rows(rows))
        names = [f"probability_{label}" for label in predictions.classes]
        return [
            {"prediction": value, **dict(zip(names, scores, strict=True))}
            for value, scores in zip(predictions.values, predictions.scores.tolist(), strict=True)
        ]


@bentoml.service(workers=1)
class Pyfunc:
    """Calls the model that MLflow loads."""

    def __init__(self) -> None:
        import mlflow

        self._model = mlflow.pyfunc.load_model(str(MODEL))

    @bentoml.api
    def predict(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        import pandas as pd

        found: list[dict[str, Any]] = self._model.predict(pd.DataFrame.from_records(rows)).to_dict("records")
        return found
