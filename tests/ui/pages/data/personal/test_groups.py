"""The table of rows in small groups."""

from __future__ import annotations

from tablee.datasets.privacy import (
    Anonymity,
    EquivalenceClasses,
)
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext
from tablee_ui.pages.data.personal.groups import small_groups


def test_small_groups_are_counted_before_and_after(backend: Backend) -> None:
    before = EquivalenceClasses(columns=("age", "town"), rows=200, groups=150, smallest=1, below=((2, 100), (5, 150)))
    after = EquivalenceClasses(columns=("age",), rows=200, groups=10, smallest=4, below=((2, 0), (5, 4)))
    lines = small_groups(PageContext.create(backend, "en"), Anonymity(before=before, after=after))
    assert [list(line.values()) for line in lines] == [
        ["one row, that is alone", "100 (50.0%)", "0 (0%)"],
        ["fewer than 5 rows", "150 (75.0%)", "4 (2.0%)"],
    ]
