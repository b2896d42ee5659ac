"""Values of metrics, alerts and dashboards."""

from __future__ import annotations

from pydantic import Field

from chart_values.blocks import Block, Component, Image, Resources, resources


class PostgresExporter(Component):
    """The exporter of the bundled Postgres's metrics; an external database has its own monitoring."""

    enabled: bool = True
    """Run it if `postgres.enabled`."""
    image: Image = Image(repository="quay.io/prometheuscommunity/postgres-exporter", tag="v0.18.1")
    """Image."""
    resources: Resources = resources("10m", "32Mi", "64Mi")
    """What the container asks for and may use."""


class Observability(Block):
    """Scraping, alerts and dashboards for a Prometheus and a Grafana; charts/monitoring installs small ones."""

    enabled: bool = False
    """Render all of them. `networkPolicy.metricsFrom` sets who may read metrics."""
    operator: bool = True
    """ServiceMonitors and PrometheusRules, for the Prometheus operator; otherwise the rules are a ConfigMap that
    charts/monitoring reads."""
    labels: dict[str, str] = Field(default={})
    """Labels that the operator looks for on monitors and rules, such as `release: kube-prometheus-stack`."""
    interval: str = Field(default="30s", pattern=r"^[0-9]+(s|m)$")
    """Interval at which metrics are read."""
    postgres_exporter: PostgresExporter = PostgresExporter()
    """Metrics of the bundled Postgres."""
