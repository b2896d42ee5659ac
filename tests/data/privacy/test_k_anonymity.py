"""k-anonymity, compared with counting in Python."""

from __future__ import annotations

from collections import Counter

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tablee_data.privacy import equivalence_classes

ROWS = st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from([1.0, 2.0, None])), max_size=60)


@settings(deadline=None)
@given(ROWS, st.integers(1, 20))
def test_classes_are_counted_over_all_batches(rows: list[tuple[str | None, float | None]], size: int) -> None:
    frame = pl.DataFrame(rows, schema={"town": pl.String, "age": pl.Float64}, orient="row")
    found = equivalence_classes((frame[start : start + size] for start in range(0, len(rows), size)), ["town", "age"])
    sizes = Counter(rows)
    assert (found.rows, found.groups, found.smallest) == (len(rows), len(sizes), min(sizes.values(), default=0))
    assert dict(found.below) == {k: sum(n for n in sizes.values() if n < k) for k in (2, 3, 5, 10)}


def test_without_quasi_identifiers_all_rows_are_one_class() -> None:
    found = equivalence_classes([pl.DataFrame({"x": [1.0, 2.0]}), pl.DataFrame({"x": [3.0]})], [])
    assert (found.groups, found.smallest) == (1, 3)
