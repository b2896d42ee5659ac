"""Trainings, the H2O cluster, promotions and roll-outs, and the services that they need."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from dashboards.frame import Board, framed
from dashboards.panels import GOOD, Query, graph, number, states
from dashboards.queries import HERE, count, quantile, rate

CONTROLLER = f'{HERE}, job="tablee-controller"'
MLFLOW = f'{HERE}, job="tablee-mlflow"'
POSTGRES = f'{HERE}, job="tablee-postgres"'
MINIO = f'{HERE}, job="tablee-minio"'


def board() -> Board:
    return framed(
        "Training and H2O",
        "tablee-training",
        "Trainings and the H2O cluster they run on, promotions and roll-outs, MLflow, Postgres and MinIO.",
        [
            (
                "Trainings",
                [
                    number(
                        "Running",
                        "Trainings that run now.",
                        f'max(tablee_trainings{{{HERE}, phase="running"}})',
                        unit=units.Short,
                        width=3,
                    ),
                    number(
                        "Waiting",
                        "Trainings that wait for one that runs.",
                        f'max(tablee_trainings{{{HERE}, phase="queued"}})',
                        unit=units.Short,
                        limits=((None, "text"), (1, "orange")),
                        width=3,
                    ),
                    number(
                        "Last success",
                        "How long ago a training of each model last succeeded.",
                        f"time() - max by (model_name) (tablee_training_last_success_timestamp_seconds{{{HERE}}})",
                        unit=units.Seconds,
                        legend="{{model_name}}",
                        width=9,
                    ),
                    number(
                        "Ended",
                        "Trainings that ended within the time shown, by how.",
                        count("tablee_training_runs_total", HERE, "result"),
                        unit=units.Short,
                        legend="{{result}}",
                        width=6,
                    ),
                    number(
                        "Data sets",
                        "Data set versions stored within the time shown.",
                        f"sum(increase(tablee_datasets_added_total{{{HERE}}}[$__range]))",
                        unit=units.Short,
                        limits=GOOD,
                        width=3,
                    ),
                    graph(
                        "Trainings",
                        "That wait and that run.",
                        Query(f"max by (phase) (tablee_trainings{{{HERE}}})", "{{phase}}"),
                        unit=units.Short,
                        stacked=True,
                        width=12,
                    ),
                    graph(
                        "H2O nodes",
                        "Nodes that are asked for, and those that are ready: 0 and 0 while the cluster sleeps.",
                        Query(f"max by (state) (tablee_h2o_nodes{{{HERE}}})", "{{state}}"),
                        unit=units.Short,
                        width=12,
                    ),
                ],
            ),
            (
                "Promotions and roll-outs",
                [
                    graph(
                        "Promotions",
                        "Champions that changed: by the gate, a person, a rollback, by being restored after a failed "
                        "roll-out, or past us.",
                        Query(
                            f"sum by (kind) (increase(tablee_promotion_total{{{HERE}}}[$__rate_interval]))", "{{kind}}"
                        ),
                        unit=units.Short,
                        style="bars",
                        stacked=True,
                        width=6,
                    ),
                    graph(
                        "Roll-outs",
                        "By how they ended.",
                        Query(
                            f"sum by (result) (increase(tablee_rollout_total{{{HERE}}}[$__rate_interval]))",
                            "{{result}}",
                        ),
                        unit=units.Short,
                        style="bars",
                        stacked=True,
                        width=6,
                    ),
                    graph(
                        "Champion waits",
                        "Since when the champion has not been what serves.",
                        Query(f"max(tablee_serving_version_lag_seconds{{{HERE}}})", "lag"),
                        unit=units.Seconds,
                        width=6,
                    ),
                    states(
                        "Roll-out",
                        "The state the controller is in.",
                        Query(f"max by (state) (tablee_rollout_state{{{HERE}}})", "{{state}}"),
                        {"0": (" ", "transparent"), "1": ("so", "blue")},
                        width=6,
                    ),
                ],
            ),
            (
                "Controller and MLflow",
                [
                    graph(
                        "Controller, requests by status",
                        "Uploads, trainings, promotions and questions.",
                        Query(rate("rest_server_requests_total", CONTROLLER, "status_code"), "{{status_code}}"),
                        unit=units.RequestsPerSecond,
                        stacked=True,
                        width=6,
                    ),
                    graph(
                        "Controller, memory",
                        "Resident memory of the process.",
                        Query(f"process_resident_memory_bytes{{{CONTROLLER}}}", "{{pod}}"),
                        unit=units.BytesIEC,
                        width=6,
                    ),
                    graph(
                        "MLflow, requests by status",
                        "404 is an ordinary answer: there is no champion yet.",
                        Query(rate("mlflow_http_request_total", MLFLOW, "status"), "{{status}}"),
                        unit=units.RequestsPerSecond,
                        stacked=True,
                        width=6,
                    ),
                    graph(
                        "MLflow, duration",
                        "From request to answer.",
                        Query(quantile(0.5, "mlflow_http_request_duration_seconds", MLFLOW), "p50"),
                        Query(quantile(0.95, "mlflow_http_request_duration_seconds", MLFLOW), "p95"),
                        unit=units.Seconds,
                        width=6,
                    ),
                ],
            ),
            (
                "Bundled Postgres and MinIO",
                [
                    graph(
                        "Postgres, connections",
                        "Taken, and how many there are.",
                        Query(f"sum(pg_stat_database_numbackends{{{POSTGRES}}})", "taken"),
                        Query(f"max(pg_settings_max_connections{{{POSTGRES}}})", "most"),
                        unit=units.Short,
                        width=6,
                    ),
                    graph(
                        "Postgres, transactions",
                        "Committed and rolled back.",
                        Query(f"sum(rate(pg_stat_database_xact_commit{{{POSTGRES}}}[$__rate_interval]))", "committed"),
                        Query(
                            f"sum(rate(pg_stat_database_xact_rollback{{{POSTGRES}}}[$__rate_interval]))", "rolled back"
                        ),
                        unit=units.OpsPerSecond,
                        width=6,
                    ),
                    graph(
                        "MinIO, requests",
                        "By what was asked.",
                        Query(rate("minio_s3_requests_total", MINIO, "api"), "{{api}}"),
                        unit=units.RequestsPerSecond,
                        stacked=True,
                        width=6,
                    ),
                    graph(
                        "MinIO, space",
                        "Of the volume: free, and in all.",
                        Query(f"max(minio_cluster_capacity_usable_free_bytes{{{MINIO}}})", "free"),
                        Query(f"max(minio_cluster_capacity_usable_total_bytes{{{MINIO}}})", "in all"),
                        unit=units.BytesIEC,
                        width=6,
                    ),
                    graph(
                        "Postgres, size",
                        "By database.",
                        Query(f"sum by (datname) (pg_database_size_bytes{{{POSTGRES}}})", "{{datname}}"),
                        unit=units.BytesIEC,
                        width=12,
                    ),
                    graph(
                        "MinIO, traffic",
                        "In and out.",
                        Query(f"sum(rate(minio_s3_traffic_received_bytes{{{MINIO}}}[$__rate_interval]))", "in"),
                        Query(f"sum(rate(minio_s3_traffic_sent_bytes{{{MINIO}}}[$__rate_interval]))", "out"),
                        unit=units.BytesPerSecondIEC,
                        width=12,
                    ),
                ],
            ),
        ],
    )
