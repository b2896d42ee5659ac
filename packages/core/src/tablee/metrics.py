"""Every metric of the platform, declared once. Nothing else creates one.

Request metrics carry the names of KServe's and MLServer's, so that their dashboards work unchanged; all else begins
with `tablee_`. Label values are bounded: model names, versions, route templates, status codes, closed lists.
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
    """A histogram that can be told of many values at once, for a tenth of the time."""

    def observe_all(self, values: Sequence[float]) -> None:
        """As `observe` of each value."""
        ordered, below = sorted(values), 0
        for bucket, bound in zip(self._buckets, self._upper_bounds, strict=True):
            if (count := bisect_right(ordered, bound)) > below:
                bucket.inc(count - below)
                below = count
        self._sum.inc(math.fsum(values))


class _Late(Collector):
    """No metrics of its own: has what still waits told to the others, which come after it."""

    def __init__(self) -> None:
        self.tellers: list[Callable[[], None]] = []

    def collect(self) -> Iterable[Metric]:
        for tell in self.tellers:
            tell()
        return ()


_LATE = _Late()
REGISTRY.register(_LATE)
before_reading = _LATE.tellers.append
"""Has a function called each time before the metrics are read."""
ProcessCollector(registry=REGISTRY)  # memory, CPU and open files of this process, under the names everybody knows

_FAST = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_MODEL = ("model_name", "model_version")

# Prediction, under KServe's and MLServer's names
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

# What is served
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

# Challengers in the shadow of champions
SHADOW_ROWS = Counter("tablee_shadow_rows", "Rows that a challenger predicted in the shadow", _MODEL, registry=REGISTRY)
SHADOW_CHANGED = Counter(
    "tablee_shadow_changed", "Rows to which the challenger gives another label", _MODEL, registry=REGISTRY
)
SHADOW_DIFFERENCE = Histogram(
    "tablee_shadow_difference",
    "Difference of a row's scores: the largest of its probabilities, or that of the values relative to the champion's",
    _MODEL,
    buckets=(0.0001, 0.001, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1),
    registry=REGISTRY,
)
SHADOW_UNFIT = Counter(
    "tablee_shadow_unfit", "Rows that the challenger cannot predict as they came", _MODEL, registry=REGISTRY
)
SHADOW_DROPPED = Counter(
    "tablee_shadow_dropped", "Rows not scored in the shadow for want of time", ("model_name",), registry=REGISTRY
)

# What the controller does
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
    "tablee_scoring_rows", "Rows of scorings, as their workers told the controller", ("model_name",), registry=REGISTRY
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
    "When a run of a source last failed in nothing",
    ("source",),
    registry=REGISTRY,
)
SOURCE_FAILURES = Gauge(
    "tablee_source_failures",
    "Runs of a source that failed since the last one that did not",
    ("source",),
    registry=REGISTRY,
)
SOURCE_REFUSED = Gauge(
    "tablee_source_refused_objects", "Files of a source that could not be taken", ("source",), registry=REGISTRY
)
H2O_NODES = Gauge("tablee_h2o_nodes", "Nodes of the H2O cluster on Kubernetes", ("state",), registry=REGISTRY)
PROMOTIONS = Counter("tablee_promotion", "Champions changed, by how", ("kind",), registry=REGISTRY)
ROLLOUTS = Counter("tablee_rollout", "Roll-outs by how they ended", ("result",), registry=REGISTRY)
ROLLOUT_STATE = Gauge(
    "tablee_rollout_state", "1 for the state the roll-out is in, 0 for all others", ("state",), registry=REGISTRY
)
SERVING_LAG = Gauge(
    "tablee_serving_version_lag_seconds",
    "Since when the champion differs from what is served; 0 when it does not",
    registry=REGISTRY,
)

# What the UI shows
UI_PROBLEMS = Counter("tablee_ui_problems", "Problems shown to people, by code", ("code",), registry=REGISTRY)


def exposition() -> tuple[bytes, str]:
    """The body and content type of a `/metrics` answer."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
