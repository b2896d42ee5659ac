"""Two small real models as bundles: `python bundles.py DIRECTORY` writes DIRECTORY/first and DIRECTORY/second.

Both predict a penguin's body mass; the second has more trees, so that their answers differ. Each folder's digest is in
`digest` beside the bundle.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import h2o
import polars as pl
from h2o.estimators import H2OGradientBoostingEstimator

from tablee.models.bundle import Golden, write
from tablee.models.contract import Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee.models.validation.rows import RowValidator
from tablee_scoring import Model
from tablee_scoring.jvm import GENMODEL_VERSION

TESTS = Path(__file__).resolve().parents[2]
PENGUINS = TESTS.parent / "data" / "penguins" / "penguins.csv"
FEATURES = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm")
TARGET = "body_mass_g"
TREES = {"first": 3, "second": 9}


def cluster(directory: Path) -> Any:
    """The one that the scoring tests start, too."""
    spec = importlib.util.spec_from_file_location("h2o_models", TESTS / "zoo" / "h2o_models.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Cluster(directory)


def main(directory: Path) -> None:
    with cluster(directory):
        rows = h2o.import_file(str(PENGUINS), na_strings=["NA"])
        for name, trees in TREES.items():
            model = H2OGradientBoostingEstimator(ntrees=trees, max_depth=3, seed=1)
            model.train(x=list(FEATURES), y=TARGET, training_frame=rows)
            model.download_mojo(str(directory / f"{name}.zip"))
    frame = pl.read_csv(PENGUINS, null_values="NA", infer_schema_length=None)
    ranges = {name: (float(frame[name].min()), float(frame[name].max())) for name in FEATURES}  # type: ignore[arg-type]
    contract = Contract(
        model="penguins",
        columns=tuple(NumberColumn(name=name, minimum=low, maximum=high) for name, (low, high) in ranges.items()),
        target=Target(name=TARGET, problem_type=ProblemType.REGRESSION),
    )
    for name in TREES:
        mojo = directory / f"{name}.zip"
        block = RowValidator(contract).columns({column: frame[column].to_list() for column in FEATURES}, frame.height)
        golden = Golden(block.columns, Model.from_mojo(mojo, contract).score(block).tolist())
        digest = write(
            directory / name, mojo=mojo, contract=contract, golden=golden, algorithm="gbm", version=GENMODEL_VERSION
        )
        (directory / f"{name}.digest").write_text(digest)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
