"""Stores and files of their own for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tablee.datasets.store import Datasets
from tablee.storage.object_store import DirectoryStore


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "objects")


@pytest.fixture
def datasets(store: DirectoryStore) -> Datasets:
    return Datasets(store)
