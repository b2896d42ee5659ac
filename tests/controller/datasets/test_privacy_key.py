"""The privacy key of the controller: its source, and that child processes do not get it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tablee.errors import InvalidSettings
from tablee_controller.datasets.privacy_key import privacy_key
from tablee_controller.runtimes.local.environment import Environments
from tablee_controller.settings import ControllerSettings

SECRET = "sixteen characters and more"
KUBERNETES = {
    f"TABLEE_KUBERNETES__{name}": "x" for name in ("NAMESPACE", "API_DEPLOYMENT", "TRAIN_CRONJOB", "SCORE_CRONJOB")
}


def settings(home: Path, **variables: str) -> ControllerSettings:
    return ControllerSettings.read({"TABLEE_HOME": str(home), **variables})


def test_the_local_runtime_creates_the_key_at_its_first_use(tmp_path: Path) -> None:
    key = privacy_key(settings(tmp_path))
    assert list(tmp_path.iterdir()) == []
    assert key().id == key().id == privacy_key(settings(tmp_path))().id
    assert [file.name for file in tmp_path.iterdir()] == ["privacy.key"]


def test_the_key_of_the_settings_is_used(tmp_path: Path) -> None:
    given = privacy_key(settings(tmp_path, TABLEE_PRIVACY__KEY=SECRET, **KUBERNETES))
    assert given().id != privacy_key(settings(tmp_path, TABLEE_PRIVACY__KEY=f"{SECRET}!"))().id
    assert list(tmp_path.iterdir()) == []


def test_a_short_key_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="at least 16"):
        privacy_key(settings(tmp_path, TABLEE_PRIVACY__KEY="short"))


def test_on_kubernetes_no_key_is_created(tmp_path: Path) -> None:
    key = privacy_key(settings(tmp_path, **KUBERNETES))
    with pytest.raises(InvalidSettings, match="TABLEE_PRIVACY__KEY on Kubernetes"):
        key()
    assert list(tmp_path.iterdir()) == []


def test_child_processes_do_not_get_the_key(tmp_path: Path) -> None:
    found = settings(tmp_path, TABLEE_PRIVACY__KEY=SECRET)
    environments = Environments(found, {**os.environ, "TABLEE_PRIVACY__KEY": SECRET})
    children = (
        environments.api({}, listen_fd=3, admin_port=4),
        environments.training("t-1"),
        environments.scoring("s-1.0"),
    )
    assert not any(SECRET in value for child in children for value in child.values())
    assert SECRET not in repr(found)
