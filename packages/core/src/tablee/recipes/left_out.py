"""Why a model cannot learn from a column, as codes whose sentences stand in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import polars as pl

from tablee.datasets.categories import is_free_text
from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import Pseudonym
from tablee.i18n import Message


class LeftOut(StrEnum):
    """Why a model cannot learn from a column."""

    EMPTY = "empty"
    CONSTANT = "constant"
    FREE_TEXT = "free_text"
    LINE_BREAK = "line_break"
    MASKED = "masked"
    """Its values were masked when the data set was added, or later."""
    PSEUDONYMS = "pseudonyms"
    """Its values were replaced by pseudonyms."""

    @classmethod
    def by_actions(cls, manifest: DatasetManifest, target: str | None) -> dict[str, LeftOut]:
        """Why a model cannot learn from columns that privacy actions masked or replaced by pseudonyms, by name."""
        return {
            name: cls.PSEUDONYMS if isinstance(action, Pseudonym) else cls.MASKED
            for name, action in manifest.unlearnable.items()
            if name != target
        }

    @property
    def message(self) -> Message:
        """The reason as a sentence about the column."""
        return Message(f"left_out_column.{self.value}")


def remarks(manifest: DatasetManifest, target: str) -> list[Message]:
    """What a person who trains on a version should know about its columns."""
    hidden = LeftOut.by_actions(manifest, target)
    columns = listed({name: why.message for name, why in hidden.items()})
    return [Message("training_remark.hidden_columns", {"columns": columns})] if columns else []


def reason_to_leave_out(series: pl.Series) -> LeftOut | None:
    """Why a model cannot learn from a column; None if it can."""
    distinct = series.drop_nulls().n_unique()
    if distinct < 2:
        return LeftOut.EMPTY if not distinct else LeftOut.CONSTANT
    if series.dtype == pl.String and is_free_text(distinct, len(series) - series.null_count()):
        return LeftOut.FREE_TEXT
    return LeftOut.LINE_BREAK if "\n" in series.name or "\r" in series.name else None


def listed(reasons: Mapping[str, Message]) -> list[Message]:
    """Columns with their reasons, as a fact of an error.

    :param reasons: by the column's name.
    """
    return [
        Message("left_out_column.of_column", {"column": name, "reason": reason}) for name, reason in reasons.items()
    ]
