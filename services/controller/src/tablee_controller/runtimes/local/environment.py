"""The environment of child processes: that of the controller without `TABLEE_` variables, plus the settings that the
child accepts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, SecretStr

from tablee.settings import PREFIX
from tablee_controller.runtimes.runtime import Pins
from tablee_controller.settings import ControllerSettings, Environment

COMMON = ("log", "mlflow", "objects")
WORKER = "SCORING_WORKER"
"""A variable whose value is different for each worker. Its name does not begin with `TABLEE_`, because it is not a
setting: workers read their id and number from two settings."""


class Environments:
    """The environments of API processes, trainings and workers of scorings."""

    def __init__(self, settings: ControllerSettings, inherited: Mapping[str, str]) -> None:
        base = {name: value for name, value in inherited.items() if not name.startswith(PREFIX)}
        base["PYTHONUNBUFFERED"] = "1"
        shared = base | variables({name: getattr(settings, name) for name in COMMON})
        cache = {"cache": settings.home.absolute() / "cache"}
        self._api = shared | variables(cache | settings.api.passed_on | {"key": settings.key})
        self._training = shared | variables(settings.training.passed_on | {"h2o": settings.h2o.model_dump()})

        self._scoring = shared | variables(cache | settings.scoring.passed_on)

    def api(self, pins: Pins, *, listen_fd: int, admin_port: int) -> Environment:
        return self._api | variables({"pins": json.dumps(pins), "listen_fd": listen_fd, "admin_port": admin_port})

    def training(self, training_id: str) -> Environment:
        return self._training | variables({"training_id": training_id})

    def scoring(self, worker: str) -> Environment:
        """:param worker: `ID.NUMBER`."""
        return self._worker("scoring_id", worker)

    def prediction(self, worker: str) -> Environment:
        """:param worker: `ID.NUMBER`."""
        return self._worker("prediction_id", worker)

    def _worker(self, setting: str, worker: str) -> Environment:
        own_id, _, number = worker.rpartition(".")
        return self._scoring | variables({setting: own_id, "worker": number}) | {WORKER: worker}


def variables(values: Mapping[str, Any], path: str = PREFIX) -> Environment:
    """The environment variables from which a settings class reads these nested values. Values of None are left out."""
    found: Environment = {}
    for name, value in values.items():
        variable = f"{path}{name}".upper()
        if isinstance(value, BaseModel):
            value = dict(value)
        if isinstance(value, Mapping):
            found |= variables(value, f"{variable}__")
        elif isinstance(value, SecretStr):
            found[variable] = value.get_secret_value()
        elif isinstance(value, bool | list | tuple):
            found[variable] = json.dumps(value)
        elif value is not None:
            found[variable] = str(value)
    return found
