"""What an answer says of each row, in the words that all forms of our own protocol share."""

from __future__ import annotations

from typing import Any

import polars as pl

from tablee.contract import Contract
from tablee_api.predict import Scored


def items(part: Scored) -> list[dict[str, Any]]:
    """Each row's member of `predictions`."""
    values, classes = part.predictions.values, part.predictions.classes
    made: list[dict[str, Any]]
    if classes:
        by_class = [dict(zip(classes, row, strict=True)) for row in part.predictions.scores.tolist()]
        made = [
            {"prediction": label, "probability": row[label], "probabilities": row}  # type: ignore[index]  # a label
            for label, row in zip(values, by_class, strict=True)
        ]
    else:
        made = [{"prediction": value} for value in values]
    if part.explanations is not None:
        for item, explanation in zip(made, part.explanations, strict=True):
            item["explanation"] = explanation.to_dict()
    return made


def frame(part: Scored, contract: Contract) -> pl.DataFrame:
    """The columns that an answer in the form of a table has: prediction, probabilities, and contributions if asked."""
    found = part.predictions.frame()
    if part.explanations is None:
        return found
    told = part.explanations
    contributions = [
        pl.Series(f"contribution_{name}", [each.contributions[name] for each in told]) for name in contract.names
    ]
    return found.hstack([*contributions, pl.Series("bias", [each.bias for each in told])])


def columns(contract: Contract, *, explain: bool) -> list[str]:
    """Names of the columns that an answer in the form of a table has."""
    names = ["prediction", *(f"probability_{label}" for label in contract.target.classes)]
    if explain:
        names += [*(f"contribution_{name}" for name in contract.names), "bias"]
    return names
