"""Expressions that several panels need, restricted to the chosen release."""

from __future__ import annotations

HERE = 'namespace="$namespace", release="$release"'
"""The labels that every selector contains."""

API = f'{HERE}, job="tablee-api"'
PREDICTIONS = f'{API}, endpoint=~".*/predict"'

RECORDED_PREDICTIONS = f"namespace_release:tablee_predictions:rate5m{{{HERE}}}"
RECORDED_SLOW = f"namespace_release:tablee_predictions_slow:ratio_rate5m{{{HERE}}}"


def recorded_errors(window: str) -> str:
    """The share of valid predictions that failed, for a window that rules/slo.yaml records."""
    return f"max(namespace_release:tablee_prediction_errors:ratio_rate{window}{{{HERE}}})"


def rate(metric: str, selector: str, *by: str) -> str:
    """Rate per second, summed by labels."""
    return f"sum by ({', '.join(by)}) (rate({metric}{{{selector}}}[$__rate_interval]))"


def count(metric: str, selector: str, *by: str) -> str:
    """Increase within the displayed time, summed by labels."""
    return f"sum by ({', '.join(by)}) (increase({metric}{{{selector}}}[$__range]))"


def quantile(share: float, metric: str, selector: str, *by: str) -> str:
    """The quantile `share` of a histogram."""
    return f"histogram_quantile({share}, {rate(f'{metric}_bucket', selector, 'le', *by)})"
