"""The status of all components of a stack."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import httpx

from tablee.i18n.message import Message
from tablee.processes.process import Process
from tablee_cli.stack.components.component import Reason
from tablee_cli.stack.components.controller import Api, Controller
from tablee_cli.stack.components.h2o import H2o
from tablee_cli.stack.components.mlflow import Mlflow
from tablee_cli.stack.components.ui import Ui
from tablee_cli.stack.home import Home
from tablee_cli.stack.marks import marked
from tablee_cli.stack.state_file import Recorded, StackRecord

PROBES = {kind.name: kind.probe for kind in (Mlflow, H2o, Controller, Ui, Api)}
"""The readiness check of each component, in the order of their dependencies."""
CHILDREN = {"tablee_api": "api", "tablee_train": "trainings"}
"""The modules that the controller runs as child processes, and the component that each belongs to."""
PROBE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Condition:
    """The status of one component."""

    name: str
    state: Literal["ready", "not_ready", "gone", "stopped"]
    """`gone`: it was started, and has ended by itself; `stopped`: it was not started."""
    reason: Reason = ""
    url: str | None = None
    pid: int | None = None
    memory_bytes: int = 0
    log: str | None = None
    processes: int = 1

    def to_dict(self) -> dict[str, Any]:
        return asdict(replace(self, reason=str(self.reason)))


def conditions(home: Home) -> list[Condition]:
    """The status of each component, and of the running trainings if there are any."""
    record = StackRecord.read(home.record)
    groups = _groups(home) if record.components else {}
    with httpx.Client(timeout=PROBE_SECONDS, trust_env=False) as http:
        found = [_condition(name, record, groups.get(name, []), http) for name in PROBES]
    if running := groups.get("trainings"):
        memory = _memory(running)
        found.append(Condition("trainings", "ready", memory_bytes=memory, processes=len(running)))
    return found


def _condition(name: str, record: StackRecord, group: list[Process], http: httpx.Client) -> Condition:
    recorded = record.components.get(name)
    if recorded is None:
        return Condition(name, "stopped", Message("probe.not_started"))
    reason = _ended(recorded, record)
    state: Literal["gone", "not_ready", "ready"] = "gone"
    if not reason:
        reason = PROBES[name](http, recorded.url)
        state = "not_ready" if reason else "ready"
    pid = recorded.pid or (group[0].pid if group else None)
    return Condition(name, state, reason, recorded.url, pid, _memory(group), recorded.log)


def _ended(recorded: Recorded, record: StackRecord) -> Reason:
    """The reason why a recorded component does not run; an empty text if it does."""
    if recorded.pid is not None:
        return "" if recorded.process() else Message("probe.process_ended", {"pid": recorded.pid})
    owner = record.components.get("controller")
    return "" if owner and owner.process() else Message("probe.controller_ended")


def _groups(home: Home) -> dict[str, list[Process]]:
    """The marked processes by component. Children of the controller belong to `api` or `trainings`."""
    groups: dict[str, list[Process]] = {}
    for name, found in marked(home.root).items():
        for process in found:
            groups.setdefault(_module(process) or name, []).append(process)
    return groups


def _module(process: Process) -> str | None:
    command = process.command
    return next((name for module, name in CHILDREN.items() if module in command), None)


def _memory(processes: list[Process]) -> int:
    return sum(process.memory_bytes for process in processes)
