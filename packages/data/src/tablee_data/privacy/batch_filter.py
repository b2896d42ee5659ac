"""The filter that every batch of rows passes before anything of it is written, summarised or quoted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

import polars as pl

from tablee.datasets.hidden_cells import DOTS
from tablee.datasets.privacy import Action, Anonymised, Drop
from tablee.errors import InvalidTable
from tablee.i18n.message import Message

_OF_NO_CELL: Final = frozenset(
    ("column", "name", "names", "expected", "format", "encoding", "type", "byte", "words", "limit")
)
"""Facts of errors that are texts and of no cell: names, formats, and the words of a parser that quotes nothing."""


class BatchFilter(Protocol):
    """Removes from each batch what must not be stored, as `Anonymiser` does."""

    @property
    def anonymised(self) -> Anonymised:
        """What the filter does, for the manifest."""

    def apply(self, batch: pl.DataFrame) -> pl.DataFrame:
        """The batch as it may be stored. Every batch gets the same columns and types."""

    def hides(self, column: str) -> bool:
        """Whether the original values of a column must not appear anywhere."""


def actions_of(batch_filter: BatchFilter | None) -> tuple[Action, ...]:
    """The privacy actions of a filter; none if there is no filter."""
    return batch_filter.anonymised.actions if batch_filter is not None else ()


def dropped_columns(batch_filter: BatchFilter | None) -> frozenset[str]:
    """The columns that a filter leaves out of every batch."""
    return frozenset(action.column for action in actions_of(batch_filter) if isinstance(action, Drop))


@contextmanager
def errors_without_values(batch_filter: BatchFilter | None) -> Iterator[None]:
    """Errors about a file show no cell that the filter hides."""
    try:
        yield
    except InvalidTable as error:
        if batch_filter is None:
            raise
        raise without_values(error, batch_filter) from None


def without_values(error: InvalidTable, batch_filter: BatchFilter) -> InvalidTable:
    """The same error without texts that may hold hidden cells, such as a quoted line or the words of a library."""
    if error.reason == "unsure_reading":  # its questions are decisions without cells
        return error
    quoted, expected = error.place["value"], error.facts.get("expected")
    of_one_cell = isinstance(expected, str) and "%" in expected  # the format of a date
    if of_one_cell and not batch_filter.hides(str(error.place["column"])):
        return error
    facts = {name: _without_text(name, fact) for name, fact in error.facts.items() if name != "value"}
    if quoted is None and facts == error.facts:
        return error
    hidden = InvalidTable(error.reason, hint=error.hint_key, **facts)
    try:
        str(hidden)
    except KeyError:  # the sentence itself shows the value
        return InvalidTable(error.reason, hint=error.hint_key, value=DOTS, **facts)
    return hidden


def _without_text(name: str, fact: Any) -> Any:
    """A fact of an error, if it can hold no cell."""
    if isinstance(fact, Message) and fact.key == "quote.of":
        return Message("quote.silent", {"who": fact.facts["who"]})
    return DOTS if isinstance(fact, str) and name not in _OF_NO_CELL else fact
