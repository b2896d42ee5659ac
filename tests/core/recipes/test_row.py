"""The result of each step for values at its limits: one row and many rows give the same."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tablee.recipes import frame as frames
from tablee.recipes import row
from tablee.recipes.steps import (
    Bin,
    Cap,
    DateParts,
    Elapsed,
    Fill,
    Formula,
    Kind,
    Log,
    MissingMarkers,
    RareLevels,
    Ratio,
)

LARGEST = 1.7976931348623157e308
DAY = 86_400


def both(step: Any, kinds: dict[str, Kind], rows: list[tuple[Any, ...]]) -> list[Any]:
    """The results of the step's last column, row by row; those of all rows together must be the same."""
    made = step.makes(kinds)
    names = [*kinds, *(name for name in made if name not in kinds)]
    positions = {name: at for at, name in enumerate(names)}
    operations = row.compile_step(step, kinds, positions)
    results = []
    for cells in rows:
        line = [*cells, *[None] * (len(names) - len(cells))]
        for operation in operations:
            operation(line)
        results.append(line[positions[list(made)[-1]]])
    schema = {name: frames.DTYPES[kind] for name, kind in kinds.items()}
    together = frames.apply(step, pl.DataFrame(rows, schema=schema, orient="row"), kinds)[list(made)[-1]].to_list()
    assert [repr(value) for value in together] == [repr(value) for value in results]
    return results


def of_number(step: Any, *values: float | None) -> list[Any]:
    return both(step, {"n": "number"}, [(value,) for value in values])


def test_a_value_at_a_bound_stays() -> None:
    step = Cap(column="n", low=1.0, high=3.0)
    assert of_number(step, 0.999, 1.0, 2.0, 3.0, 3.001, None) == [1.0, 1.0, 2.0, 3.0, 3.0, None]
    assert of_number(Cap(column="n", low=2.0, high=2.0), 1.0, 2.0, 3.0) == [2.0, 2.0, 2.0]
    assert of_number(Cap(column="n"), -5.0, 5.0) == [-5.0, 5.0], "without bounds nothing changes"
    assert of_number(Cap(column="n", low=1.0), -5.0) == [-5.0]


def test_an_edge_belongs_to_the_range_above_it() -> None:
    step = Bin(column="n", edges=(1.0, 2.5))
    below, between, above = step.labels
    assert (below, between, above) == ("01: below 1.0", "02: 1.0 to 2.5", "03: from 2.5")
    found = of_number(step, 0.999, 1.0, 2.499, 2.5, 9.0, None)
    assert found == [below, between, between, above, above, None]
    assert of_number(Bin(column="n", edges=()), 1.0, None) == ["01: all", None]
    assert Bin(column="n", edges=(0.0,)).labels == ("01: below 0.0", "02: from 0.0")


@pytest.mark.parametrize("edges", [(2.0, 1.0), (1.0, 1.0)])
def test_edges_ascend(edges: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="edges that ascend"):
        Bin(column="n", edges=edges)


def test_the_logarithm_of_zero_and_below_is_missing() -> None:
    assert of_number(Log(column="n"), 1.0, 0.0, -0.0, -1.0, 5e-324, LARGEST, None) == [
        0.0,
        None,
        None,
        None,
        -744.4400719213812,
        709.782712893384,
        None,
    ]
    assert of_number(Log(column="n", offset=1.0), 0.0, -1.0, -0.5) == [0.0, None, -0.6931471805599453]
    assert of_number(Log(column="n", offset=LARGEST), LARGEST) == [None], "the sum is infinite"


def test_a_quotient_that_is_no_finite_number_is_missing() -> None:
    step = Ratio(numerator="a", denominator="b", to="r")
    kinds: dict[str, Kind] = {"a": "number", "b": "number"}
    rows = [(1.0, 4.0), (1.0, 0.0), (1.0, -0.0), (0.0, 0.0), (LARGEST, 0.5), (None, 1.0), (1.0, None), (-1.0, 3.0)]
    assert both(step, kinds, rows) == [0.25, None, None, None, None, None, None, -1 / 3]


def test_numbers_that_stand_for_missing_values() -> None:
    step = MissingMarkers(column="n", numbers=(-999.0, 0.0))
    assert of_number(step, -999.0, 0.0, -0.0, -998.9, None) == [None, None, None, -998.9, None]
    texts = both(MissingMarkers(column="t", markers=(" N/A ",)), {"t": "text"}, [("n/a",), (" N/A",), ("n/a.",)])
    assert texts == [None, None, "n/a."]
    with pytest.raises(ValueError, match="at least one of"):
        MissingMarkers(column="n")


def test_levels_that_are_not_kept_become_one() -> None:
    step = RareLevels(column="t", levels=("a",), other="rest")
    assert both(step, {"t": "text"}, [("a",), ("b",), ("",), (None,)]) == ["a", "rest", "rest", None]
    assert both(RareLevels(column="t"), {"t": "text"}, [("a",)]) == ["(other)"]


