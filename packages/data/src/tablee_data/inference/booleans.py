"""Pairs of values that mean yes and no."""

from __future__ import annotations

from typing import Final

import polars as pl

YES_NO_PAIRS: Final = (
    ("yes", "no"),
    ("y", "n"),
    ("true", "false"),
    ("t", "f"),
    ("oui", "non"),
    ("o", "n"),
    ("vrai", "faux"),
    ("v", "f"),
    ("1", "0"),
    ("on", "off"),
)
"""In English and French, in lower case; yes comes first."""
_PAIRS: Final = tuple(map(frozenset, YES_NO_PAIRS))


def is_boolean(values: pl.Series) -> bool:
    """Whether a column of numbers or texts, without nulls, holds exactly one pair of yes and no: 0 and 1, or one of
    `YES_NO_PAIRS` in any case and with spaces around."""
    if values.dtype == pl.Float64:
        return set(values.unique().to_list()) == {0.0, 1.0}
    return frozenset(value.strip().lower() for value in values.unique().head(3).to_list()) in _PAIRS
