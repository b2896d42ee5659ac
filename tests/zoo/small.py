"""Two small real models that predict a penguin's body mass; the second has more trees, so that their answers differ."""

from __future__ import annotations

from pathlib import Path

from tablee.models.bundle import Golden, write
from tablee.models.contract import Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee.models.validation.rows import RowValidator
from tablee_scoring import Model
from tablee_scoring.jvm import GENMODEL_VERSION
from zoo import PENGUINS, read, trained_models

NAMES = ("first", "second")
FEATURES = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm")


def write_bundles(directory: Path) -> None:
    """Write `first` and `second` as training would, each with its digest beside it in `first.digest`."""
    frame = read(PENGUINS)
    ranges = {name: (float(frame[name].min()), float(frame[name].max())) for name in FEATURES}  # type: ignore[arg-type]
    contract = Contract(
        model="penguins",
        columns=tuple(NumberColumn(name=name, minimum=low, maximum=high) for name, (low, high) in ranges.items()),
        target=Target(name="body_mass_g", problem_type=ProblemType.REGRESSION),
    )
    block = RowValidator(contract).columns({name: frame[name].to_list() for name in FEATURES}, frame.height)
    for name in NAMES:
        mojo = trained_models() / f"{name}.zip"
        golden = Golden(block.columns, Model.from_mojo(mojo, contract).score(block).tolist())
        digest = write(
            directory / name, mojo=mojo, contract=contract, golden=golden, algorithm="gbm", version=GENMODEL_VERSION
        )
        (directory / f"{name}.digest").write_text(digest)
