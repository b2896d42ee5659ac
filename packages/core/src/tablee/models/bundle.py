"""The bundle: the files of one model version, with the digests by which they are verified.

    bundle/
      mojo.zip         the engine's model
      contract.json    what it expects and returns
      recipe.json      how its features are made of the contract's columns; missing if it reads the columns themselves
      golden.parquet   rows with the scores that training computed for them (`Golden`)
      manifest.json    engine, algorithm, and the sha256 of each other file

Training writes it, the registry stores it, and every reader verifies it first (`verify`).
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from tablee.errors import BundleCorrupt
from tablee.errors.causes import cause
from tablee.models.contract import Contract
from tablee.models.problem import ProblemType
from tablee.recipes.fitted import FittedRecipe

MOJO, CONTRACT, GOLDEN, MANIFEST = "mojo.zip", "contract.json", "golden.parquet", "manifest.json"
RECIPE = "recipe.json"
SCORE = "__score_{}"
"""Name of the column of golden.parquet with score number i; a contract's columns never start with two underscores."""


class BundleFile(BaseModel):
    """A file as the manifest describes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    sha256: str
    bytes: int


class BundleManifest(BaseModel):
    """The description of a bundle: its files and what made them."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    format: Literal[1] = 1
    engine: Literal["h2o"] = "h2o"
    engine_version: str
    algorithm: str
    """The engine's name of the algorithm: gbm, drf, xgboost, glm, deeplearning, stackedensemble."""
    created: datetime
    files: dict[str, BundleFile]

    @property
    def digest(self) -> str:
        """A sha256 over the names and digests of all files, in hexadecimal digits."""
        listed = json.dumps({name: file.sha256 for name, file in sorted(self.files.items())}, separators=(",", ":"))
        return hashlib.sha256(listed.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Golden:
    """Golden rows: rows with their exact scores. A model that does not reproduce these bit for bit is not served."""

    rows: dict[str, list[Any]]
    """The input columns by name, n values each."""
    scores: list[list[float]]
    """n rows of k scores: k is 1 for regression, else the number of classes, in the contract's order."""

    def __len__(self) -> int:
        return len(self.scores)

    def differing(self, scores: NDArray[np.float64]) -> list[int]:
        """The rows (from 0) whose scores differ from `scores` (n × k) in any bit; 0.0 and -0.0 differ."""
        expected = np.array(self.scores, dtype=np.float64).reshape(scores.shape)
        found: list[int] = np.flatnonzero((scores.view(np.int64) != expected.view(np.int64)).any(axis=1)).tolist()
        return found


def width(contract: Contract) -> int:
    """Number of scores of a row."""
    return 1 if contract.target.problem_type is ProblemType.REGRESSION else len(contract.target.classes)


def write(
    directory: Path,
    *,
    mojo: Path,
    contract: Contract,
    golden: Golden,
    algorithm: str,
    version: str,
    recipe: FittedRecipe | None = None,
) -> str:
    """Write a bundle into an empty or new directory; returns its digest.

    :param mojo: the model's file, which is copied.
    :param version: of the engine.
    :param recipe: None for a model that reads the contract's columns as they are.
    """
    directory.mkdir(parents=True, exist_ok=True)
    (directory / MOJO).write_bytes(mojo.read_bytes())
    (directory / CONTRACT).write_bytes(contract.to_json())
    names = [MOJO, CONTRACT, GOLDEN]
    if recipe is not None:
        (directory / RECIPE).write_bytes(recipe.to_json())
        names.append(RECIPE)
    scores = {SCORE.format(i): [row[i] for row in golden.scores] for i in range(width(contract))}
    schema = {c.name: pl.Float64 if c.kind == "number" else pl.String for c in contract.columns}
    rows = {name: _floats(golden.rows[name]) if schema[name] == pl.Float64 else golden.rows[name] for name in schema}
    pl.DataFrame(rows | scores, schema=schema | dict.fromkeys(scores, pl.Float64)).write_parquet(directory / GOLDEN)
    manifest = BundleManifest(
        engine_version=version,
        algorithm=algorithm,
        created=datetime.now(UTC),
        files={name: _describe(directory / name) for name in names},
    )
    (directory / MANIFEST).write_text(manifest.model_dump_json(indent=2))
    return manifest.digest


def _floats(values: list[Any]) -> list[float | None]:
    return [None if value is None or math.isnan(value) else float(value) for value in values]


def _describe(path: Path) -> BundleFile:
    with path.open("rb") as file:
        return BundleFile(sha256=hashlib.file_digest(file, "sha256").hexdigest(), bytes=path.stat().st_size)


def verify(directory: Path, digest: str | None = None) -> BundleManifest:
    """Compare every file with the manifest; returns the manifest.

    :param digest: that of the registry, which the manifest must have; None to skip this.
    :raises BundleCorrupt: a file is missing, or is not the one that was registered.
    """
    file = MANIFEST
    try:
        manifest = BundleManifest.model_validate_json((directory / file).read_bytes())
        for file, described in manifest.files.items():
            if _describe(directory / file) != described:
                raise BundleCorrupt("changed_file", file=file)
    except (OSError, ValidationError) as error:
        raise BundleCorrupt("unreadable_file", file=file, error=cause(error, "pydantic")) from error
    if digest is not None and manifest.digest != digest:
        raise BundleCorrupt("other_digest", found=manifest.digest[:12], registered=digest[:12])
    return manifest


def read_contract(directory: Path) -> Contract:
    """:raises BundleCorrupt: the contract cannot be read."""
    try:
        return Contract.from_json((directory / CONTRACT).read_bytes())
    except (OSError, ValidationError) as error:
        raise BundleCorrupt("unreadable_file", file=CONTRACT, error=cause(error, "pydantic")) from error


def read_recipe(directory: Path, manifest: BundleManifest) -> FittedRecipe | None:
    """The recipe; None for a model that reads the contract's columns as they are.

    :raises BundleCorrupt: the recipe cannot be read.
    """
    if RECIPE not in manifest.files:
        return None
    try:
        return FittedRecipe.from_json((directory / RECIPE).read_bytes())
    except (OSError, ValidationError) as error:
        raise BundleCorrupt("unreadable_file", file=RECIPE, error=cause(error, "pydantic")) from error


def read_golden(directory: Path, contract: Contract) -> Golden:
    """The golden rows.

    :raises BundleCorrupt: the file cannot be read, does not fit the contract, or has no rows.
    """
    try:
        frame = pl.read_parquet(directory / GOLDEN)
        rows = {name: frame[name].to_list() for name in contract.names}
        scores = frame.select(SCORE.format(i) for i in range(width(contract))).rows()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BundleCorrupt("unreadable_file", file=GOLDEN, error=cause(error, "Polars")) from error
    if not scores:
        raise BundleCorrupt("no_golden_rows", file=GOLDEN)
    return Golden(rows, [list(row) for row in scores])
