"""What a model answers for a block of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Predictions:
    """Answers in row order.

    `values` holds the label, or the number for regression; `scores` n × k scores (k = 1 for regression, else one
    probability per class); `classes` the labels of the score columns, empty for regression.
    """

    values: list[str] | list[float]
    scores: NDArray[np.float64]
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.values)
