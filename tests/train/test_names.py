"""Whatever a column is called, every part can carry it: H2O, MOJO, bundle, MLflow, and the API."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from odd_names import NAMES, TARGET

from tablee.jobs.training import Phase
from tablee.models import bundle

pytestmark = pytest.mark.jvm


def test_every_name_is_trained_served_and_tried(services: Any, tmp_path: Path) -> None:
    chance = random.Random(5)
    rows: list[dict[str, Any]] = []
    for _ in range(400):
        row: dict[str, Any] = {
            name: round(chance.gauss(0, 1), 3) if at % 2 else chance.choice(("NA", 'a "b"', "null", "%s", "01", "😀"))
            for at, name in enumerate(NAMES)
        }
        rows.append(row | {TARGET: 'no\\"' if sum(row[name] for name in NAMES[1::2]) > 0 else "{} é"})
    file = tmp_path / "names.parquet"
    pl.DataFrame(rows).write_parquet(file)
    services.add("names", file)
    state = services.run(dataset="names", target=TARGET, max_models=1, include_algorithms=["GBM"], folds=2, seed=1)
    assert state.phase is Phase.SUCCEEDED, f"{state.message} {state.error}"
    checks = {check.name: (check.passed, check.detail) for check in state.verdict.checks}
    assert all(passed for passed, _ in checks.values()), checks
    assert "served" in checks
    info = services.registry.version("names", state.version)
    contract = bundle.read_contract(services.registry.fetch(info, tmp_path))
    assert contract.names == NAMES
