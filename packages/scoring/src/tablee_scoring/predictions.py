"""The predictions of a model for a block of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Predictions:
    """Predictions in the order of the rows."""

    scores: NDArray[np.float64]
    """n × k: the value (k = 1) for regression, else one probability per class."""
    classes: tuple[str, ...] = ()
    """The labels of the columns of `scores`; empty for regression."""
    picked: NDArray[np.int64] | None = None
    """For each row the index of the predicted label in `classes`; None for regression."""

    @property
    def values(self) -> list[str] | list[float]:
        """The predicted label of each row, or its value for regression."""
        if self.picked is None:
            numbers: list[float] = self.scores[:, 0].tolist()
            return numbers
        return [self.classes[at] for at in self.picked.tolist()]

    def frame(self) -> pl.DataFrame:
        """The predictions as columns: `prediction`, then `probability_<class>` for each class."""
        if self.picked is None:
            return pl.DataFrame({"prediction": self.scores[:, 0]})
        labels = pl.Series("prediction", self.classes, dtype=pl.String).gather(self.picked)
        columns = np.ascontiguousarray(self.scores.T)
        shares = [pl.Series(f"probability_{label}", columns[at]) for at, label in enumerate(self.classes)]
        return pl.DataFrame([labels, *shares])

    def __len__(self) -> int:
        return len(self.scores)
