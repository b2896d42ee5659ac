"""A training that writes all its files to S3 itself, at the address in AWS's own variables, not through MLflow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from zoo import PENGUINS

from tablee.datasets.store import Datasets
from tablee.errors import ObjectStoreUnavailable
from tablee.jobs.training import Phase, Trainings
from tablee.models.registry import Registry
from tablee.settings import MlflowSettings, S3Settings
from tablee.storage.object_store import S3Store
from tablee_data.readers import ingest
from tablee_scoring import Model
from tablee_train.lifecycle.outcome import ExitCode

pytestmark = pytest.mark.jvm  # the trained model is loaded in this process


@pytest.fixture
def variables(s3: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """AWS's, for this process and for trainings."""
    found = {
        "AWS_ENDPOINT_URL_S3": s3,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture
def mlflow_on_s3(start_mlflow: Callable[..., Any], tmp_path: Path) -> Iterator[str]:
    server = start_mlflow(tmp_path, "--no-serve-artifacts", "--default-artifact-root", "s3://tablee/mlflow")
    yield server.url
    server.stop()


def test_a_whole_training_over_s3(services: Any, variables: dict[str, str], mlflow_on_s3: str, tmp_path: Path) -> None:
    store = S3Store(S3Settings())
    ingest(Datasets(store), "penguins", PENGUINS, filename="penguins.csv")
    process = services.launch(
        variables
        | {
            "TABLEE_OBJECTS__DIRECTORY": "",
            "TABLEE_OBJECTS__S3__BUCKET": "tablee",
            "TABLEE_MLFLOW__URL": mlflow_on_s3,
            "TABLEE_REQUEST__DATASET": "penguins",
            "TABLEE_REQUEST__TARGET": "species",
            "TABLEE_REQUEST__MAX_MODELS": "1",
            "TABLEE_REQUEST__FOLDS": "2",
            "TABLEE_REQUEST__INCLUDE_ALGORITHMS": '["GLM"]',
            "TABLEE_JOB_UID": "7f3c1a90-5a2e-4b11-9d1c-000000000001",
            "TABLEE_ATTEMPTS": "3",
        }
    )
    code, _, err = services.ended(process)
    assert code is ExitCode.SUCCEEDED, err
    state = Trainings(store).of_job("7f3c1a90")
    assert state is not None
    assert (state.phase, state.promoted, state.attempt) == (Phase.SUCCEEDED, True, 1)
    assert {key.split("/")[0] for key in store.list("")} == {"datasets", "mlflow", "promotions", "trainings"}

    registry = Registry(MlflowSettings(url=mlflow_on_s3))
    info = registry.version("penguins", 1)
    folder = registry.fetch(info, tmp_path / "cache")
    assert Model.load(folder, info.digest).algorithm == "glm"


def test_an_absent_store_and_an_absent_registry_are_different_errors(
    variables: dict[str, str],
    mlflow_on_s3: str,
    mlflow_imported: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    registry = Registry(MlflowSettings(url=mlflow_on_s3))
    info = registry.register("away", source="s3://tablee/mlflow/away", run_id="0" * 32, model_id=None, tags={})
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_S3_ENDPOINT_URL", "http://127.0.0.1:9")  # the existing client keeps its address
    with pytest.raises(ObjectStoreUnavailable, match="cannot be read"):
        registry.fetch(info, tmp_path / "cache")
