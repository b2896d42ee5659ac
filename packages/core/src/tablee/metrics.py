"""All metrics of the platform. Metrics are declared in this module only.

Request metrics have the names of KServe and MLServer, so that their dashboards work unchanged; all other names begin
with `tablee_`. The number of label values is bounded: model names, versions, route templates, status codes, closed
lists.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

import prometheus_client
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, ProcessCollector, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

REGISTRY = CollectorRegistry()


class Histogram(prometheus_client.Histogram):
    """A histogram that can record many values at once, in about a tenth of the time."""

    def observe_all(self, values: Sequence[float]) -> None:
        """Record values; the same result as `observe` of each of them."""
        ordered, below = sorted(values), 0
        for bucket, bound in zip(self._buckets, self._upper_bounds, strict=True):
            if (count := bisect_right(ordered, bound)) > below:
                bucket.inc(count - below)
                below = count
        self._sum.inc(math.fsum(values))


class _Late(Collector):
    """A collector without metrics. It calls functions that record buffered values. It is registered first, so that the
    metrics are collected after that."""

    def __init__(self) -> None:
        self.tellers: list[Callable[[], None]] = []

    def collect(self) -> Iterable[Metric]:
        for tell in self.tellers:
            tell()
        return ()


_LATE = _Late()
REGISTRY.register(_LATE)
before_reading = _LATE.tellers.append
"""Register a function that is called before each reading of the metrics."""
ProcessCollector(registry=REGISTRY)  # memory, CPU time and open files of this process, under the usual names

_FAST = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_MODEL = ("model_name", "model_version")

# Prediction, with the names of KServe and MLServer
PREPROCESS = Histogram(
    "request_preprocess_seconds", "Parsing and validating a request", _MODEL, buckets=_FAST, registry=REGISTRY
)
PREDICT = Histogram("request_predict_seconds", "Scoring a request", _MODEL, buckets=_FAST, registry=REGISTRY)
POSTPROCESS = Histogram(
    "request_postprocess_seconds", "Shaping and writing an answer", _MODEL, buckets=_FAST, registry=REGISTRY
)
EXPLAIN = Histogram("request_explain_seconds", "Explaining predictions", _MODEL, buckets=_FAST, registry=REGISTRY)
INFER_SUCCESS = Counter("model_infer_request_success", "Prediction requests answered", _MODEL, registry=REGISTRY)
INFER_FAILURE = Counter("model_infer_request_failure", "Prediction requests refused", _MODEL, registry=REGISTRY)
SERVER_REQUESTS = Counter(
    "rest_server_requests", "HTTP requests", ("method", "endpoint", "status_code"), registry=REGISTRY
)
SERVER_SECONDS = Histogram(
    "rest_server_requests_duration_seconds", "HTTP requests by duration", ("method", "endpoint"), registry=REGISTRY
)
SERVER_IN_PROGRESS = Gauge("rest_server_requests_in_progress", "HTTP requests being answered", registry=REGISTRY)

# Served models
MODEL_INFO = Gauge(
    "tablee_model_info", "1 for each model served", (*_MODEL, "algorithm", "problem_type", "digest"), registry=REGISTRY
)
ROWS = Counter("tablee_predicted_rows", "Rows predicted", _MODEL, registry=REGISTRY)
CELL_WARNINGS = Counter(
    "tablee_cell_warnings", "Cells scored as missing, unseen or out of range", (*_MODEL, "code"), registry=REGISTRY
)
MODEL_LOAD_SECONDS = Histogram(
    "tablee_model_load_seconds",
    "Fetching, verifying, loading and warming a model",
    ("model_name",),
    buckets=(0.1, 0.5, 1, 2, 5, 10, 30, 60, 120),
    registry=REGISTRY,
)

# Shadow scoring: challengers predict the champion's rows
SHADOW_ROWS = Counter("tablee_shadow_rows", "Rows that a challenger predicted in the shadow", _MODEL, registry=REGISTRY)
SHADOW_CHANGED = Counter(
    "tablee_shadow_changed", "Rows to which the challenger gives another label", _MODEL, registry=REGISTRY
)
SHADOW_DIFFERENCE = Histogram(
    "tablee_shadow_difference",
    "Largest difference of a row's probabilities; for numbers, the difference relative to the champion's value",
    _MODEL,
    buckets=(0.0001, 0.001, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1),
    registry=REGISTRY,
)
SHADOW_UNFIT = Counter(
    "tablee_shadow_unfit", "Rows that do not fit the challenger's contract", _MODEL, registry=REGISTRY
)
SHADOW_DROPPED = Counter(
    "tablee_shadow_dropped",
    "Rows not scored in the shadow, because the challenger was too slow",
    ("model_name",),
    registry=REGISTRY,
)

# Controller
DATASETS_ADDED = Counter("tablee_datasets_added", "Data set versions stored", registry=REGISTRY)
TRAINING_RUNS = Counter("tablee_training_runs", "Trainings by how they ended", ("result",), registry=REGISTRY)
TRAINING_LAST_SUCCESS = Gauge(
    "tablee_training_last_success_timestamp_seconds",
    "When a training last succeeded",
    ("model_name",),
    registry=REGISTRY,
)
TRAININGS = Gauge("tablee_trainings", "Trainings that wait or run at this moment", ("phase",), registry=REGISTRY)
SCORING_RUNS = Counter("tablee_scoring_runs", "Scorings by how they ended", ("result",), registry=REGISTRY)
SCORING_ROWS = Counter(
    "tablee_scoring_rows", "Rows of scorings, as reported by their workers", ("model_name",), registry=REGISTRY
)
SCORING_PARTS = Gauge(
    "tablee_scoring_parts", "Parts of the scorings that run at this moment, by state", ("state",), registry=REGISTRY
)
SCORINGS = Gauge("tablee_scorings", "Scorings that wait or run at this moment", ("phase",), registry=REGISTRY)
FILE_PREDICTION_RUNS = Counter(
    "tablee_file_prediction_runs", "Predictions of uploaded files by how they ended", ("result",), registry=REGISTRY
)
FILE_PREDICTIONS = Gauge(
    "tablee_file_predictions",
    "Predictions of uploaded files that wait or run at this moment",
    ("phase",),
    registry=REGISTRY,
)
SOURCE_RUNS = Counter("tablee_source_runs", "Runs of sources by how they ended", ("result",), registry=REGISTRY)
SOURCE_LAST_SUCCESS = Gauge(
    "tablee_source_last_success_timestamp_seconds",
    "When a run of a source last ended without a failure",
    ("source",),
    registry=REGISTRY,
)
SOURCE_FAILURES = Gauge(
    "tablee_source_failures",
    "Failed runs of a source since its last successful one",
    ("source",),
    registry=REGISTRY,
)
SOURCE_REFUSED = Gauge(
    "tablee_source_refused_objects", "Files of a source that could not be taken", ("source",), registry=REGISTRY
)
H2O_NODES = Gauge("tablee_h2o_nodes", "Nodes of the H2O cluster on Kubernetes", ("state",), registry=REGISTRY)
PROMOTIONS = Counter("tablee_promotion", "Changes of champions by kind", ("kind",), registry=REGISTRY)
ROLLOUTS = Counter("tablee_rollout", "Roll-outs by how they ended", ("result",), registry=REGISTRY)
ROLLOUT_STATE = Gauge(
    "tablee_rollout_state",
    "1 for the current state of the roll-out, 0 for all other states",
    ("state",),
    registry=REGISTRY,
)
SERVING_LAG = Gauge(
    "tablee_serving_version_lag_seconds",
    "Seconds for which the champion has differed from the served version; 0 when they are the same",
    registry=REGISTRY,
)

# UI
UI_PROBLEMS = Counter("tablee_ui_problems", "Errors shown to users, by code", ("code",), registry=REGISTRY)


def exposition() -> tuple[bytes, str]:
    """Body and content type of the response to `/metrics`."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
