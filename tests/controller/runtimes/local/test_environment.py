"""Child processes get exactly the settings that they accept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tablee.errors import InvalidSettings
from tablee_api.settings import ApiSettings
from tablee_controller.runtimes.local.environment import Environments
from tablee_controller.settings import ControllerSettings
from tablee_score.settings import ScoreSettings
from tablee_train.settings import TrainSettings

OURS = {
    "TABLEE_HOME": "/a home",
    "TABLEE_PORT": "1234",
    "TABLEE_KEY": "secret",
    "TABLEE_LOG__FORMAT": "json",
    "TABLEE_MLFLOW__URL": "http://mlflow:5000",
    "TABLEE_OBJECTS__S3__BUCKET": "tables",
    "TABLEE_OBJECTS__S3__SECRET_KEY": "hidden",
    "TABLEE_API__PORT": "9999",
    "TABLEE_API__MAX_JSON_ROWS": "7",
    "TABLEE_API__DEFAULT_MODEL": "a",
    "TABLEE_H2O__URL": "http://h2o:54321",
    "TABLEE_H2O__NODES": "3",
    "TABLEE_H2O__PASSWORD": "login",
    "TABLEE_TRAINING__PROMOTION": "approve",
    "TABLEE_TRAINING__GATE__RESAMPLES": "100",
    "TABLEE_SCORING__JVM_HEAP": "1g",
}


@pytest.fixture
def environments() -> Environments:
    return Environments(ControllerSettings.read(OURS), OURS | {"PATH": "/bin", "TABLEE_TYPO": "1"})


def test_the_api_accepts_its_environment(environments: Environments) -> None:
    variables = environments.api({"b": 2, "a": 1}, listen_fd=5, admin_port=4000)
    settings = ApiSettings.read(variables)
    assert list(settings.pins.items()) == [("b", 2), ("a", 1)]
    assert (settings.listen_fd, settings.admin_port, settings.max_json_rows) == (5, 4000, 7)
    assert settings.cache == Path("/a home/cache")
    assert settings.default_model == "a"
    assert settings.key is not None
    assert settings.key.get_secret_value() == "secret"
    assert settings.objects.s3 is not None
    assert settings.objects.s3.secret_key is not None
    assert settings.objects.s3.secret_key.get_secret_value() == "hidden"
    assert (settings.log.format, settings.mlflow.url) == ("json", "http://mlflow:5000")
    assert variables["PATH"] == "/bin"


def test_a_training_accepts_its_environment(environments: Environments) -> None:
    variables = environments.training("20260101-000000-abcdef")
    settings = TrainSettings.read(variables)
    assert settings.training_id == "20260101-000000-abcdef"
    assert (settings.h2o.url, settings.h2o.nodes) == ("http://h2o:54321", 3)
    assert settings.h2o.password is not None
    assert settings.h2o.password.get_secret_value() == "login"
    assert (settings.promotion, settings.gate.resamples) == ("approve", 100)
    assert "TABLEE_KEY" not in variables  # a training serves no requests, so it needs no key


def test_a_worker_accepts_its_environment(environments: Environments) -> None:
    variables = environments.scoring("20260101-000000-abcdef.3")
    settings = ScoreSettings.read(variables)
    assert (settings.scoring_id, settings.worker, settings.jvm_heap) == ("20260101-000000-abcdef", 3, "1g")
    assert settings.cache == Path("/a home/cache")
    assert settings.objects.s3 is not None
    assert settings.objects.s3.bucket == "tables"
    assert "TABLEE_KEY" not in variables


def test_a_worker_of_a_prediction_gets_the_prediction_id(environments: Environments) -> None:
    settings = ScoreSettings.read(environments.prediction("20260101-000000-abcdef.0"))
    assert (settings.prediction_id, settings.scoring_id, settings.worker) == ("20260101-000000-abcdef", None, 0)


@pytest.mark.parametrize("variables", [{}, {"TABLEE_SCORING_ID": "a", "TABLEE_PREDICTION_ID": "b"}])
def test_a_worker_has_exactly_one_job(variables: dict[str, str]) -> None:
    with pytest.raises(InvalidSettings, match="exactly one of TABLEE_SCORING_ID and TABLEE_PREDICTION_ID"):
        ScoreSettings.read(variables)


def test_a_misspelt_variable_of_the_controller_is_refused() -> None:
    with pytest.raises(InvalidSettings, match="TABLEE_PROT"):
        ControllerSettings.read({"TABLEE_PROT": "1"})
