"""Names and values of metrics and algorithms."""

from __future__ import annotations

import pytest

from tablee.i18n import Formatter
from tablee_ui.texts import Texts
from tablee_ui.widgets.metrics import MetricTexts

METRICS = MetricTexts(Texts("en"), Formatter("en"))


@pytest.mark.parametrize(
    ("metric", "value", "shown"),
    [("accuracy", 0.987, "98.7%"), ("auc", 0.98765, "0.988"), ("rmse", 212.44, "212.4"), ("r2", 0.5, "0.500")],
)
def test_values_are_rates_or_numbers(metric: str, value: float, shown: str) -> None:
    assert METRICS.value(metric, value) == shown


def test_a_metric_without_a_text_keeps_its_name() -> None:
    assert METRICS.name("AUC") != "AUC" or METRICS.help("AUC")
    assert (METRICS.name("brier"), METRICS.help("brier")) == ("brier", None)


def test_algorithms_are_named_in_any_case() -> None:
    assert METRICS.algorithm("glm") == METRICS.algorithm("GLM") != "glm"
    assert (METRICS.algorithm("other"), METRICS.algorithm(None)) == ("other", "–")
