"""Bar charts rank their values and sum the small ones."""

from __future__ import annotations

from typing import Any

import pytest

from tablee_ui.widgets import charts


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


def test_counts_are_drawn() -> None:
    chart = charts.counts({"a": 3, "b": 9}, str, rest="rest")
    assert [(row["label"], row["shown"]) for row in rows(chart)] == [("b", "9"), ("a", "3")]
