"""Settings: from the environment, checked, nothing ignored in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tablee.errors import InvalidSettings
from tablee.settings import Settings


def test_variables_reach_their_fields() -> None:
    settings = Settings.read(
        {
            "TABLEE_MLFLOW__URL": "http://mlflow:5000",
            "TABLEE_OBJECTS__DIRECTORY": "/mes données",
            "TABLEE_LOG__FORMAT": "json",
            "TABLEE_KEY": "s3cret",
            "PATH": "/bin",
        }
    )
    assert settings.mlflow.url == "http://mlflow:5000"
    assert settings.objects.directory == Path("/mes données")
    assert settings.log.format == "json"
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TABLEE_NONSENSE", "1"),
        ("TABLEE_MLFLOW__URI", "x"),
        ("TABLEE_OBJECTS__S3__BUKET", "x"),
        ("TABLEE_LOG__LEVEL", "loud"),
        ("TABLEE_BASE_PATH", "/a?b"),
        ("TABLEE_MLFLOW__TIMEOUT_SECONDS", "soon"),
    ],
)
def test_what_is_unknown_or_does_not_fit_is_named(name: str, value: str) -> None:
    with pytest.raises(InvalidSettings, match=name):
        Settings.read({name: value})


def test_an_empty_variable_is_none_at_all() -> None:
    assert Settings.read({"TABLEE_KEY": "", "TABLEE_MLFLOW__URL": ""}) == Settings.read({})


@pytest.mark.parametrize(("given", "base_path"), [("tablee/api/", "/tablee/api"), ("/", ""), ("", ""), ("/a", "/a")])
def test_a_base_path_has_one_form(given: str, base_path: str) -> None:
    assert Settings.read({"TABLEE_BASE_PATH": given}).base_path == base_path
