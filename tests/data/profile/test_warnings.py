"""Warnings of a profile with their actions, on tables with and without the faults."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from repository import PENGUINS
from sklearn import datasets as public

from tablee.datasets.profile import (
    DropColumns,
    DropDuplicateRows,
    DropRareRows,
    GroupRareLevels,
    ParseDates,
    ParseNumbers,
    Profile,
    ProfileWarning,
    RankBy,
    WarningCode,
)
from tablee.errors import InvalidRequest
from tablee.recipes.steps import ParseDate, ParseNumber, RareLevels
from tablee_data.profile import about_target, profile

N = 1200


def dirty(rng: np.random.Generator) -> pl.DataFrame:
    age = rng.integers(18, 95, N)
    left = rng.random(N) < 0.05
    frame = pl.DataFrame(
        {
            "client": [f"C{index:05d}" for index in range(N)],
            "number": range(1, N + 1),
            "age": age,
            "months": age * 12,
            "size": rng.normal(170, 10, N),
            "price": [f"{value:,}".replace(",", "\u202f") + ",50 €" for value in rng.integers(900, 9000, N)],
            "since": [
                f"{index % 28 + 1:02d}/{index % 12 + 1:02d}/{2000 + index % 24}" if index % 50 else "unknown"
                for index in range(N)
            ],
            "town": [f"Town {index}" for index in rng.integers(0, 90, N)],
            "country": ["France"] * N,
            "fax": [None if index % 3 else "yes" if index % 2 else "no" for index in range(N)],
            "reason": ["moved" if each else "none" for each in left],
            "gone": ["yes" if each else "no" for each in left],
        }
    )
    return pl.concat([frame, frame[:3]])


@pytest.fixture
def looked_at(rng: np.random.Generator, stored: Any) -> Profile:
    return profile(*stored(dirty(rng)))


def only(found: Profile, code: WarningCode) -> ProfileWarning:
    (warning,) = [each for each in found.warnings if each.code is code]
    return warning


def test_constants_identifiers_and_mostly_missing_columns(looked_at: Profile) -> None:
    identifiers = [each.columns for each in looked_at.warnings if each.code is WarningCode.IDENTIFIER]
    assert identifiers == [("client",), ("number",)]
    constant = only(looked_at, WarningCode.CONSTANT)
    assert (constant.columns, constant.figures["value"]) == (("country",), "France")
    assert constant.action == DropColumns(columns=("country",))
    empty = only(looked_at, WarningCode.MOSTLY_MISSING)
    assert empty.columns == ("fax",)
    assert empty.figures["share"] == pytest.approx(2 / 3, abs=0.01)


def test_a_mostly_missing_column_may_be_dates_as_texts(stored: Any) -> None:
    since = [f"{n // 4 % 28 + 1} mars 2024" if n % 4 == 0 else "not yet" if n == 1 else None for n in range(200)]
    found = profile(*stored(pl.DataFrame({"x": range(200), "since": since})))
    codes = [each.code for each in found.warnings if each.columns == ("since",)]
    assert codes == [WarningCode.MOSTLY_MISSING, WarningCode.DATE_AS_TEXT]


def test_dates_and_numbers_as_texts(looked_at: Profile) -> None:
    assert only(looked_at, WarningCode.NUMBER_AS_TEXT).action == ParseNumbers(
        step=ParseNumber(column="price", decimal=",", thousands=(" ", ".", "'"), units={"€": 1})
    )
    assert only(looked_at, WarningCode.DATE_AS_TEXT).action == ParseDates(step=ParseDate(column="since"))
    assert only(looked_at, WarningCode.MANY_LEVELS).action == GroupRareLevels(step=RareLevels(column="town", least=10))


def test_duplicate_rows_and_columns(looked_at: Profile) -> None:
    near = [each for each in looked_at.warnings if each.code is WarningCode.NEAR_DUPLICATE]
    assert ("age", "months") in [each.columns for each in near]
    assert near[0].action == DropColumns(columns=(near[0].columns[1],))
    rows = only(looked_at, WarningCode.DUPLICATE_ROWS)
    assert (looked_at.duplicate_rows, rows.figures["duplicates"], rows.action) == (3, 3, DropDuplicateRows())


def test_equal_columns_of_any_kind_are_found(rng: np.random.Generator, stored: Any) -> None:
    texts = [f"free text {index}" for index in range(400)]
    found = profile(*stored(pl.DataFrame({"a": texts, "b": rng.normal(size=400), "c": texts})))
    assert only(found, WarningCode.NEAR_DUPLICATE).columns == ("a", "c")


def test_warnings_about_a_target(rng: np.random.Generator, stored: Any) -> None:
    parquet, manifest = stored(dirty(rng))
    found = about_target(profile(parquet, manifest), parquet, "gone")
    leak = only(found, WarningCode.TARGET_LEAK)
    assert (leak.columns, leak.action) == (("reason",), DropColumns(columns=("reason",)))
    rare = only(found, WarningCode.IMBALANCE)
    assert (rare.figures["level"], rare.action) == ("yes", RankBy(metric="aucpr"))
    assert found.with_target[0].columns == ("reason", "gone")
    assert found.with_target[0].value == pytest.approx(1)
    named = [each for each in found.warnings if "gone" in each.columns]
    assert named == [rare], "nobody proposes to drop the target"
    with pytest.raises(InvalidRequest, match="no column “nobody”"):
        about_target(found, parquet, "nobody")


def test_a_number_that_determines_a_class_is_a_leak(rng: np.random.Generator, stored: Any) -> None:
    score = rng.uniform(0, 100, 3000)
    frame = pl.DataFrame(
        {
            "score": score,
            "noise": rng.normal(size=3000),
            "hint": score + rng.normal(0, 20, 3000),
            "far": np.abs(score - 50),
            "passed": np.where(score > 40, "yes", "no"),
        }
    )
    parquet, manifest = stored(frame)
    found = about_target(profile(parquet, manifest), parquet, "passed")
    assert [each.columns for each in found.warnings if each.code is WarningCode.TARGET_LEAK] == [("score",)]


def test_only_a_copy_leaks_a_target_that_is_a_number(rng: np.random.Generator, stored: Any) -> None:
    price = rng.uniform(10, 20, 500)
    parquet, manifest = stored(
        pl.DataFrame({"dollars": price * 1.1, "size": price + rng.normal(size=500), "price": price})
    )
    found = about_target(profile(parquet, manifest), parquet, "price")
    assert only(found, WarningCode.TARGET_LEAK).columns == ("dollars",)
    assert not [each for each in found.warnings if each.code in (WarningCode.IMBALANCE, WarningCode.FEW_ROWS)]


def test_classes_with_few_rows(rng: np.random.Generator, stored: Any) -> None:
    kinds = ["a"] * 200 + ["b"] * 150 + ["c"] * 4
    parquet, manifest = stored(pl.DataFrame({"x": rng.normal(size=354), "kind": kinds}))
    found = about_target(profile(parquet, manifest), parquet, "kind")
    few = only(found, WarningCode.FEW_ROWS)
    assert (few.figures["level"], few.figures["rows"], few.action) == (
        "c",
        4,
        DropRareRows(column="kind", least_rows=10),
    )


def test_rare_classes_with_enough_rows_together_are_grouped(rng: np.random.Generator, stored: Any) -> None:
    kinds = ["a"] * 200 + ["b"] * 150 + ["c"] * 4 + ["d"] * 6
    parquet, manifest = stored(pl.DataFrame({"x": rng.normal(size=360), "kind": kinds}))
    few = only(about_target(profile(parquet, manifest), parquet, "kind"), WarningCode.FEW_ROWS)
    assert few.action == GroupRareLevels(step=RareLevels(column="kind", least=10))


def test_tables_without_faults_have_no_warning(stored: Any) -> None:
    penguins = pl.read_csv(PENGUINS, null_values="NA")
    parquet, manifest = stored(penguins)
    assert about_target(profile(parquet, manifest), parquet, "species").warnings == ()
    iris = public.load_iris(as_frame=True).frame
    parquet, manifest = stored(pl.DataFrame(iris.to_dict("list")))
    found = about_target(profile(parquet, manifest), parquet, "target").warnings
    assert {each.code for each in found} <= {WarningCode.DUPLICATE_ROWS}, "iris has one row twice"
