"""One model version that is served, with the objects that its responses need, made once."""

from __future__ import annotations

from tablee import metrics
from tablee.models.validation.block import WarningCode
from tablee.models.validation.frames import FrameValidator
from tablee_api.codecs.compiled_json import decoder_of
from tablee_scoring import Model

QUICK_ROWS = 200
"""The largest number of rows that are predicted in the event loop, for the fastest models."""


class ServedModel:
    """`model` with its name and version in the registry, its response headers and its metrics."""

    def __init__(self, name: str, version: int, digest: str, model: Model) -> None:
        self.name, self.version, self.digest, self.model = name, version, digest, model
        self.contract = model.contract
        self.decoder = decoder_of(model.contract)
        self.tolerant = FrameValidator(model.contract, ignore_unknown=True)
        """Checks rows as `model.validator` does, but leaves out unknown columns."""
        self.quick_rows = QUICK_ROWS
        """Up to so many rows are predicted in the event loop, because the change to a thread would take longer;
        `warm_up` measures it."""
        self.headers = [(b"tablee-model", name.encode()), (b"tablee-version", str(version).encode())]
        labels = (name, str(version))
        self.preprocess = metrics.PREPROCESS.labels(*labels)
        self.predict = metrics.PREDICT.labels(*labels)
        self.explain = metrics.EXPLAIN.labels(*labels)
        self.postprocess = metrics.POSTPROCESS.labels(*labels)
        self.success = metrics.INFER_SUCCESS.labels(*labels)
        self.failure = metrics.INFER_FAILURE.labels(*labels)
        self.rows = metrics.ROWS.labels(*labels)
        self.cell_warnings = {code: metrics.CELL_WARNINGS.labels(*labels, code.value) for code in WarningCode}

    def announce(self) -> None:
        """Report to the metrics that this version is served."""
        metrics.MODEL_INFO.labels(
            self.name,
            str(self.version),
            self.model.algorithm,
            self.contract.target.problem_type.value,
            self.digest[:12],
        ).set(1)
