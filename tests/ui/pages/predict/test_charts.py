"""Charts of predictions show every value that they are given."""

from __future__ import annotations

from typing import Any

from tablee.i18n import Formatter
from tablee.jobs.file_prediction import Bin
from tablee_ui.pages.predict import charts
from tablee_ui.widgets.charts import Chart


def rows(chart: Chart) -> list[dict[str, Any]]:
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


def test_negative_contributions_are_marked() -> None:
    chart = charts.reasons({"a": 1.0, "b": -2.0}, lambda name, weight: f"{name}{weight:+g}", rest="rest")
    assert [(row["label"], row["for"], row["shown"]) for row in rows(chart)] == [
        ("b", False, "b-2"),
        ("a", True, "a+1"),
    ]


def test_contributions_of_zero_can_be_drawn() -> None:
    assert len(rows(charts.reasons({"a": 0.0}, lambda *_: "", rest="rest"))) == 1


def test_a_histogram_has_a_bar_for_each_interval() -> None:
    bins = (Bin(lower=0, upper=1.5, count=3), Bin(lower=1.5, upper=3, count=0), Bin(lower=3, upper=4.5, count=1))
    drawn = rows(charts.histogram(bins, Formatter("fr"), across="answer", up="rows"))
    assert [(row["from"], row["to"], row["count"], row["shown"]) for row in drawn] == [
        (0, 1.5, 3, "0 – 1,5"),
        (1.5, 3, 0, "1,5 – 3"),
        (3, 4.5, 1, "3 – 4,5"),
    ]
