"""A real Prometheus scrapes the real pods: every expression that is shipped finds what it asks for."""

from __future__ import annotations

from typing import Any

import pytest
from charts.observability.expressions import Expression, alerts, filled, of_panels, of_rules, recorded
from cluster.observability.prometheus import Prometheus
from kube.release import Release
from kube.tools import eventually

JOBS = {"tablee-api", "tablee-controller", "tablee-ui", "tablee-mlflow", "tablee-postgres", "tablee-minio"}
ILL = ('result="failed"', 'status_code=~"5.."')
"""Matchers of what a healthy release does not have."""


def test_every_service_is_scraped(observed: Release, prometheus: Prometheus) -> None:
    def up() -> list[dict[str, Any]]:
        """The targets, once each of them answers; while a roll-out goes on, there is one of a pod on its way."""
        targets = [each for each in prometheus.targets() if each["labels"]["release"] == observed.name]
        answering = {each["labels"]["job"] for each in targets} == JOBS
        return targets if answering and all(each["health"] == "up" for each in targets) else []

    for target in eventually(up, within=240):
        assert target["labels"]["namespace"] == observed.namespace
        assert target["labels"]["pod"].startswith(f"{observed.name}-")


def test_every_rule_is_loaded(prometheus: Prometheus) -> None:
    def loaded() -> bool:
        found = {rule["name"] for rule in prometheus.rules()}
        return found == set(alerts()) | set(recorded())

    eventually(loaded, within=180)
    eventually(lambda: all(rule["health"] == "ok" for rule in prometheus.rules()), within=60)


@pytest.mark.parametrize("expression", of_panels(), ids=lambda each: each.where)
def test_panels_have_data(used: Release, prometheus: Prometheus, expression: Expression) -> None:
    asked = filled(expression.text, namespace=used.namespace, release=used.name)
    assert eventually(lambda: prometheus.ask(asked), within=90, every=2)


@pytest.mark.parametrize("expression", of_rules(), ids=lambda each: each.where)
def test_series_of_rules_exist(used: Release, prometheus: Prometheus, expression: Expression) -> None:
    """Every series a rule names is there, those left out that only a fault brings about."""
    for name, matchers in sorted(set(expression.selectors())):
        for ill in ILL:
            matchers = matchers.replace(f", {ill}", "").replace(ill, "")
        series = f"{name}{matchers.removesuffix('}') or '{'}"
        here = f'namespace="{used.namespace}", release="{used.name}"'
        asked = f"{series}{'' if series.endswith('{') else ', '}{here}}}"
        assert eventually(lambda asked=asked: prometheus.ask(asked), within=90, every=2), asked


@pytest.mark.parametrize("name", recorded())
def test_rules_record_something(used: Release, prometheus: Prometheus, name: str) -> None:
    asked = f'{name}{{namespace="{used.namespace}", release="{used.name}"}}'
    assert eventually(lambda: prometheus.ask(asked), within=90, every=2)


def test_requests_are_counted_as_they_are(used: Release, prometheus: Prometheus) -> None:
    """What Prometheus has counted is what was asked: nothing is lost between scrapes, nothing is counted twice."""
    asked = (
        f'sum by (pod) (rest_server_requests_total{{namespace="{used.namespace}", release="{used.name}", '
        'job="tablee-api", method="GET", endpoint="/models/{name}", status_code="200"})'
    )

    def counted() -> dict[str, float]:
        """The number of requests by pod; one of an earlier version may vanish with what it has counted."""
        return {each["metric"]["pod"]: float(each["value"][1]) for each in prometheus.ask(asked)}

    used.until_quiet()
    used.api("GET", "/models/penguins")
    before = eventually(counted)
    for _ in range(7):
        used.api("GET", "/models/penguins")

    def more() -> float:
        return sum(value - before.get(pod, 0) for pod, value in counted().items())

    eventually(lambda: more() >= 7, within=60)
    assert more() in (7, 8)  # the first came before or after


def test_no_alert_fires_in_a_healthy_release(used: Release, prometheus: Prometheus) -> None:
    here = f'namespace="{used.namespace}", release="{used.name}"'
    assert prometheus.ask(f'ALERTS{{{here}, severity="critical", alertstate="firing"}}') == []


def test_a_service_that_is_gone_is_noticed(used: Release, prometheus: Prometheus) -> None:
    here = f'namespace="{used.namespace}", release="{used.name}"'
    alert = f'ALERTS{{{here}, alertname="TableeUiDown"}}'
    used.scale("deployment", "ui", 0)
    try:
        eventually(lambda: prometheus.ask(alert), within=120)
    finally:
        used.scale("deployment", "ui", 1)
    eventually(lambda: not prometheus.ask(alert), within=120)