def test_only_missing_values_are_filled() -> None:
    assert of_number(Fill(column="n", value=7.0), None, 0.0, 1.0) == [7.0, 0.0, 1.0]
    assert of_number(Fill(column="n", by="median"), None, 1.0) == [None, 1.0], "nothing was learnt"
    assert both(Fill(column="t", value="x"), {"t": "text"}, [(None,), ("",)]) == ["x", ""]


@pytest.mark.parametrize(
    ("unit", "value"), [("days", 1.5), ("hours", 36.0), ("minutes", 2160.0), ("seconds", 129_600.0)]
)
def test_the_time_between_two_dates(unit: Any, value: float) -> None:
    step = Elapsed(start="d", end="e", to="x", unit=unit)
    rows = [(DAY, DAY + 129_600), (DAY + 129_600, DAY), (5, 5), (None, 5), (5, None)]
    assert both(step, {"d": "date", "e": "date"}, rows) == [value, -value, 0.0, None, None]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("year", [1970.0, 2024.0, 1969.0]),
        ("quarter", [1.0, 4.0, 4.0]),
        ("month", [1.0, 12.0, 12.0]),
        ("day", [1.0, 31.0, 31.0]),
        ("weekday", [4.0, 2.0, 3.0]),
        ("day_of_year", [1.0, 366.0, 365.0]),
        ("hour", [0.0, 23.0, 23.0]),
        ("days", [0.0, 20088.999988425927, -1.1574074074074073e-05]),
    ],
)
def test_parts_of_dates(part: Any, expected: list[float]) -> None:
    """Of 1 January 1970, the last second of 2024, and the second before 1970."""
    seconds = [(0,), (20089 * DAY - 1,), (-1,), (None,)]
    assert both(DateParts(column="d", parts=(part,)), {"d": "date"}, seconds) == [*expected, None]


def test_quarters_begin_in_january_april_july_and_october() -> None:
    firsts = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
    found = both(DateParts(column="d", parts=("quarter",)), {"d": "date"}, [(day * DAY,) for day in firsts])
    assert found == [1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 3.0, 3.0, 3.0, 4.0, 4.0, 4.0]


def test_days_count_from_the_day_that_is_given() -> None:
    step = DateParts.model_validate({"column": "d", "parts": ["days"], "since": "1970-01-03"})
    assert both(step, {"d": "date"}, [(2 * DAY,), (0,), (3 * DAY + DAY // 2,)]) == [0.0, -2.0, 1.5]


FORMULAS: list[tuple[str, list[Any]]] = [
    ("a + b", [3.0, 5.0, None]),
    ("a - b * 2", [-3.0, -4.0, None]),
    ("a / (b - 2)", [None, 2.0, None]),
    ("-a", [-1.0, -2.0, -1.0]),
    ("+a", [1.0, 2.0, 1.0]),
    ("not a - 1", [1.0, 0.0, 1.0]),
    ("a == 1", [1.0, 0.0, 1.0]),
    ("a != 1", [0.0, 1.0, 0.0]),
    ("a < 2", [1.0, 0.0, 1.0]),
    ("a <= 1", [1.0, 0.0, 1.0]),
    ("a > 1", [0.0, 1.0, 0.0]),
    ("a >= 2", [0.0, 1.0, 0.0]),
    ("a > 1 and b > 2", [0.0, 1.0, None]),
    ("a > 1 or b > 5", [0.0, 1.0, None]),
    ("min(a, b)", [1.0, 2.0, None]),
    ("max(a, b, 2.5)", [2.5, 3.0, None]),
    ("b if a > 1 else -1", [-1.0, 3.0, -1.0]),
    ("abs(-a)", [1.0, 2.0, 1.0]),
    ("sqrt(a - 1)", [0.0, 1.0, 0.0]),
    ("log(a - 1)", [None, 0.0, None]),
    ("exp(a - 1)", [1.0, 2.718281828459045, 1.0]),
    ("exp(710 * a)", [None, None, None]),
    ("t == 'x' or 'y' == t", [1.0, 0.0, None]),
    ("t != 'x'", [0.0, 1.0, None]),
    ("len(t)", [1.0, 3.0, None]),
    ("col('a') * 10", [10.0, 20.0, 10.0]),
]


@pytest.mark.parametrize(("expression", "expected"), FORMULAS, ids=[expression for expression, _ in FORMULAS])
def test_formulas(expression: str, expected: list[Any]) -> None:
    kinds: dict[str, Kind] = {"a": "number", "b": "number", "t": "text"}
    rows = [(1.0, 2.0, "x"), (2.0, 3.0, "été"), (1.0, None, None)]
    assert both(Formula(to="f", expression=expression), kinds, rows) == expected
