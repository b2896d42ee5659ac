"""The plan of the stack: its components, their ports, and the order in which they start."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tablee.i18n.message import Message
from tablee.settings import PREFIX
from tablee_cli.stack.components.component import Component
from tablee_cli.stack.components.controller import Api, Controller
from tablee_cli.stack.components.h2o import H2o
from tablee_cli.stack.components.mlflow import Mlflow
from tablee_cli.stack.components.service import LocalService
from tablee_cli.stack.components.ui import Ui
from tablee_cli.stack.home import Home
from tablee_cli.stack.marks import marked
from tablee_cli.stack.ports import HOST, Ports
from tablee_cli.stack.state_file import StackRecord

KINDS: tuple[type[LocalService], ...] = (Mlflow, H2o, Controller, Api, Ui)
OF_THE_COMMAND = ("TABLEE_URL", "TABLEE_KEY", "TABLEE_HOME")
FOR_THE_UI = "TABLEE_UI__"
FOR_ALL = "TABLEE_LOG__"


@dataclass(frozen=True, slots=True)
class StackChoices:
    """What the user may choose. None: as it was when the stack was started before."""

    key: str | None = None
    heap: str | None = None
    any_port: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Components in stages. The components of one stage start together; the next stage starts when all of them are
    ready."""

    stages: tuple[tuple[Component, ...], ...]
    choices: StackChoices = StackChoices()

    @property
    def components(self) -> tuple[Component, ...]:
        return tuple(component for stage in self.stages for component in stage)


def plan(
    home: Home,
    record: StackRecord,
    choices: StackChoices,
    *,
    notice: Callable[[Message], None],
    variables: Mapping[str, str] | None = None,
) -> Plan:
    """Plan the stack. A component that runs keeps its port; another one gets its previous port, its usual port, or the
    next free port.

    :param notice: called with a message when a usual port is taken.
    :param variables: the environment to take `TABLEE_` variables from; None: that of this process.
    :raises StartFailed: no port is free.
    """
    choices = replace(choices, key=choices.key or record.key, heap=choices.heap or record.heap)
    ports = _choose(home, record, choices, notice)
    given = os.environ if variables is None else variables
    mlflow, h2o, api = (
        Mlflow(home, ports["mlflow"]),
        H2o(home, ports["h2o"], heap=choices.heap),
        Api(home, ports["api"]),
    )
    ui_url = f"http://{HOST}:{ports['ui']}"
    controller = Controller(
        home,
        ports["controller"],
        api_port=api.port,
        mlflow_url=mlflow.url,
        h2o_url=h2o.url,
        ui_url=ui_url,
        key=choices.key,
        variables=_for_the_controller(given),
    )
    ui = Ui(
        home,
        ports["ui"],
        controller_url=controller.url,
        api_url=api.url,
        key=choices.key,
        variables=_for_the_ui(given),
    )
    return Plan(((mlflow, h2o), (controller, ui), (api,)), choices)


def base_environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment of every process of the stack: the inherited one without `TABLEE_` variables. Proxies are not
    used for this machine, and the telemetry of third-party packages is off."""
    kept = {name: value for name, value in inherited.items() if not name.startswith(PREFIX)}
    direct = ",".join(filter(None, (kept.get("NO_PROXY") or kept.get("no_proxy"), "127.0.0.1", "localhost")))
    return kept | {
        "NO_PROXY": direct,
        "no_proxy": direct,
        "DO_NOT_TRACK": "true",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PYTHONUNBUFFERED": "1",
        "MALLOC_ARENA_MAX": "2",  # glibc keeps an arena per thread otherwise; this halves idle memory
    }


def _choose(
    home: Home, record: StackRecord, choices: StackChoices, notice: Callable[[Message], None]
) -> dict[str, int]:
    ports = Ports(anywhere=choices.any_port, notice=notice)
    kept = {name: found.port for name, found in record.components.items() if found.process() is not None}
    if "api" in record.components and "controller" in marked(home.root):
        kept["api"] = record.components["api"].port  # the controller or an API process still holds its socket
    before = {name: found.port for name, found in record.components.items()}
    for kind in KINDS:
        if kind.name in kept:
            ports.reserve(kept[kind.name], kind.width)
    return {
        kind.name: kept.get(kind.name)
        or ports.take(kind.name, kind.usual_port, width=kind.width, before=before.get(kind.name))
        for kind in KINDS
    }


def _for_the_controller(given: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in given.items()
        if name.startswith(PREFIX) and name not in OF_THE_COMMAND and not name.startswith(FOR_THE_UI)
    }


def _for_the_ui(given: Mapping[str, str]) -> dict[str, str]:
    own = {
        PREFIX + name.removeprefix(FOR_THE_UI): value for name, value in given.items() if name.startswith(FOR_THE_UI)
    }
    return own | {name: value for name, value in given.items() if name.startswith(FOR_ALL)}
