"""The hold-out: chosen by content alone, stable, never empty."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tablee.errors import InvalidRequest
from tablee.models.problem import ProblemType
from tablee_train.data.split import HoldoutSplit, row_hashes, split
from tablee_train.data.target import Problem, detect_problem


def problem(frame: pl.DataFrame, target: str = "y") -> Problem:
    return detect_problem(frame.columns, [frame[target]], target, "auto", "auto")


def divided(frame: pl.DataFrame, share: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    found = problem(frame)
    return split(found, found.with_target(frame), share)


def table(rows: int, seed: int = 0) -> pl.DataFrame:
    generator = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "x": generator.normal(size=rows),
            "lieu": [None if i % 11 == 0 else f"l'été {i % 7}" for i in range(rows)],
            "y": [["non", "oui"][i % 2] for i in range(rows)],
        }
    )


def test_hashes_are_those_they_have_always_been() -> None:
    frame = pl.DataFrame({"a": [1.0, None, -0.0, 0.0], "b": ["x", "é", None, None]})
    first, second, third = 12414641188209021795, 13198278726962592192, 15459865630160029365
    # Other hashes would let a champion be judged on rows that it learnt from.
    assert row_hashes(frame).tolist() == [first, second, third, third]


def test_hashes_differ_by_cells_columns_and_missing_values() -> None:
    frames = [
        pl.DataFrame({"a": [1.0], "b": [2.0]}),
        pl.DataFrame({"a": [2.0], "b": [1.0]}),
        pl.DataFrame({"a": [1.0], "c": [2.0]}),
        pl.DataFrame({"a": [1.0], "b": [None]}, schema={"a": pl.Float64, "b": pl.Float64}),
        pl.DataFrame({"a": [1.0], "b": [0.0]}),
        pl.DataFrame({"a": [1.0], "b": [""]}),
        pl.DataFrame({"a": [1.0], "b": ["x"]}),
        pl.DataFrame({"a": [1.0], "b": ["2.0"]}),
    ]
    assert len({int(row_hashes(frame)[0]) for frame in frames}) == len(frames)
    assert row_hashes(frames[0].select("b", "a")).tolist() == row_hashes(frames[0]).tolist()
    missing_text = pl.DataFrame({"a": [1.0], "b": [None]}, schema={"a": pl.Float64, "b": pl.String})
    assert row_hashes(missing_text).tolist() == row_hashes(frames[3]).tolist()


def test_a_row_keeps_its_side_wherever_it_stands() -> None:
    frame = table(500)
    _, holdout = divided(frame, 0.2)
    more = pl.concat([table(300, seed=9), frame.reverse()]).select("y", "lieu", "x")
    _, later = divided(more, 0.2)
    assert set(holdout["x"]) <= set(later["x"])
    assert not set(frame["x"]) - set(holdout["x"]) & set(later["x"])


def test_equal_rows_are_on_one_side() -> None:
    frame = pl.concat([table(100), table(100)])
    train, holdout = divided(frame, 0.2)
    assert not set(train["x"]) & set(holdout["x"])


def test_rows_stay_in_their_order() -> None:
    frame = table(300).with_columns(pl.int_range(pl.len()).cast(pl.Float64).alias("x"))
    for side in divided(frame, 0.3):
        assert side["x"].is_sorted()


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5])
def test_the_share_is_about_right(share: float) -> None:
    train, holdout = divided(table(20_000), share)
    assert train.height + holdout.height == 20_000
    assert abs(holdout.height / 20_000 - share) < 0.02


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10_000), rows=st.integers(20, 60), regression=st.booleans())
def test_neither_side_is_empty_and_every_class_is_judged(seed: int, rows: int, regression: bool) -> None:
    frame = table(rows, seed)
    if regression:
        frame = frame.with_columns(pl.col("x").alias("y"))
    train, holdout = divided(frame, 0.05)
    assert train.height
    assert holdout.height
    if not regression:
        assert set(holdout["y"]) == set(train["y"]) == {"non", "oui"}


def classes(*names: str) -> pl.DataFrame:
    return pl.DataFrame({"y": list(names)})


def hashes(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


HALF = 2**63
BINARY = Problem("y", ProblemType.BINARY, ("a", "b"), False, "auc", 20, 0)
REGRESSION = Problem("y", ProblemType.REGRESSION, (), False, "rmse", 20, 0)


def test_rows_below_the_share_of_all_hashes_are_held_out() -> None:
    out = HoldoutSplit(BINARY, 0.5).held_out(classes("a", "a", "b"), hashes(HALF - 1, HALF, 0))
    assert out.tolist() == [True, False, True]


@pytest.mark.parametrize(("different", "second_pass"), [(4, False), (5, True), (6, True)])
def test_a_class_of_five_different_rows_has_one_held_out(different: int, second_pass: bool) -> None:
    splitter = HoldoutSplit(BINARY, 0.5)
    rows = classes(*["a"] * different, "b", "b")
    given = hashes(*(HALF + 10 - i for i in range(different)), 1, HALF)
    splitter.held_out(rows, given)
    assert splitter.needs_second_pass() is second_pass
    if second_pass:
        out = splitter.held_out(rows, given)
        assert out.tolist() == [*[False] * (different - 1), True, True, False], "that with the smallest hash"
        assert not splitter.needs_second_pass()
        splitter.check()


def test_the_rows_of_a_class_are_counted_over_all_frames() -> None:
    splitter = HoldoutSplit(BINARY, 0.5)
    frames = [(classes("a", "a", "a", "b"), hashes(HALF + 3, HALF + 4, HALF + 5, 1)),
              (classes("a", "a", "b"), hashes(HALF + 1, HALF + 2, HALF))]  # fmt: skip
    for rows, row_hash in frames:
        splitter.held_out(rows, row_hash)
    assert splitter.needs_second_pass(), "five different rows in two frames"
    assert [splitter.held_out(*frame).tolist() for frame in frames] == [
        [False, False, False, True],
        [True, False, False],
    ]
    assert not splitter.needs_second_pass()
    splitter.check()


def test_repeated_rows_count_once() -> None:
    splitter = HoldoutSplit(BINARY, 0.5)
    for _ in range(3):
        splitter.held_out(classes("a", "a", "b"), hashes(HALF + 1, HALF + 2, 1))
    assert not splitter.needs_second_pass(), "two different rows of the class a"


def test_a_class_that_grows_later_is_judged_then() -> None:
    splitter = HoldoutSplit(BINARY, 0.5)
    splitter.held_out(classes("a", "b"), hashes(HALF + 1, 1))
    splitter.held_out(classes(*"aaaa"), hashes(HALF + 2, HALF + 3, HALF + 4, 2))
    assert not splitter.needs_second_pass(), "one row of the class a is held out already"


def test_only_the_class_that_lacks_a_row_gets_one() -> None:
    """A row of another class may have the same hash as the row that is forced out."""
    splitter = HoldoutSplit(BINARY, 0.5)
    rows, given = classes(*"aaaaa", "b", "b"), hashes(*(HALF + i for i in range(5)), HALF, 1)
    splitter.held_out(rows, given)
    assert splitter.needs_second_pass()
    assert splitter.held_out(rows, given).tolist() == [True, *[False] * 5, True]


def test_the_rows_of_a_regression_are_one_class() -> None:
    splitter = HoldoutSplit(REGRESSION, 0.5)
    rows, given = pl.DataFrame({"y": [1.0, 2.0, 3.0, 4.0, 5.0]}), hashes(*(HALF + 9 - i for i in range(5)))
    splitter.held_out(rows, given)
    assert splitter.needs_second_pass()
    assert splitter.held_out(rows, given).tolist() == [False] * 4 + [True]
    splitter.check()


def test_no_training_rows_are_refused() -> None:
    splitter = HoldoutSplit(BINARY, 0.5)
    splitter.held_out(classes("a", "b", "b"), hashes(1, 2, 2))
    with pytest.raises(InvalidRequest, match="only 2 different rows"):
        splitter.check()


def test_no_hold_out_rows_are_refused() -> None:
    splitter = HoldoutSplit(BINARY, 0.5)
    splitter.held_out(classes("a", "b", "b"), hashes(HALF, HALF + 1, HALF + 2))
    assert not splitter.needs_second_pass()
    with pytest.raises(InvalidRequest, match="only 3 different rows"):
        splitter.check()


def test_the_first_class_without_training_rows_is_named_with_its_rows() -> None:
    splitter = HoldoutSplit(BINARY, 0.5)
    splitter.held_out(classes("c", "b", "b", "a"), hashes(1, 2, 3, HALF))
    with pytest.raises(InvalidRequest, match="“b” of “y” has only 2 different row"):
        splitter.check()


def test_the_held_out_rows_of_a_class_are_counted_over_all_frames() -> None:
    splitter = HoldoutSplit(BINARY, 0.5)
    splitter.held_out(classes("a", "b"), hashes(HALF, 1))
    splitter.held_out(classes("a", "b"), hashes(HALF + 1, 2))
    assert not splitter.needs_second_pass()
    with pytest.raises(InvalidRequest, match="“b” of “y” has only 2 different row"):
        splitter.check()


def test_the_second_pass_counts_from_zero() -> None:
    splitter = HoldoutSplit(BINARY, 0.5)
    rows, given = classes(*"aaaaa", "b"), hashes(*(HALF + i for i in range(5)), 1)
    splitter.held_out(rows, given)
    assert splitter.needs_second_pass()
    splitter.held_out(rows, given)
    with pytest.raises(InvalidRequest, match="“b” of “y” has only 1 different row"):
        splitter.check()


def test_a_few_rows_repeated_cannot_be_split() -> None:
    for value in range(100):  # until none of the two happens to be below the threshold
        frame = pl.DataFrame({"x": [float(value)] * 40, "y": [1.0] * 30 + [5.5] * 10})
        if (row_hashes(frame) >= np.uint64(2**63)).all():
            break
    with pytest.raises(InvalidRequest, match="only 2 different rows"):
        divided(frame, 0.2)


def test_a_class_that_is_only_held_out_is_named() -> None:
    frame = table(60)
    found = row_hashes(frame.with_columns(pl.lit("rare").alias("y")))
    smallest = int(np.argmin(found))
    rare = frame.with_columns(
        pl.when(pl.int_range(pl.len()) == smallest).then(pl.lit("rare")).otherwise("y").alias("y")
    )
    with pytest.raises(InvalidRequest, match="“rare” of “y” has only 1 different row"):
        divided(rare, 0.2)


def test_the_second_pass_counts_the_rows_anew() -> None:
    """The class `a` needs a second pass, the class `b` has its only row held out."""
    frame = pl.DataFrame({"x": [float(at) for at in range(20)], "y": ["a"] * 19 + ["b"]})
    hashes = np.array([2**63 + at for at in range(19)] + [0], dtype=np.uint64)
    found = HoldoutSplit(problem(frame), 0.25)
    found.held_out(frame, hashes)
    assert found.needs_second_pass()
    assert found.held_out(frame, hashes).tolist() == [True] + [False] * 18 + [True]
    with pytest.raises(InvalidRequest, match=r"class “b”.*has only 1 different row"):
        found.check()
