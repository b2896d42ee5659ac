"""Charts draw what they are given, in an order people can read."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tablee.datasets.profile import Histogram
from tablee.i18n import Formatter
from tablee_ui.widgets import charts, profile_charts


def test_few_values_are_ranked_by_weight() -> None:
    assert charts.folded({"a": 1.0, "b": -3.0, "c": 2.0}, "rest") == [("b", -3.0), ("c", 2.0), ("a", 1.0)]


def test_many_values_are_folded_and_nothing_is_lost() -> None:
    values = {f"c{n}": float(n) for n in range(20)}
    folded = charts.folded(values, "rest")
    assert len(folded) == charts.MOST_BARS
    assert folded[-1][0] == "rest"
    assert sum(value for _, value in folded) == pytest.approx(sum(values.values()))


def rows(chart: charts.Chart) -> list[dict[str, Any]]:
    """What the first layer draws."""
    spec = chart.to_dict()
    data = spec.get("layer", [spec])[0].get("data") or spec["data"]
    found: list[dict[str, Any]] = data["values"] if "values" in data else spec["datasets"][data["name"]]
    return found


def test_probabilities_show_the_answer() -> None:
    chart = charts.probabilities({"no": 0.25, "yes": 0.75}, "yes", lambda share: f"{share:.0%}", rest="rest")
    assert rows(chart) == [
        {"label": "yes", "share": 0.75, "shown": "75%", "chosen": True},
        {"label": "no", "share": 0.25, "shown": "25%", "chosen": False},
    ]


def test_reasons_stand_on_two_sides() -> None:
    chart = charts.reasons({"a": 1.0, "b": -2.0}, lambda name, weight: f"{name}{weight:+g}", rest="rest")
    assert [(row["label"], row["for"], row["shown"]) for row in rows(chart)] == [
        ("b", False, "b-2"),
        ("a", True, "a+1"),
    ]


def test_reasons_that_weigh_nothing_can_be_drawn() -> None:
    assert len(rows(charts.reasons({"a": 0.0}, lambda *_: "", rest="rest"))) == 1


def test_counts_are_drawn() -> None:
    chart = charts.counts({"a": 3, "b": 9}, str, rest="rest")
    assert [(row["label"], row["shown"]) for row in rows(chart)] == [("b", "9"), ("a", "3")]


@pytest.mark.parametrize("values", [[1.0, 2.0, 3.0, None, 10.0], [5.0, 5.0], [-1e9, 1e9]])
def test_every_number_falls_into_one_bar(values: list[float | None]) -> None:
    chart = charts.histogram(pl.Series(values, dtype=pl.Float64), Formatter("fr"), across="answer", up="rows")
    found = rows(chart)
    assert sum(row["count"] for row in found) == sum(value is not None for value in values)
    assert all(row["from"] < row["to"] for row in found)


def test_strengths_keep_their_order() -> None:
    chart = charts.strengths({"a": 0.2, "b": 0.9}, lambda share: f"{share:.1f}")
    assert [(row["label"], row["shown"]) for row in rows(chart)] == [("a", "0.2"), ("b", "0.9")]


def test_a_distribution_has_a_bar_between_edges() -> None:
    histogram = Histogram(edges=(0, 10, 30), counts=(3, 4))
    drawn = rows(profile_charts.distribution(histogram, Formatter("fr"), dates=False, across="age", up="rows"))
    assert [(bar["from"], bar["to"], bar["count"], bar["shown"]) for bar in drawn] == [
        (0, 10, 3, "0 – 10"),
        (10, 30, 4, "10 – 30"),
    ]


def test_a_distribution_of_dates_says_days() -> None:
    histogram = Histogram(edges=(0, 31), counts=(3,))
    (drawn,) = rows(profile_charts.distribution(histogram, Formatter("en"), dates=True, across="day", up="rows"))
    assert drawn["shown"] == "1970-01-01 – 1970-02-01"


def test_pairs_are_drawn_both_ways() -> None:
    found = [("a", "b", 0.5, "V: 0.5"), ("b", "a", 0.5, "V: 0.5")]
    drawn = rows(profile_charts.pairs(["a", "b"], found, lambda share: f"{share:.1f}"))
    assert [(field["row"], field["column"], field["shown"]) for field in drawn] == [
        ("a", "b", "0.5"),
        ("b", "a", "0.5"),
    ]
