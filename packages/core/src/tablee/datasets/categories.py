"""The rule that tells categories from free text; profile, type inference and training all use it."""

from __future__ import annotations

MAX_LEVELS = 1000
"""A text column with more distinct values than this is free text, not a category."""


def is_free_text(distinct: int, present: int) -> bool:
    """Whether a text column is free text rather than a category.

    :param distinct: number of distinct values.
    :param present: number of rows that have a value.
    """
    return distinct > MAX_LEVELS or (distinct > 50 and distinct > present / 2)
