"""Models, rows for them, and the expected predictions."""

from __future__ import annotations

import io
from typing import Any

import polars as pl

from tablee_scoring import Model, Predictions


class Case:
    """A model, rows for it (missing cells and unseen levels among them), and its predictions for them."""

    def __init__(self, made: Any) -> None:
        self.name, self.contract = made.contract.model, made.contract
        rows = made.trained.rows.select(made.contract.names)
        self.frame: pl.DataFrame = pl.concat([rows, rows])  # enough of them to be checked by column
        model = Model.load(made.directory, made.digest)
        block = model.validator.columns(self.frame.to_dict(as_series=False), self.frame.height)
        assert block.warning_count > 0
        self.expected: Predictions = model.predict(block)

    def flat(self) -> list[dict[str, Any]]:
        """The predictions as columns of a table."""
        names = ["prediction", *(f"probability_{label}" for label in self.expected.classes)]
        scores = self.expected.scores.tolist()
        if not self.expected.classes:
            return [{"prediction": value} for value in self.expected.values]
        return [
            dict(zip(names, (value, *row), strict=True))
            for value, row in zip(self.expected.values, scores, strict=True)
        ]


def stream(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_ipc_stream(buffer)
    return buffer.getvalue()


def tensors(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "name": series.name,
            "shape": [len(series)],
            "datatype": "FP64" if series.dtype.is_numeric() else "BYTES",
            "data": series.to_list(),
        }
        for series in case.frame
    ]
