"""Predictions as JSON objects, JSON text and data frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
import polars as pl
from numpy.typing import NDArray

from tablee.models.contract import Contract
from tablee_api.inference.request import ScoredBlock
from tablee_scoring.explain import contribution_columns

FEW = 8
"""Below so many rows, objects are written directly, because arrays would take longer."""


def to_objects(part: ScoredBlock) -> list[dict[str, Any]]:
    """The prediction of each row as a JSON object."""
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


def to_json(part: ScoredBlock) -> bytes:
    """`to_objects` as JSON text, without the brackets of the list."""
    predictions = part.predictions
    if part.explanations is not None or len(predictions) < FEW:
        return orjson.dumps(to_objects(part))[1:-1]
    if predictions.picked is None:
        return b'{"prediction":%b}' % b'},{"prediction":'.join(_numbers(predictions.scores[:, 0]))
    made = [shape for _, shape in json_templates(predictions.classes)]
    likeliest = np.take_along_axis(predictions.scores, predictions.picked[:, None], axis=1)
    numbers = _numbers(np.hstack([likeliest, predictions.scores]).ravel())
    return b",".join([made[at] for at in predictions.picked.tolist()]) % tuple(numbers)


def json_templates(classes: Sequence[str]) -> list[tuple[str, bytes]]:
    """For each label the JSON of a row with this prediction, as a template: `%` fills in its probability and then the
    probabilities of all classes."""
    labels = [orjson.dumps(label).replace(b"%", b"%%") for label in classes]
    by_class = b",".join(label + b":%b" for label in labels)
    made = [b'{"prediction":%b,"probability":%%b,"probabilities":{%b}}' % (label, by_class) for label in labels]
    return list(zip(classes, made, strict=True))


def _numbers(values: NDArray[np.float64]) -> list[bytes]:
    """Each number as JSON text."""
    return orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")


def to_frame(part: ScoredBlock, contract: Contract) -> pl.DataFrame:
    """The columns of a response that is a table: prediction, probabilities, and contributions if there are any."""
    found = part.predictions.frame()
    if part.explanations is None:
        return found
    return found.hstack(contribution_columns(part.explanations, contract))


def column_names(contract: Contract, *, explain: bool) -> list[str]:
    """The names of the columns of `to_frame`."""
    names = ["prediction", *(f"probability_{label}" for label in contract.target.classes)]
    if explain:
        names += [*(f"contribution_{name}" for name in contract.names), "bias"]
    return names
