"""The filter that every batch of rows passes before anything of it is written, summarised or quoted."""

from __future__ import annotations

from typing import Protocol

import polars as pl

from tablee.datasets.privacy import Anonymised, Drop
from tablee.errors import InvalidTable


class BatchFilter(Protocol):
    """Removes from each batch what must not be stored, as `Anonymiser` does."""

    @property
    def anonymised(self) -> Anonymised:
        """What the filter does, for the manifest."""

    def apply(self, batch: pl.DataFrame) -> pl.DataFrame:
        """The batch as it may be stored. Every batch gets the same columns and types."""

    def hides(self, column: str) -> bool:
        """Whether the original values of a column must not appear anywhere."""


def dropped_columns(batch_filter: BatchFilter | None) -> frozenset[str]:
    """The columns that a filter leaves out of every batch."""
    actions = batch_filter.anonymised.actions if batch_filter is not None else ()
    return frozenset(action.column for action in actions if isinstance(action, Drop))


def without_values(error: InvalidTable, batch_filter: BatchFilter) -> InvalidTable:
    """The same error without a quoted value that may hold hidden cells, as a whole line does."""
    quoted, expected = error.place["value"], error.facts.get("expected")
    of_one_cell = isinstance(expected, str) and "%" in expected  # the format of a date
    if quoted is None or (of_one_cell and not batch_filter.hides(str(error.place["column"]))):
        return error
    facts = {name: fact for name, fact in error.facts.items() if name != "value"}
    hidden = InvalidTable(error.reason, hint=error.hint_key, **facts)
    try:
        str(hidden)
    except KeyError:  # the sentence itself shows the value
        return InvalidTable(error.reason, hint=error.hint_key, value="…", **facts)
    return hidden
