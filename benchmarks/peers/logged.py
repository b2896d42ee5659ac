"""Saves the benchmark's trees as the pyfunc model that trainings log; every other server loads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import mlflow

from benchmarks import models
from tablee.models import bundle
from tablee_scoring import pyfunc


@dataclass(frozen=True)
class Logged:
    """A saved MLflow model, and the packages that it needs."""

    path: Path

    @property
    def requirements(self) -> tuple[str, ...]:
        lines = (self.path / "requirements.txt").read_text().splitlines()
        return tuple(line.strip() for line in lines if line.strip())

    @property
    def bundle(self) -> Path:
        return self.path / "artifacts" / "bundle"

    @property
    def code(self) -> Path:
        """Our packages, as the model contains them."""
        return self.path / "code"


def saved(folder: Path) -> Logged:
    """Write the model into an empty directory, as `log_model` would."""
    made = models.bundled(folder / "bundle")
    target = folder / "model"
    mlflow.pyfunc.save_model(
        path=str(target),
        python_model=str(pyfunc.script()),
        artifacts={pyfunc.ARTIFACT: str(made)},
        code_paths=pyfunc.code_paths(),
        signature=pyfunc.signature(bundle.read_contract(made)),
        pip_requirements=pyfunc.pip_requirements(),
    )
    return Logged(target)
