"""The settings of a worker."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from tablee.errors.unfit import Unfit
from tablee.settings import Settings, variable_name

INDEX = "JOB_COMPLETION_INDEX"
"""The variable that Kubernetes sets in each pod of an Indexed Job: its number, from 0."""


class ScoreSettings(Settings):
    """Settings of `python -m tablee_score`."""

    scoring_id: str | None = None
    """The scoring to work on; or:"""
    prediction_id: str | None = None
    """The prediction of an uploaded file to work on. Exactly one of the two is set."""
    worker: int = Field(default=0, ge=0)
    """Which of its workers this is, counted from 0; when left out, `JOB_COMPLETION_INDEX`, which Kubernetes sets in the
    pods of an Indexed Job."""
    cache: Path | None = None
    """Directory that keeps verified bundles; when left out, the bundle is fetched anew and removed at the end."""
    scratch: Path | None = None
    """Directory for the part at work, the next one and the output; when left out, the machine's own for such files."""
    jvm_heap: str = Field("512m", pattern=r"^[1-9][0-9]*[mg]$")
    """Java heap, such as `512m` or `2g`."""

    @model_validator(mode="after")
    def _one_job(self) -> Self:
        if (self.scoring_id is None) == (self.prediction_id is None):
            raise Unfit("scoring_or_prediction")
        return self

    @property
    def job_id(self) -> str:
        """The id of the scoring or of the prediction."""
        return self.scoring_id or self.prediction_id or ""

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the settings; the number of the worker may come from Kubernetes (`JOB_COMPLETION_INDEX`)."""
        variables = dict(os.environ if environment is None else environment)
        if index := variables.get(INDEX):
            variables.setdefault(variable_name(("worker",)), index)
        return super().read(variables)
