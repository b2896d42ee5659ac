"""The bottom-k sample against sorting all rows."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tablee_train.data.sample import BottomKSample


def rows(count: int, seed: int) -> tuple[pl.DataFrame, np.ndarray]:
    generator = np.random.default_rng(seed)
    frame = pl.DataFrame(
        {"n": np.arange(float(count)), "c": generator.choice(["a", "b", "c", "d"], count, p=[0.6, 0.38, 0.01, 0.01])}
    )
    return frame, generator.integers(0, 2**63, count, dtype=np.uint64)


def sampled(frame: pl.DataFrame, hashes: np.ndarray, size: int, batch: int, classes: str | None) -> pl.DataFrame:
    sample = BottomKSample(size, classes)
    for start in range(0, frame.height, batch):
        sample.add(frame.slice(start, batch), hashes[start : start + batch])
    return sample.rows()


@pytest.mark.parametrize("batch", [1, 7, 100, 5000])
@pytest.mark.parametrize("size", [1, 2, 3, 50, 999, 1000, 1001, 2000])
def test_the_rows_with_the_smallest_hashes_are_kept(batch: int, size: int) -> None:
    frame, hashes = rows(1000, seed=size)
    expected = frame[np.argsort(hashes)[:size]]
    assert sampled(frame, hashes, size, batch, None).equals(expected)


@pytest.mark.parametrize("batch", [3, 40, 5000])
@pytest.mark.parametrize("size", [1, 30, 400])
def test_the_smallest_of_each_class_is_kept_besides(batch: int, size: int) -> None:
    frame, hashes = rows(1000, seed=batch)
    ordered = frame[np.argsort(hashes)]
    first = ordered.with_row_index("at").unique("c", keep="first")["at"].to_list()
    expected = ordered[sorted({*range(size), *first})]
    assert sampled(frame, hashes, size, batch, "c").equals(expected)
    assert set(expected["c"]) == {"a", "b", "c", "d"}


def test_the_sample_does_not_keep_all_rows_in_memory() -> None:
    frame, hashes = rows(5000, seed=1)
    sample = BottomKSample(100)
    for start in range(0, 5000, 50):
        sample.add(frame.slice(start, 50), hashes[start : start + 50])
        assert sample.height <= 125 + 50


def test_a_row_between_the_two_largest_hashes_of_the_sample_is_kept() -> None:
    frame = pl.DataFrame({"n": [10.0, 30.0, 40.0, 20.0]})
    kept = sampled(frame, frame["n"].cast(pl.UInt64).to_numpy(), 2, 3, None)
    assert kept["n"].to_list() == [10.0, 20.0]
