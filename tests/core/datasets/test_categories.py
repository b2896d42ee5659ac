"""When a text column is free text: both sides of each limit."""

from __future__ import annotations

import pytest

from tablee.datasets.categories import MAX_LEVELS, is_free_text


@pytest.mark.parametrize(
    ("distinct", "present", "free_text"),
    [
        (MAX_LEVELS, 10_000, False),
        (MAX_LEVELS + 1, 1_000_000, True),
        (50, 50, False),
        (51, 102, False),
        (51, 101, True),
        (0, 0, False),
    ],
)
def test_free_text_has_too_many_distinct_values(distinct: int, present: int, *, free_text: bool) -> None:
    assert is_free_text(distinct, present) is free_text
