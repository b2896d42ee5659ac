"""The settings of a worker."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import Field

from tablee.settings import Settings, variable_name

INDEX = "JOB_COMPLETION_INDEX"
"""The variable that Kubernetes sets in each pod of an Indexed Job: its number, from 0."""


class ScoreSettings(Settings):
    """Settings of `python -m tablee_score`."""

    scoring_id: str
    """The scoring to work on."""
    worker: int = Field(default=0, ge=0)
    """Which of its workers this is, counted from 0; when left out, `JOB_COMPLETION_INDEX`, which Kubernetes sets in the
    pods of an Indexed Job."""
    cache: Path | None = None
    """Directory that keeps verified bundles; when left out, the bundle is fetched anew and removed at the end."""
    scratch: Path | None = None
    """Directory for the part at work, the next one and the output; when left out, the machine's own for such files."""
    jvm_heap: str = Field("512m", pattern=r"^[1-9][0-9]*[mg]$")
    """Java heap, such as `512m` or `2g`."""

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the settings; the number of the worker may come from Kubernetes (`JOB_COMPLETION_INDEX`)."""
        variables = dict(os.environ if environment is None else environment)
        if index := variables.get(INDEX):
            variables.setdefault(variable_name(("worker",)), index)
        return super().read(variables)
