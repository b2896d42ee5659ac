"""Applies privacy actions to tables, batch by batch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import polars as pl

from tablee.datasets.generalisation import as_text, generalised, masked
from tablee.datasets.privacy import (
    Action,
    Anonymised,
    Bands,
    Drop,
    Keep,
    Mask,
    Period,
    Prefix,
    Pseudonym,
    hidden_columns,
)
from tablee.errors import InvalidRequest
from tablee.tables.column_names import near
from tablee_data.privacy.key import PrivacyKey


class Anonymiser:
    """Applies privacy actions to the rows of a table: columns are float64 or text, missing values are null.

    Every batch is handled by itself, so a table may come in batches of any size. Errors name columns, never values.

    :param key: for pseudonyms.
    :raises InvalidRequest: there are pseudonyms to be made and no key.
    """

    def __init__(self, actions: Sequence[Action], key: PrivacyKey | None = None) -> None:
        self.actions = tuple(actions)
        self._hidden = hidden_columns(self.actions)
        keyed = any(isinstance(action, Pseudonym) for action in self.actions)
        if keyed and key is None:
            raise InvalidRequest("no_privacy_key", hint="privacy_key_or_drop")
        self._key = key if keyed else None

    @property
    def key_id(self) -> str | None:
        """Id of the key; None if no pseudonyms are made."""
        return self._key.id if self._key else None

    @property
    def anonymised(self) -> Anonymised:
        """The actions and the key, for a manifest."""
        return Anonymised(actions=self.actions, key=self.key_id, fingerprint=self.fingerprint)

    @property
    def fingerprint(self) -> str:
        """Hash of the actions, in any order, and of the id of the key. It does not reveal the key."""
        changed = [action.model_dump() for action in self.actions if not isinstance(action, Keep)]
        told = json.dumps([sorted(changed, key=lambda each: str(each["column"])), self.key_id], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()

    def hides(self, column: str) -> bool:
        """Whether the original values of a column must not be shown, logged or stored."""
        return column in self._hidden

    def check(self, columns: Sequence[str]) -> None:
        """Check the actions against the columns of a table.

        :raises InvalidRequest: an action names another column, or no column would be left.
        """
        for action in self.actions:
            if action.column not in columns:
                raise InvalidRequest("no_column_to_change", column=action.column, **near(action.column, columns))
        if set(columns) <= {action.column for action in self.actions if isinstance(action, Drop)}:
            raise InvalidRequest("all_columns_dropped")

    def apply(self, batch: pl.DataFrame) -> pl.DataFrame:
        """The batch after all actions; the columns keep their order.

        :raises InvalidRequest: an action does not fit its column.
        """
        self.check(batch.columns)
        dropped = [action.column for action in self.actions if isinstance(action, Drop)]
        others = [action for action in self.actions if not isinstance(action, Drop)]
        return batch.with_columns(self._changed(batch[each.column], each) for each in others).drop(dropped)

    def _changed(self, column: pl.Series, action: Action) -> pl.Series:
        match action:
            case Mask():
                return masked(as_text(column), action.keep_last)
            case Pseudonym() if self._key is not None:
                return self._key.pseudonyms(as_text(column), action.scope)
            case Bands() if column.dtype != pl.Float64:
                raise InvalidRequest("bands_of_texts", column=column.name)
            case Period():
                return _periods(column, action)
            case Bands() | Prefix():
                return generalised(column, action)
        return column


def _periods(column: pl.Series, action: Period) -> pl.Series:
    if column.dtype != pl.String:
        raise InvalidRequest("period_of_numbers", column=column.name)
    periods = generalised(column, action)
    if odd := periods.null_count() - column.null_count():
        raise InvalidRequest("no_such_dates", values=odd, column=column.name, format=action.format)
    return periods
