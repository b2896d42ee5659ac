"""A training in MLflow: a run with its data set, a child run for each model, files, and the logged model."""

from __future__ import annotations

import json
import os
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
from mlflow.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    LoggedModelOutput,
    LoggedModelStatus,
    Metric,
    Param,
    RunTag,
)
from mlflow.exceptions import MlflowException
from mlflow.models import Model as MlflowModel
from mlflow.pyfunc import save_model
from mlflow.tracking import MlflowClient
from requests.exceptions import RequestException

from tablee.datasets.manifest import DatasetManifest
from tablee.errors import ObjectStoreUnavailable, RegistryUnavailable, TableeError
from tablee.errors.causes import quoted
from tablee.jobs.training import LeaderboardRow, TrainingState
from tablee.models.contract import Contract
from tablee.models.registry import of_s3
from tablee.telemetry import logger
from tablee_scoring import pyfunc

MAX_CHILDREN = 100
"""The most models that get a run of their own; the file of the leaderboard lists all."""

log = logger(__name__)


class Tracker:
    """The parent run of one training.

    Every method raises `RegistryUnavailable` when MLflow does not answer, and `ObjectStoreUnavailable` when its S3 does
    not.
    """

    def __init__(self, url: str) -> None:
        os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"  # MLflow reads it at each call
        self._url = url
        self._client = MlflowClient(tracking_uri=url, registry_uri=url)
        self._experiment = ""
        self.run_id = ""

    def start(self, state: TrainingState, *, tags: Mapping[str, str]) -> str:
        """Open the parent run in the model's experiment; returns its id."""
        name = f"tablee/{state.request.model_name}"
        with self._translated_errors():
            self._experiment = self._experiment_id(name)
            run = self._client.create_run(
                self._experiment, run_name=state.id, tags={"tablee.training": state.id, **tags}
            )
        self.run_id = run.info.run_id
        return self.run_id

    def data(self, manifest: DatasetManifest, *, train: int, holdout: int) -> None:
        """Log the data set.

        :param train: number of training rows.
        :param holdout: number of hold-out rows.
        """
        kinds = {"number": "double", "category": "string", "text": "string", "date": "string"}
        columns = [{"type": kinds[c.kind], "name": c.name, "required": not c.missing} for c in manifest.columns]
        dataset = Dataset(
            name=manifest.name,
            digest=manifest.version,
            source_type="tablee",
            source=json.dumps({"uri": f"datasets/{manifest.name}/{manifest.version}/data.parquet"}),
            schema=json.dumps({"mlflow_colspec": columns}),
            profile=json.dumps({"num_rows": manifest.rows, "training_rows": train, "holdout_rows": holdout}),
        )
        with self._translated_errors():
            context = [InputTag("mlflow.data.context", "training")]
            self._client.log_inputs(self.run_id, [DatasetInput(dataset, context)])

    def params(self, values: Mapping[str, Any]) -> None:
        """Log parameters of the parent run."""
        with self._translated_errors():
            self._client.log_batch(self.run_id, params=_params(values))

    def metrics(self, values: Mapping[str, float], *, model_id: str | None = None) -> None:
        """Log metrics of the parent run, and of the logged model with this id."""
        now = int(time.time() * 1000)
        with self._translated_errors():
            batch = [Metric(name, value, now, 0, model_id=model_id) for name, value in values.items()]
            self._client.log_batch(self.run_id, metrics=batch)

    def tags(self, values: Mapping[str, str]) -> None:
        """Set tags of the parent run."""
        with self._translated_errors():
            self._client.log_batch(self.run_id, tags=[RunTag(name, value) for name, value in values.items()])

    def child(self, row: LeaderboardRow, parameters: Mapping[str, str]) -> None:
        """Log a finished child run for one model of the leaderboard, with its cross-validated metrics."""
        now = int(time.time() * 1000)
        seconds = {"train_seconds": row.train_seconds} if row.train_seconds is not None else {}
        tags = {"mlflow.parentRunId": self.run_id, "tablee.algorithm": row.algorithm}
        with self._translated_errors():
            run = self._client.create_run(self._experiment, run_name=row.model_id, tags=tags)
            self._client.log_batch(
                run.info.run_id,
                metrics=[Metric(f"cv_{name}", value, now, 0) for name, value in (row.metrics | seconds).items()],
                params=_params({"algorithm": row.algorithm, "model_id": row.model_id, **parameters}),
            )
            self._client.set_terminated(run.info.run_id)

    def json(self, value: Any, path: str) -> None:
        """Log a value as a JSON file of the run."""
        with self._translated_errors():
            self._client.log_text(self.run_id, json.dumps(value, indent=2, ensure_ascii=False), path)

    def frame(self, frame: pl.DataFrame, path: str) -> None:
        """Log a frame as a Parquet file of the run."""
        folder, _, name = path.rpartition("/")
        with tempfile.TemporaryDirectory(prefix="tablee-") as directory, self._translated_errors():
            file = Path(directory) / name
            frame.write_parquet(file)
            self._client.log_artifact(self.run_id, str(file), folder or None)

    def model(self, bundle: Path, contract: Contract, tags: Mapping[str, str]) -> tuple[str, str]:
        """Log the bundle as a pyfunc that `mlflow models serve` can use; returns the model's URI and its id."""
        with self._translated_errors(), tempfile.TemporaryDirectory(prefix="tablee-") as directory:
            logged = self._client.create_logged_model(
                self._experiment, name="model", source_run_id=self.run_id, tags=dict(tags), model_type="tablee"
            )
            folder = Path(directory) / "model"
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # MLflow warns of its own use of pandas
                save_model(
                    path=str(folder),
                    python_model=str(pyfunc.script()),
                    artifacts={pyfunc.ARTIFACT: str(bundle)},
                    code_paths=pyfunc.code_paths(),
                    signature=pyfunc.signature(contract),
                    input_example=_example(contract),
                    pip_requirements=pyfunc.pip_requirements(),
                    mlflow_model=MlflowModel(run_id=self.run_id, model_id=logged.model_id),
                )
            self._client.log_model_artifacts(logged.model_id, str(folder))
            self._client.finalize_logged_model(logged.model_id, LoggedModelStatus.READY)
            self._client.log_outputs(self.run_id, [LoggedModelOutput(logged.model_id, step=0)])
        return f"models:/{logged.model_id}", logged.model_id

    def end(self, status: str, reason: str = "") -> None:
        """Close the run with the status FINISHED, FAILED or KILLED. Errors are logged and not raised."""
        if not self.run_id:
            return
        try:
            with self._translated_errors():
                if reason:
                    self._client.set_tag(self.run_id, "mlflow.note.content", reason[:5000])
                self._close(self.run_id, self._experiment, status)
        except TableeError as error:
            log.warning("run_not_closed", run_id=self.run_id, status=status, reason=error.detail)

    def abandon(self, run_id: str) -> None:
        """Close the run that an earlier attempt left open, and its child runs."""
        with self._translated_errors():
            try:
                run = self._client.get_run(run_id)
            except MlflowException as error:
                if error.error_code == "RESOURCE_DOES_NOT_EXIST":  # the run was deleted
                    return
                raise
            if run.info.status == "RUNNING":
                self._close(run_id, run.info.experiment_id, "FAILED")

    def _close(self, run_id: str, experiment: str, status: str) -> None:
        """Close a run, after those of its child runs that are still open."""
        of_this = f"tags.`mlflow.parentRunId` = '{run_id}' and attributes.status = 'RUNNING'"
        for child in self._client.search_runs([experiment], of_this, max_results=MAX_CHILDREN):
            self._client.set_terminated(child.info.run_id, status="FAILED")
        self._client.set_terminated(run_id, status=status)

    def _experiment_id(self, name: str) -> str:
        found = self._client.get_experiment_by_name(name)
        if found is not None:
            return str(found.experiment_id)
        try:
            return str(self._client.create_experiment(name))
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
            return str(self._client.get_experiment_by_name(name).experiment_id)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except (MlflowException, RequestException) as error:
            raise RegistryUnavailable("mlflow_refuses", url=self._url, error=quoted("MLflow", error)) from error
        except Exception as error:
            if of_s3(error):
                raise ObjectStoreUnavailable("mlflow_files_not_written", error=quoted("MLflow", error)) from error
            raise


def _example(contract: Contract) -> pd.DataFrame:
    """The contract's example rows as MLflow's input example."""
    kinds = {column.name: float if column.kind == "number" else object for column in contract.columns}
    return pd.DataFrame(list(contract.examples), columns=list(kinds)).astype(kinds)


def _params(values: Mapping[str, Any]) -> list[Param]:
    return [Param(name, str(value)[:6000]) for name, value in values.items()]
