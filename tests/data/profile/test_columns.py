"""Profiles of columns, compared with numpy and with counting in Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tablee.datasets.manifest import ColumnSummary
from tablee.datasets.profile import ColumnProfile, Profile
from tablee_data.profile import profile
from tablee_data.profile.column import describe
from tablee_data.sampling import table_rows
from tablee_data.statistics.profile_statistics import ProfileStatistics

VALUES = np.round(np.random.default_rng(7).lognormal(3, 1, 5000), 3)


def column(found: Profile, name: str) -> ColumnProfile:
    return next(each for each in found.columns if each.name == name)


@pytest.fixture
def looked_at(stored: Any) -> Profile:
    frame = pl.DataFrame(
        {
            "x": [None if index % 10 == 0 else value for index, value in enumerate(VALUES)],
            "zeros": [0.0, 1.0] * 2500,
            "town": [("Lyon", "Paris", "Brest")[index % 3] for index in range(5000)],
            "yes": [("oui", "non")[index % 4 == 0] for index in range(5000)],
            "remark": [f"remark {'é' * (index % 7)} {index}" for index in range(5000)],
        }
    )
    return profile(*stored(frame))


def test_numbers_are_those_of_numpy(looked_at: Profile) -> None:
    kept = np.delete(VALUES, np.s_[::10])
    found = column(looked_at, "x")
    assert (found.kind, found.missing, found.distinct) == ("number", 500, len(np.unique(kept)))
    assert found.numbers is not None
    numbers = found.numbers
    assert numbers.mean == pytest.approx(kept.mean(), rel=1e-12)
    assert numbers.std == pytest.approx(kept.std(ddof=1), rel=1e-12)
    assert (numbers.minimum, numbers.maximum) == (kept.min(), kept.max())
    assert [value for _, value in numbers.quantiles] == pytest.approx(
        np.quantile(kept, [p for p, _ in numbers.quantiles])
    )
    low, high = numbers.fences
    assert numbers.outliers == int(((kept < low) | (kept > high)).sum()) > 0


def test_every_value_is_in_one_bin_of_the_histogram(looked_at: Profile) -> None:
    numbers = column(looked_at, "x").numbers
    assert numbers is not None
    edges, counts = numbers.histogram.edges, numbers.histogram.counts
    assert (edges[0], edges[-1]) == (numbers.minimum, numbers.maximum)
    assert list(edges) == sorted(edges)
    assert len(edges) == len(counts) + 1
    assert sum(counts) == 4500
    kept = np.delete(VALUES, np.s_[::10])
    assert counts[3] == int(((kept > edges[3]) & (kept <= edges[4])).sum())


def test_texts_levels_and_lengths(looked_at: Profile) -> None:
    town, yes, remark = (column(looked_at, name) for name in ("town", "yes", "remark"))
    assert [(level.value, level.count) for level in town.levels] == [("Lyon", 1667), ("Paris", 1667), ("Brest", 1666)]
    assert (yes.boolean, town.boolean, column(looked_at, "zeros").boolean) == (True, False, True)
    assert remark.kind == "text"
    assert remark.lengths is not None
    assert (remark.lengths.shortest, remark.lengths.longest) == (9, 18)  # characters, not bytes


def test_the_profile_of_a_small_table_is_exact(looked_at: Profile) -> None:
    assert looked_at.basis.counts.whole
    assert looked_at.basis.distributions.whole
    assert looked_at.basis.associations.whole


def test_dates_have_a_range_and_a_histogram() -> None:
    dates = pl.Series("d", ["2024-01-01", "2024-03-01T10:00:00", None, "2020-02-29"])
    statistics = ProfileStatistics(["d"])
    for part in (dates[:2], dates[2:]):
        statistics(part.to_frame())
    found = describe(dates, ColumnSummary(name="d", kind="date", missing=1, distinct=3), statistics)
    assert found.missing == 1
    assert found.dates is not None
    assert (found.dates.earliest, found.dates.latest) == ("2020-02-29", "2024-03-01T10:00:00")
    assert found.dates.histogram.edges[0] == 18321  # days from 1970-01-01 to 2020-02-29
    assert sum(found.dates.histogram.counts) == 3


def test_whole_numbers_of_a_short_range_get_a_bin_each(stored: Any) -> None:
    numbers = column(profile(*stored(pl.DataFrame({"n": [1, 2, 2, 3, 3, 3], "m": [1, 1, 1, 1, 1, 2]}))), "n").numbers
    assert numbers is not None
    assert numbers.histogram.counts == (1, 2, 3)


def test_empty_columns_have_no_statistics() -> None:
    for empty in (pl.Series("e", [None, None], dtype=pl.String), pl.Series("e", [None, None], dtype=pl.Float64)):
        statistics = ProfileStatistics()
        statistics(empty.to_frame())
        found = describe(empty, ColumnSummary(name="e", kind="text", missing=2, distinct=0), statistics)
        assert (found.missing, found.numbers, found.lengths, found.levels) == (2, None, None, ())


@pytest.mark.parametrize("size", [1, 7, 100, 5000])
def test_statistics_do_not_depend_on_the_batches(size: int) -> None:
    frame = pl.DataFrame({"x": VALUES + 1e6, "t": [str(value) for value in VALUES]})
    statistics = ProfileStatistics()
    for start in range(0, frame.height, size):
        statistics(frame[start : start + size])
    assert statistics.numbers["x"].mean == pytest.approx(float((VALUES + 1e6).mean()), rel=1e-13)
    assert statistics.numbers["x"].std == pytest.approx(VALUES.std(ddof=1), rel=1e-8)
    assert statistics.texts["t"].characters == sum(len(str(value)) for value in VALUES)


def test_large_tables_are_sampled_at_random_and_counted_whole(
    stored: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(table_rows, "EXACT_CELLS", 10_000)
    monkeypatch.setattr(table_rows, "SAMPLE_CELLS", 4_000)
    rows = 20_000
    parquet, manifest = stored(pl.DataFrame({"n": range(rows), "m": [1.5] * (rows - 1) + [99.5]}))
    kept = table_rows.sample(parquet)
    assert kept.height == table_rows.kept_rows(parquet)[0] == 2_000
    assert kept["n"].is_sorted()
    assert kept["n"].n_unique() == 2_000
    assert kept["n"].mean() == pytest.approx(rows / 2, rel=0.05)
    assert table_rows.sample(parquet).equals(kept), "the same rows each time"
    found = profile(parquet, manifest)
    assert (found.basis.counts.whole, found.basis.distributions.whole) == (True, False)
    assert (found.basis.distributions.rows, found.basis.distributions.of) == (2_000, rows)
    numbers = column(found, "m").numbers
    assert numbers is not None
    assert numbers.maximum == 99.5, "the one far value is counted, whether its row was kept or not"
    assert column(found, "n").distinct == rows
