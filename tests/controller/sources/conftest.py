"""A PostgreSQL for the session."""

from __future__ import annotations

from collections.abc import Iterator

import postgres
import pytest


@pytest.fixture(scope="session")
def database() -> Iterator[postgres.Server]:
    with postgres.running() as server:
        yield server
