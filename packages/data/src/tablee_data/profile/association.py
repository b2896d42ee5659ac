"""Measures of association between two columns: numbers and numbers, categories and categories, categories and numbers.

All are arrays with one value a row, without missing values.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


def pearson(left: Values, right: Values) -> float:
    """Pearson's correlation of two numbers, from -1 to 1; 0 if one of them is constant."""
    left, right = left - left.mean(), right - right.mean()
    apart = math.sqrt(float(left @ left) * float(right @ right))
    return 0.0 if apart == 0 else _bounded(float(left @ right) / apart)


def ranks(values: Values) -> Values:
    """Ranks from 0; equal values get the mean of their ranks. Pearson's correlation of ranks is Spearman's (Spearman,
    The proof and measurement of association between two things, 1904)."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    shared: Values = ((last - counts + last - 1) / 2)[inverse]
    return shared


def cramers_v(left: Codes, right: Codes) -> float:
    """Cramér's V of two categories, from 0 to 1, corrected for its bias (Bergsma, A bias-correction for Cramér's V and
    Tschuprow's T, Journal of the Korean Statistical Society 42, 2013).

    :param left: codes from 0 without gaps; so is `right`.
    """
    rows, columns, n = int(left.max()) + 1, int(right.max()) + 1, len(left)
    if rows < 2 or columns < 2 or n < 2:
        return 0.0
    cells, counts = np.unique(left * columns + right, return_counts=True)  # only the cells that have rows
    expected = np.bincount(left)[cells // columns] * np.bincount(right)[cells % columns] / n
    phi = float((counts.astype(float) ** 2 / expected).sum()) / n - 1
    phi = max(0.0, phi - (rows - 1) * (columns - 1) / (n - 1))
    less_rows, less_columns = rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)
    largest = min(less_rows, less_columns) - 1
    return 0.0 if largest <= 0 else _bounded(math.sqrt(phi / largest))


def correlation_ratio(codes: Codes, values: Values) -> float:
    """The correlation ratio of a category and a number, from 0 to 1: the root of the share of the number's variance
    that lies between the levels (Fisher, Statistical methods for research workers, 1925), corrected for its bias
    (Kelley, An unbiased correlation ratio measure, PNAS 21, 1935)."""
    groups, n = int(codes.max()) + 1, len(codes)
    centred = values - values.mean()
    whole = float(centred @ centred)
    if groups < 2 or n <= groups or whole == 0:
        return 0.0
    sums = np.bincount(codes, weights=centred)
    between = float((sums**2 / np.bincount(codes)).sum())
    return _bounded(math.sqrt(max(0.0, 1 - (1 - between / whole) * (n - 1) / (n - groups))))


def goodman_kruskal_lambda(codes: Codes, classes: Codes) -> float:
    """Lambda of Goodman and Kruskal (Measures of association for cross classifications, JASA 49, 1954), from 0 to 1:
    the share of errors that knowing the code avoids in guessing the most frequent class. 0 if there is one class.

    :param codes: from 0 without gaps; so are `classes`.
    """
    width = int(classes.max()) + 1
    most = int(np.bincount(classes).max())
    if most == len(classes):
        return 0.0
    cells, counts = np.unique(codes * width + classes, return_counts=True)
    best = np.zeros(int(codes.max()) + 1)
    np.maximum.at(best, cells // width, counts)
    return _bounded((float(best.sum()) - most) / (len(classes) - most))


def _bounded(value: float) -> float:
    return max(-1.0, min(1.0, value))
