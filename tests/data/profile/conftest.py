"""Versions of data sets as the platform stores them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.store import Datasets
from tablee.storage.object_store import DirectoryStore
from tablee_data.readers import ingest

Stored = Callable[..., tuple[Path, DatasetManifest]]


@pytest.fixture
def rng() -> np.random.Generator:
    """The same numbers in each test, whatever ran before."""
    return np.random.default_rng(3)


@pytest.fixture
def stored(tmp_path: Path) -> Stored:
    """Stores a frame as a version; its Parquet file and its manifest."""

    def store(frame: pl.DataFrame) -> tuple[Path, DatasetManifest]:
        datasets, csv = Datasets(DirectoryStore(tmp_path / "objects")), tmp_path / "table.csv"
        frame.write_csv(csv)
        manifest, _ = ingest(datasets, "table", csv, filename="table.csv")
        return datasets.fetch(manifest, tmp_path), manifest

    return store
