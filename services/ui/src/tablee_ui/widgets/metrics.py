"""Names, explanations and values of metrics, and names of algorithms, in one language."""

from __future__ import annotations

from tablee.i18n import Formatter
from tablee_ui.texts import Texts


class MetricTexts:
    """How the pages show metrics such as `auc` and algorithms such as `GBM`."""

    def __init__(self, texts: Texts, formatter: Formatter) -> None:
        self._texts, self._formatter = texts, formatter

    def name(self, metric: str) -> str:
        """The name of a metric; the given name if it has none in the texts."""
        return self._texts.known(f"metric.{metric.lower()}", metric)

    def help(self, metric: str) -> str | None:
        """What a metric means, in a sentence; None if the texts do not say."""
        return self._texts.known(f"metric_help.{metric.lower()}", "") or None

    def value(self, metric: str, value: float) -> str:
        """The value of a metric: rates in percent, others as numbers."""
        if metric.lower() in ("accuracy", "mean_per_class_error"):
            return self._formatter.percent(value) if value >= 0 else self._formatter.number(100 * value, 1)
        return self._formatter.number(value) if abs(value) >= 10 else self._formatter.number(value, 3)

    def algorithm(self, name: str | None) -> str:
        """The name of an algorithm, in whatever case a service writes it; a dash for None."""
        return self._texts.known(f"algorithm.{(name or '').lower()}", name or "–")
