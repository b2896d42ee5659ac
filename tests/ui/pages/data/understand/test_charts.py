"""Charts of a profile show every value that they are given."""

from __future__ import annotations

from typing import Any

from tablee.datasets.profile import Histogram
from tablee.i18n import Formatter
from tablee_ui.pages.data.understand import charts
from tablee_ui.widgets.charts import Chart


def rows(chart: Chart) -> list[dict[str, Any]]:
    """What the first layer draws."""
    spec = chart.to_dict()
    data = spec.get("layer", [spec])[0].get("data") or spec["data"]
    found: list[dict[str, Any]] = data["values"] if "values" in data else spec["datasets"][data["name"]]
    return found


def test_strengths_keep_their_order() -> None:
    chart = charts.strengths({"a": 0.2, "b": 0.9}, lambda share: f"{share:.1f}")
    assert [(row["label"], row["shown"]) for row in rows(chart)] == [("a", "0.2"), ("b", "0.9")]


def test_a_distribution_has_a_bar_between_edges() -> None:
    histogram = Histogram(edges=(0, 10, 30), counts=(3, 4))
    drawn = rows(charts.distribution(histogram, Formatter("fr"), dates=False, across="age", up="rows"))
    assert [(bar["from"], bar["to"], bar["count"], bar["shown"]) for bar in drawn] == [
        (0, 10, 3, "0 – 10"),
        (10, 30, 4, "10 – 30"),
    ]


def test_a_distribution_of_dates_shows_days() -> None:
    histogram = Histogram(edges=(0, 31), counts=(3,))
    (drawn,) = rows(charts.distribution(histogram, Formatter("en"), dates=True, across="day", up="rows"))
    assert drawn["shown"] == "1970-01-01 – 1970-02-01"


def test_each_pair_has_two_cells() -> None:
    found = [("a", "b", 0.5, "V: 0.5"), ("b", "a", 0.5, "V: 0.5")]
    drawn = rows(charts.pairs(["a", "b"], found, lambda share: f"{share:.1f}"))
    assert [(field["row"], field["column"], field["shown"]) for field in drawn] == [
        ("a", "b", "0.5"),
        ("b", "a", "0.5"),
    ]
