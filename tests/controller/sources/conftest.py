"""A PostgreSQL for the session, and the sources of a controller without the rest of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import postgres
import pytest

from tablee.settings import MlflowSettings, ObjectStoreSettings
from tablee.storage.object_store import DirectoryStore
from tablee_controller.services import SourceServices, dataset_services, source_services
from tablee_controller.settings import ControllerSettings


@pytest.fixture(scope="session")
def database() -> Iterator[postgres.Server]:
    with postgres.running() as server:
        yield server


@pytest.fixture
def begin_sources(tmp_path: Path) -> Callable[..., SourceServices]:
    """The sources of another controller over the same store: `begin_sources(store, now=clock)`."""

    def begin(store: DirectoryStore, **options: Any) -> SourceServices:
        objects, mlflow = ObjectStoreSettings(directory=store.root), MlflowSettings(url="http://127.0.0.1:9")
        settings = ControllerSettings(home=tmp_path, objects=objects, mlflow=mlflow)
        return source_services(settings, store, dataset_services(settings, store, tmp_path), **options)

    return begin
