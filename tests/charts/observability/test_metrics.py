"""Every metric that an expression names exists."""

from __future__ import annotations

import re

import pytest
from charts.observability.expressions import Expression, of_panels, of_rules, recorded
from prometheus_client.metrics import MetricWrapperBase

from tablee import metrics

FOREIGN = {
    "up": "Prometheus",
    "ALERTS": "Prometheus",
    "process_cpu_seconds_total": "prometheus_client's process collector",
    "process_resident_memory_bytes": "prometheus_client's process collector",
    "process_start_time_seconds": "prometheus_client's process collector",
    "mlflow_http_request_total": "MLflow 3.17.2 with --expose-prometheus",
    "mlflow_http_request_duration_seconds_bucket": "MLflow 3.17.2 with --expose-prometheus",
    "minio_cluster_capacity_usable_free_bytes": "MinIO, /minio/v2/metrics/cluster",
    "minio_cluster_capacity_usable_total_bytes": "MinIO, /minio/v2/metrics/cluster",
    "minio_s3_requests_total": "MinIO, /minio/v2/metrics/cluster",
    "minio_s3_traffic_received_bytes": "MinIO, /minio/v2/metrics/cluster",
    "minio_s3_traffic_sent_bytes": "MinIO, /minio/v2/metrics/cluster",
    "pg_database_size_bytes": "postgres_exporter",
    "pg_settings_max_connections": "postgres_exporter",
    "pg_stat_database_numbackends": "postgres_exporter",
    "pg_stat_database_xact_commit": "postgres_exporter",
    "pg_stat_database_xact_rollback": "postgres_exporter",
    "pg_up": "postgres_exporter",
}
"""Metrics of other programs, and which program has them."""

SERIES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


def declared() -> dict[str, set[str]]:
    """The series of our own metrics, and their labels."""
    found: dict[str, set[str]] = {}
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            described = next(iter(metric.describe()))
            labels = set(metric._labelnames)
            for suffix in SERIES[described.type]:
                found[described.name + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    return found


def known() -> set[str]:
    return set(declared()) | set(recorded()) | set(FOREIGN)


@pytest.mark.parametrize("expression", [*of_rules(), *of_panels()], ids=lambda each: each.where)
def test_metrics_exist(expression: Expression) -> None:
    assert expression.metrics()
    assert expression.metrics() - known() == set()


@pytest.mark.parametrize("expression", [*of_rules(), *of_panels()], ids=lambda each: each.where)
def test_labels_of_our_metrics_exist(expression: Expression) -> None:
    for name, matchers in expression.selectors():
        if name in declared():
            asked = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", re.sub(r'"[^"]*"', '""', matchers)))
            assert asked <= declared()[name] | {"job", "namespace", "pod", "release"}, name


def test_every_listed_metric_of_other_programs_is_used() -> None:
    named = {name for expression in (*of_rules(), *of_panels()) for name in expression.metrics()}
    assert set(FOREIGN) - named == set()


def test_an_unknown_metric_is_found() -> None:
    expression = Expression("", 'sum by (a) (rate(no_such_total{endpoint=~"/x/{name}"}[5m])) > 3 * other')
    assert expression.metrics() == {"no_such_total", "other"}
