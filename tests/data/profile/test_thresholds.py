"""Limits of the profile's warnings: both sides of each, on profiles of columns made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from tablee.datasets.profile import (
    Association,
    AssociationMeasure,
    ColumnProfile,
    DropRareRows,
    GroupRareLevels,
    Histogram,
    Level,
    NumberStatistics,
    RankBy,
    TextLengths,
    WarningCode,
)
from tablee_data.inference.booleans import is_boolean
from tablee_data.profile import pairs, target, warnings


def numbers(minimum: float, maximum: float) -> NumberStatistics:
    return NumberStatistics(
        mean=minimum,
        std=0,
        minimum=minimum,
        maximum=maximum,
        zeros=0,
        quantiles=(),
        outliers=0,
        fences=(minimum, maximum),
        histogram=Histogram(edges=(minimum, maximum), counts=(1,)),
    )


def category(distinct: int, *, missing: int = 0, mean: float = 5, **changes: Any) -> ColumnProfile:
    fields = {"name": "x", "kind": "category", "missing": missing, "distinct": distinct}
    return ColumnProfile(**(fields | {"lengths": TextLengths(shortest=1, longest=99, mean=mean)} | changes))


def codes(column: ColumnProfile, kept: list[Any], rows: int) -> list[WarningCode]:
    return [each.code for each in warnings.of_columns(pl.DataFrame({column.name: kept}), [column], rows)]


def words(distinct: int, rows: int) -> list[str]:
    return [f"w{'x' * (index % distinct)}" for index in range(rows)]


@pytest.mark.parametrize(("missing", "expected"), [(50, []), (51, [WarningCode.MOSTLY_MISSING])])
def test_more_than_half_missing_is_mostly_missing(missing: int, expected: list[WarningCode]) -> None:
    assert codes(category(5, missing=missing), [*words(5, 100 - missing), *[None] * missing], 100) == expected


@pytest.mark.parametrize(("distinct", "expected"), [(0, [WarningCode.CONSTANT]), (1, [WarningCode.CONSTANT]), (2, [])])
def test_one_value_is_constant(distinct: int, expected: list[WarningCode]) -> None:
    levels = (Level(value="w", count=100),) if distinct else ()
    assert codes(category(distinct, levels=levels), words(max(distinct, 1), 100), 100) == expected


@pytest.mark.parametrize(("distinct", "expected"), [(50, []), (51, [WarningCode.MANY_LEVELS])])
def test_more_than_fifty_levels_are_too_many(distinct: int, expected: list[WarningCode]) -> None:
    assert codes(category(distinct), words(distinct, 1000), 1000) == expected


def test_half_missing_is_looked_at_like_any_other_column() -> None:
    column, kept = category(60, missing=100), pl.DataFrame({"x": [*words(60, 100), *[None] * 100]})
    (found,) = warnings.of_columns(kept, [column], 200)
    assert found.code is WarningCode.MANY_LEVELS
    assert found.figures == {"distinct": 60, "rows_per_level": 1.7}


def test_the_warning_about_a_constant_shows_its_value() -> None:
    seven = category(1, kind="number", numbers=numbers(7, 7), lengths=None)
    (found,) = warnings.of_columns(pl.DataFrame({"x": [7.0, None]}), [seven], 2)
    assert found.figures == {"value": "7", "missing": 0}
    france = category(1, levels=(Level(value="France", count=2),))
    (found,) = warnings.of_columns(pl.DataFrame({"x": ["France", "France"]}), [france], 2)
    assert found.figures["value"] == "France"


@pytest.mark.parametrize(
    ("present", "distinct", "sampled", "identifier"),
    [
        (20, 20, 20, True),
        (19, 19, 19, False),  # too few values
        (100, 90, 100, True),  # an estimate over all rows
        (100, 89, 100, False),
        (100, 100, 99, True),
        (100, 100, 98, False),
    ],
)
def test_identifiers_are_nearly_distinct(present: int, distinct: int, sampled: int, *, identifier: bool) -> None:
    kept = pl.Series("x", words(sampled, present))
    assert warnings.is_identifier(category(distinct), present, kept) is identifier


@pytest.mark.parametrize(("mean", "identifier"), [(40, True), (40.1, False)])
def test_long_texts_are_no_identifiers(mean: float, *, identifier: bool) -> None:
    assert warnings.is_identifier(category(30, mean=mean), 30, pl.Series("x", words(30, 30))) is identifier


@pytest.mark.parametrize(
    ("name", "maximum", "integer", "identifier"),
    [
        ("x", 60, True, True),  # a span of 60 for 30 values
        ("x", 61, True, False),
        ("x", 60, False, False),
        ("client id", 9999, True, True),
        ("clientId", 9999, True, True),
        ("valid", 9999, True, False),
        ("paid", 9999, True, False),
    ],
)
def test_whole_numbers_without_gaps_or_called_a_key_are_identifiers(
    name: str, maximum: float, *, integer: bool, identifier: bool
) -> None:
    column = category(30, name=name, kind="number", integer=integer, numbers=numbers(1, maximum), lengths=None)
    kept = pl.Series(name, [float(index) for index in range(30)])
    assert warnings.is_identifier(column, 30, kept) is identifier


@pytest.mark.parametrize(
    ("measure", "value", "pearson", "warned"),
    [
        (AssociationMeasure.CRAMER, 0.9999, None, True),
        (AssociationMeasure.CRAMER, 0.9998, None, False),
        (AssociationMeasure.RATIO, 1.0, None, False),
        (AssociationMeasure.SPEARMAN, 1.0, 0.9998, False),  # a curve, not a copy
        (AssociationMeasure.SPEARMAN, -1.0, -0.9999, True),
    ],
)
def test_near_duplicates_follow_from_each_other(
    measure: AssociationMeasure, value: float, pearson: float | None, *, warned: bool
) -> None:
    kept = pl.DataFrame({"a": [1.0, 2.0], "b": [2.0, 1.0]})
    between = [Association(columns=("b", "a"), measure=measure, value=value, pearson=pearson)]
    found = list(warnings.of_pairs(kept, between))
    assert [each.columns for each in found] == ([("a", "b")] if warned else [])


def test_repeated_rows_are_warned_of_from_the_first_on() -> None:
    kept = pl.DataFrame({"a": [1.0, 1.0, 2.0, 2.0]})
    assert list(warnings.of_rows(kept, 0)) == []
    (one,) = warnings.of_rows(kept, 1)
    assert one.figures == {"duplicates": 1, "share": 0.25}


@pytest.mark.parametrize(
    ("fields", "classes"),
    [
        ({"kind": "number", "integer": True, "distinct": 10}, True),
        ({"kind": "number", "integer": True, "distinct": 11}, False),
        ({"kind": "number", "integer": False, "distinct": 3}, False),
        ({"kind": "number", "integer": False, "distinct": 2}, True),
        ({"kind": "category", "distinct": 40}, True),
        ({"kind": "text", "distinct": 4000}, False),
    ],
)
def test_which_targets_are_classes(fields: dict[str, Any], *, classes: bool) -> None:
    assert target.is_class(ColumnProfile(name="y", missing=0, **fields)) is classes


def balance(*counts: int) -> dict[WarningCode, Any]:
    values = pl.Series("y", [f"c{index}" for index, count in enumerate(counts) for _ in range(count)])
    found = target.balance(category(len(counts), name="y"), values)
    return {each.code: each.action for each in found}


@pytest.mark.parametrize(
    ("counts", "metric"),
    [
        ((90, 10), None),
        ((91, 9), "aucpr"),
        ((190, 100, 10), None),
        ((190, 101, 9), "mean_per_class_error"),
    ],
)
def test_the_rarest_class_has_a_tenth_of_its_equal_share(counts: tuple[int, ...], metric: str | None) -> None:
    assert balance(*counts).get(WarningCode.IMBALANCE) == (RankBy(metric=metric) if metric else None)  # type: ignore[arg-type]


def test_classes_with_fewer_than_ten_rows_are_dropped_or_grouped() -> None:
    assert WarningCode.FEW_ROWS not in balance(40, 40, 10)
    assert WarningCode.FEW_ROWS not in balance(40, 9), "of two classes none can go"
    assert balance(40, 40, 9)[WarningCode.FEW_ROWS] == DropRareRows(column="y", least_rows=10)
    assert isinstance(balance(40, 40, 4, 5)[WarningCode.FEW_ROWS], DropRareRows), "nine rows together are too few"
    assert isinstance(balance(40, 40, 5, 5)[WarningCode.FEW_ROWS], GroupRareLevels), "ten can be learnt"
    assert balance(40) == {}


def measured(name: str, values: list[float], *, number: bool = True) -> pairs.MeasuredColumn:
    return pairs.MeasuredColumn(name, number, np.array(values, dtype=float), np.ones(len(values), dtype=bool))


@pytest.mark.parametrize(("strength", "leak"), [(0.99, True), (0.9899, False)])
def test_what_is_associated_with_the_target_nearly_perfectly_leaks_it(strength: float, *, leak: bool) -> None:
    column, answer = measured("x", [0, 1] * 30), measured("y", [1, 1] * 30)
    found = [Association(columns=("x", "y"), measure=AssociationMeasure.SPEARMAN, value=-strength)]
    assert bool(list(target.leaks([column], answer, found, classes=False))) is leak


@pytest.mark.parametrize(("rows", "leak"), [(40, True), (39, False)])
def test_errors_that_a_column_avoids_are_measured_on_enough_rows(rows: int, *, leak: bool) -> None:
    """The class is 1 in the upper half of the numbers: their association is weak, and it follows from them."""
    column = measured("x", [float(index) for index in range(rows)])
    answer = measured("y", [float(index >= rows // 2) for index in range(rows)], number=False)
    found = [Association(columns=("x", "y"), measure=AssociationMeasure.RATIO, value=0.5)]
    assert bool(list(target.leaks([column], answer, found, classes=True))) is leak
    assert list(target.leaks([column], answer, found, classes=False)) == []


def test_numbers_are_cut_into_few_bins() -> None:
    """Every number is another one, so that bins of single rows would determine any class."""
    column = measured("x", [float(index) for index in range(100)])
    answer = measured("y", [float(index % 2) for index in range(100)], number=False)
    found = [Association(columns=("x", "y"), measure=AssociationMeasure.RATIO, value=0.5)]
    assert list(target.leaks([column], answer, found, classes=True)) == []


@pytest.mark.parametrize(("levels", "leak"), [(10, True), (11, False)])
def test_levels_with_few_rows_leak_nothing(levels: int, *, leak: bool) -> None:
    values = [float(index % levels) for index in range(100)]
    column, answer = measured("x", values, number=False), measured("y", values, number=False)
    found = [Association(columns=("x", "y"), measure=AssociationMeasure.CRAMER, value=1.0)]
    assert bool(list(target.leaks([column], answer, found, classes=True))) is leak


@pytest.mark.parametrize(("rows", "is_measured"), [(8, True), (7, False)])
def test_associations_are_measured_on_enough_rows(rows: int, *, is_measured: bool) -> None:
    values = [float(index) for index in range(rows)]
    assert (pairs.measure_association(measured("a", values), measured("b", values)) is not None) is is_measured


def test_the_rarest_of_many_levels_share_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "MAX_LEVELS", 3)
    assert pairs.codes(pl.Series(["a", "b", "c", "a"])).tolist() == [0, 1, 2, 0]
    many = pairs.codes(pl.Series(["a", "b", "c", "d", "c", "d", "d"])).tolist()
    assert many == [2, 2, 1, 0, 1, 0, 0], "the two most frequent levels, and one code for the rest"


def test_compared_columns_are_the_first_that_vary() -> None:
    columns = [category(5, name=f"c{index}") for index in range(42)]
    columns[0:2] = [category(1, name="constant"), category(5, name="remark", kind="text")]
    assert pairs.compared_columns(columns) == tuple(f"c{index}" for index in range(2, 42))


@pytest.mark.parametrize(
    ("values", "boolean"),
    [
        (["oui", "Non "], True),
        (["true", "false", "maybe"], False),
        (["yes", "non"], False),
        ([0.0, 1.0], True),
        ([0.0, 2.0], False),
        ([1.0, 1.0], False),
    ],
)
def test_booleans_are_a_pair_of_yes_and_no(values: list[Any], *, boolean: bool) -> None:
    assert is_boolean(pl.Series("x", values)) is boolean
