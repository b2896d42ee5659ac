"""The files of one model version and the digests that prove them.

    bundle/
      mojo.zip         the engine's model
      contract.json    what it expects and returns
      recipe.json      how its features are made of the contract's columns; not there if it reads those as they are
      golden.parquet   rows with the scores training got for them (`Golden`)
      manifest.json    engine, algorithm, and each file's sha256

Training writes it, the registry carries it, everyone else reads it through `verify`.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from tablee.errors import BundleCorrupt
from tablee.models.contract import Contract
from tablee.models.problem import ProblemType
from tablee.recipes.fitted import FittedRecipe

MOJO, CONTRACT, GOLDEN, MANIFEST = "mojo.zip", "contract.json", "golden.parquet", "manifest.json"
RECIPE = "recipe.json"
SCORE = "__score_{}"
"""Name of the golden file's column with score number i; no column of a contract may start with two underscores."""


class BundleFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    sha256: str
    bytes: int


class BundleManifest(BaseModel):
    """What a bundle holds and what made it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    format: Literal[1] = 1
    engine: Literal["h2o"] = "h2o"
    engine_version: str
    algorithm: str
    """The engine's name of it: gbm, drf, xgboost, glm, deeplearning, stackedensemble."""
    created: datetime
    files: dict[str, BundleFile]

    @property
    def digest(self) -> str:
        """One sha256 over the names and digests of all files."""
        listed = json.dumps({name: file.sha256 for name, file in sorted(self.files.items())}, separators=(",", ":"))
        return hashlib.sha256(listed.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Golden:
    """Rows with known scores: `rows` holds the input columns by name (n values each), `scores` n rows of k scores.

    k is 1 for regression, else the number of classes in the contract's order. Scores are exact: a scorer that does
    not reproduce them bit for bit does not serve.
    """

    rows: dict[str, list[Any]]
    scores: list[list[float]]

    def __len__(self) -> int:
        return len(self.scores)


def width(contract: Contract) -> int:
    """Number of scores a row gets."""
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
    """Write a bundle into an empty or new directory; `mojo` is copied. Returns the digest."""
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
    """Check every file against the manifest, and the manifest against `digest` (the registry's) if given.

    :raises BundleCorrupt: a file is missing or not the one that was registered.
    """
    try:
        manifest = BundleManifest.model_validate_json((directory / MANIFEST).read_bytes())
        for name, described in manifest.files.items():
            if _describe(directory / name) != described:
                raise BundleCorrupt(f"{name} is not the file that training wrote")
    except (OSError, ValidationError) as error:
        raise BundleCorrupt(f"the bundle in {directory.name} cannot be read: {error}") from error
    if digest is not None and manifest.digest != digest:
        raise BundleCorrupt(f"the bundle's digest is {manifest.digest[:12]}, the registry has {digest[:12]}")
    return manifest


def read_contract(directory: Path) -> Contract:
    try:
        return Contract.from_json((directory / CONTRACT).read_bytes())
    except (OSError, ValidationError) as error:
        raise BundleCorrupt(f"{CONTRACT} cannot be read: {error}") from error


def read_recipe(directory: Path, manifest: BundleManifest) -> FittedRecipe | None:
    """None for a model that reads the contract's columns as they are."""
    if RECIPE not in manifest.files:
        return None
    try:
        return FittedRecipe.from_json((directory / RECIPE).read_bytes())
    except (OSError, ValidationError) as error:
        raise BundleCorrupt(f"{RECIPE} cannot be read: {error}") from error


def read_golden(directory: Path, contract: Contract) -> Golden:
    try:
        frame = pl.read_parquet(directory / GOLDEN)
        rows = {name: frame[name].to_list() for name in contract.names}
        scores = frame.select(SCORE.format(i) for i in range(width(contract))).rows()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BundleCorrupt(f"{GOLDEN} cannot be read: {error}") from error
    return Golden(rows, [list(row) for row in scores])
