"""The sources of a controller that goes by a test's clock."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from controller.sources.runs.scenario import Clock

from tablee.storage.object_store import DirectoryStore
from tablee_controller.services import SourceServices


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def begin(
    begin_sources: Callable[..., SourceServices], store: DirectoryStore, clock: Clock
) -> Callable[[], SourceServices]:
    """The sources of another controller over the same store."""
    return lambda: begin_sources(store, now=clock)
