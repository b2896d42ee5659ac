"""Stores and files of their own for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tablee.datasets import Datasets
from tablee.objects import DirectoryStore


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "objects")


@pytest.fixture
def datasets(store: DirectoryStore) -> Datasets:
    return Datasets(store)
