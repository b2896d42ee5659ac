"""Serving: rate, errors and duration of predictions; then the resources of the API's processes."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from dashboards.frame import Board, framed
from dashboards.panels import AnyPanel, Query, graph
from dashboards.queries import API, PREDICTIONS, quantile, rate, recorded_errors

MODEL = f'{API}, model_name=~"$model"'
VERSION = "{{model_name}} {{model_version}}"


def part(title: str, says: str, metric: str) -> AnyPanel:
    """Median and 95th percentile of a part of a prediction."""
    return graph(
        title,
        says,
        Query(quantile(0.5, metric, MODEL, "model_name", "model_version"), f"{VERSION} p50"),
        Query(quantile(0.95, metric, MODEL, "model_name", "model_version"), f"{VERSION} p95"),
        unit=units.Seconds,
        width=6,
    )


def board() -> Board:
    return framed(
        "Serving",
        "tablee-serving",
        "The API by rate, errors and duration, by route, model and version; and what its processes use.",
        [
            (
                "Rate",
                [
                    graph(
                        "Requests by route",
                        "All requests of the API but probes and metrics.",
                        Query(rate("rest_server_requests_total", API, "method", "endpoint"), "{{method}} {{endpoint}}"),
                        unit=units.RequestsPerSecond,
                        stacked=True,
                    ),
                    graph(
                        "Predictions by version",
                        "Prediction requests answered.",
                        Query(rate("model_infer_request_success_total", MODEL, "model_name", "model_version"), VERSION),
                        unit=units.RequestsPerSecond,
                        stacked=True,
                    ),
                    graph(
                        "Rows by version",
                        "Rows predicted; one request may hold many.",
                        Query(rate("tablee_predicted_rows_total", MODEL, "model_name", "model_version"), VERSION),
                        unit=units.RowsPerSecond,
                        stacked=True,
                    ),
                ],
            ),
            (
                "Errors",
                [
                    graph(
                        "Answers by status",
                        "Of all routes. 4xx is what callers got wrong, 5xx what went wrong here.",
                        Query(rate("rest_server_requests_total", API, "status_code"), "{{status_code}}"),
                        unit=units.RequestsPerSecond,
                        style="bars",
                        stacked=True,
                        width=6,
                    ),
                    graph(
                        "Share of predictions that fail",
                        "Server errors among valid predictions, as the objective of 99.5 % counts them.",
                        Query(recorded_errors("5m"), "5 min"),
                        Query(recorded_errors("1h"), "1 h"),
                        unit=units.PercentUnit,
                        width=6,
                    ),
                    graph(
                        "Predictions refused",
                        "Requests that named a model and got no prediction, by version.",
                        Query(rate("model_infer_request_failure_total", MODEL, "model_name", "model_version"), VERSION),
                        unit=units.RequestsPerSecond,
                        width=6,
                    ),
                    graph(
                        "Doubtful cells",
                        "Cells that were scored although they were missing, of an unseen level or out of the range of "
                        "training.",
                        Query(
                            rate("tablee_cell_warnings_total", MODEL, "model_name", "code"), "{{model_name}} {{code}}"
                        ),
                        unit=units.CountsPerSecond,
                        width=6,
                    ),
                ],
            ),
            (
                "Duration",
                [
                    graph(
                        "Predictions, from request to answer",
                        "In the API, without the network. The objective is 95 % within 250 ms.",
                        Query(quantile(0.5, "rest_server_requests_duration_seconds", PREDICTIONS), "p50"),
                        Query(quantile(0.95, "rest_server_requests_duration_seconds", PREDICTIONS), "p95"),
                        Query(quantile(0.99, "rest_server_requests_duration_seconds", PREDICTIONS), "p99"),
                        unit=units.Seconds,
                    ),
                    graph(
                        "Routes, 95th percentile",
                        "All routes of the API.",
                        Query(
                            quantile(0.95, "rest_server_requests_duration_seconds", API, "method", "endpoint"),
                            "{{method}} {{endpoint}}",
                        ),
                        unit=units.Seconds,
                    ),
                    graph(
                        "Requests being answered",
                        "At the moment of the look, by pod.",
                        Query(f"rest_server_requests_in_progress{{{API}}}", "{{pod}}"),
                        unit=units.Short,
                        stacked=True,
                    ),
                    part("Preparing", "Parsing and validating a request.", "request_preprocess_seconds"),
                    part("Scoring", "The model itself.", "request_predict_seconds"),
                    part("Shaping", "Shaping and writing the answer.", "request_postprocess_seconds"),
                    part("Explaining", "Contributions, where they are asked for.", "request_explain_seconds"),
                ],
            ),
            (
                "Processes",
                [
                    graph(
                        "Memory",
                        "Resident memory of each API process, its JVM included.",
                        Query(f"process_resident_memory_bytes{{{API}}}", "{{pod}}"),
                        unit=units.BytesIEC,
                        width=6,
                    ),
                    graph(
                        "CPU",
                        "Cores used by each API process, its JVM included.",
                        Query(f"rate(process_cpu_seconds_total{{{API}}}[$__rate_interval])", "{{pod}}"),
                        unit=units.Short,
                        width=6,
                    ),
                    graph(
                        "Running since",
                        "Age of each API process; a version that changes needs new ones.",
                        Query(f"time() - process_start_time_seconds{{{API}}}", "{{pod}}"),
                        unit=units.Seconds,
                        width=6,
                    ),
                    graph(
                        "Loading a model",
                        "Fetching, verifying, loading and warming, the mean of each pod.",
                        Query(
                            f"tablee_model_load_seconds_sum{{{MODEL}}} / tablee_model_load_seconds_count{{{MODEL}}}",
                            "{{pod}} {{model_name}}",
                        ),
                        unit=units.Seconds,
                        width=6,
                    ),
                ],
            ),
        ],
        models=True,
    )
