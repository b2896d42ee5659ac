"""Each warning where it belongs, with its action; none where it does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn import datasets as public

from tablee.errors import InvalidRequest
from tablee.profile import (
    Code,
    DropColumns,
    DropDuplicateRows,
    GroupRareLevels,
    ParseDates,
    ParseNumbers,
    Profile,
    ProfileWarning,
    RankBy,
)
from tablee_data.profile import about_target, profile
from tablee_data.profile.written import date_format, decimal_mark

N = 1200
PENGUINS = Path(__file__).parents[3] / "data" / "penguins" / "penguins.csv"


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


def only(found: Profile, code: Code) -> ProfileWarning:
    (warning,) = [each for each in found.warnings if each.code is code]
    return warning


def test_columns_that_teach_nothing(looked_at: Profile) -> None:
    identifiers = [each.columns for each in looked_at.warnings if each.code is Code.IDENTIFIER]
    assert identifiers == [("client",), ("number",)]
    constant = only(looked_at, Code.CONSTANT)
    assert (constant.columns, constant.figures["value"]) == (("country",), "France")
    assert constant.action == DropColumns(columns=("country",))
    empty = only(looked_at, Code.MOSTLY_MISSING)
    assert empty.columns == ("fax",)
    assert empty.figures["share"] == pytest.approx(2 / 3, abs=0.01)


def test_texts_that_are_something_else(looked_at: Profile) -> None:
    assert only(looked_at, Code.NUMBER_AS_TEXT).action == ParseNumbers(column="price", decimal=",")
    assert only(looked_at, Code.DATE_AS_TEXT).action == ParseDates(column="since", format="%d/%m/%Y")
    assert only(looked_at, Code.MANY_LEVELS).action == GroupRareLevels(column="town", least_rows=10)


def test_what_is_there_twice(looked_at: Profile) -> None:
    near = [each for each in looked_at.warnings if each.code is Code.NEAR_DUPLICATE]
    assert ("age", "months") in [each.columns for each in near]
    assert near[0].action == DropColumns(columns=(near[0].columns[1],))
    rows = only(looked_at, Code.DUPLICATE_ROWS)
    assert (looked_at.duplicate_rows, rows.figures["duplicates"], rows.action) == (3, 3, DropDuplicateRows())


def test_the_same_cells_are_found_in_any_column(rng: np.random.Generator, stored: Any) -> None:
    texts = [f"free text {index}" for index in range(400)]
    found = profile(*stored(pl.DataFrame({"a": texts, "b": rng.normal(size=400), "c": texts})))
    assert only(found, Code.NEAR_DUPLICATE).columns == ("a", "c")


def test_what_a_target_is_warned_of(rng: np.random.Generator, stored: Any) -> None:
    parquet, manifest = stored(dirty(rng))
    found = about_target(profile(parquet, manifest), parquet, "gone")
    leak = only(found, Code.TARGET_LEAK)
    assert (leak.columns, leak.action) == (("reason",), DropColumns(columns=("reason",)))
    rare = only(found, Code.IMBALANCE)
    assert (rare.figures["level"], rare.action) == ("yes", RankBy(metric="aucpr"))
    assert found.with_target[0].columns == ("reason", "gone")
    assert found.with_target[0].value == pytest.approx(1)
    named = [each for each in found.warnings if "gone" in each.columns]
    assert named == [rare], "nobody proposes to drop the target"
    with pytest.raises(InvalidRequest, match="no column «nobody»"):
        about_target(found, parquet, "nobody")


def test_a_number_that_gives_a_class_away_is_a_leak(rng: np.random.Generator, stored: Any) -> None:
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
    assert [each.columns for each in found.warnings if each.code is Code.TARGET_LEAK] == [("score",)]


def test_a_number_as_target_leaks_through_its_copy_alone(rng: np.random.Generator, stored: Any) -> None:
    price = rng.uniform(10, 20, 500)
    parquet, manifest = stored(
        pl.DataFrame({"dollars": price * 1.1, "size": price + rng.normal(size=500), "price": price})
    )
    found = about_target(profile(parquet, manifest), parquet, "price")
    assert only(found, Code.TARGET_LEAK).columns == ("dollars",)
    assert not [each for each in found.warnings if each.code in (Code.IMBALANCE, Code.FEW_ROWS)]


def test_classes_with_few_rows(rng: np.random.Generator, stored: Any) -> None:
    kinds = ["a"] * 200 + ["b"] * 150 + ["c"] * 4
    parquet, manifest = stored(pl.DataFrame({"x": rng.normal(size=354), "kind": kinds}))
    found = about_target(profile(parquet, manifest), parquet, "kind")
    few = only(found, Code.FEW_ROWS)
    assert (few.figures["level"], few.figures["rows"], few.action) == (
        "c",
        4,
        GroupRareLevels(column="kind", least_rows=10),
    )


def test_sound_tables_are_warned_of_nothing(stored: Any) -> None:
    penguins = pl.read_csv(PENGUINS, null_values="NA")
    parquet, manifest = stored(penguins)
    assert about_target(profile(parquet, manifest), parquet, "species").warnings == ()
    iris = public.load_iris(as_frame=True).frame
    parquet, manifest = stored(pl.DataFrame(iris.to_dict("list")))
    found = about_target(profile(parquet, manifest), parquet, "target").warnings
    assert {each.code for each in found} <= {Code.DUPLICATE_ROWS}, "iris has one row twice"


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["1 234,5 €", "12,00 €", "7 €"], ","),
        (["1.234,50", "12,5", "-7"], ","),
        (["1'234.50", "12.5", "−7"], "."),
        (["$1,234.50", "$3", "12"], "."),
        (["12 %", "3,5 %", "0 %"], ","),
        (["12", "13", "many"], None),
        (["A1", "B2", "C3"], None),
        (["1,2,3", "4,5,6", "7,8,9"], None),
    ],
)
def test_numbers_as_people_write_them(texts: list[str], mark: str | None) -> None:
    found = decimal_mark(pl.Series(texts))
    assert (found.how if found else None) == mark


@pytest.mark.parametrize(
    ("texts", "written"),
    [
        (["2020-01-31", "2021-12-01", "1999-05-05"], "%Y-%m-%d"),
        (["12/05/1980", "01/02/2001", "03/04/2020"], "%d/%m/%Y"),
        (["01/31/2020", "03/02/2021", "04/05/2022"], "%m/%d/%Y"),
        (["31.12.99", "01.02.03", "05.06.07"], "%d.%m.%y"),
        (["2020-01-02 10:00", "2020-01-02 11:30", "2020-05-02 23:59"], "%Y-%m-%d %H:%M"),
        (["2020-01-02T10:00:00", "2020-01-03T10:00:05", "2020-05-02T10:00:07"], "%Y-%m-%dT%H:%M:%S"),
        (["1.5", "2.5", "3.5"], None),
        (["06 12 34 56 78", "07 12 34 56 78", "06 99 34 56 78"], None),
        (["monday", "tuesday", "friday"], None),
    ],
)
def test_dates_as_people_write_them(texts: list[str], written: str | None) -> None:
    found = date_format(pl.Series(texts))
    assert (found.how if found else None) == written
