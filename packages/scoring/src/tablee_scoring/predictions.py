"""What a model answers for a block of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Predictions:
    """Answers in row order.

    `scores` holds n × k scores (k = 1 for regression, else one probability per class); `classes` the labels of the
    score columns, empty for regression; `picked` the index of each row's label, None for regression.
    """

    scores: NDArray[np.float64]
    classes: tuple[str, ...] = ()
    picked: NDArray[np.int64] | None = None

    @property
    def values(self) -> list[str] | list[float]:
        """Each row's label, or its number for regression."""
        if self.picked is None:
            numbers: list[float] = self.scores[:, 0].tolist()
            return numbers
        return [self.classes[at] for at in self.picked.tolist()]

    def frame(self) -> pl.DataFrame:
        """The answers as columns to stand at the right of a table: `prediction`, then `probability_<class>` for each
        class."""
        if self.picked is None:
            return pl.DataFrame({"prediction": self.scores[:, 0]})
        labels = pl.Series("prediction", self.classes, dtype=pl.String).gather(self.picked)
        columns = np.ascontiguousarray(self.scores.T)
        shares = [pl.Series(f"probability_{label}", columns[at]) for at, label in enumerate(self.classes)]
        return pl.DataFrame([labels, *shares])

    def __len__(self) -> int:
        return len(self.scores)
