"""What must be true for the platform to work, and what mends it. docs/troubleshooting.md walks the same list."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import psutil

from tablee.errors import StartFailed, TableeError
from tablee_cli.output.tables import GIB, size
from tablee_cli.stack import ports
from tablee_cli.stack.components.java import find_java, h2o_jar
from tablee_cli.stack.home import Home
from tablee_cli.stack.plan import KINDS
from tablee_cli.stack.status import Condition, conditions
from tablee_client import Platform

OLDEST_PYTHON = (3, 11)
LEAST_DISK, LEAST_MEMORY = 2 * GIB, 3 * GIB
STACK = tuple(kind.name for kind in KINDS)


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check."""

    state: Literal["ok", "failed", "warning", "skipped"]
    detail: str
    mend: str = ""
    """The command, or the deed, that helps."""


def ok(detail: str) -> Finding:
    return Finding("ok", detail)


@dataclass
class Situation:
    """What the checks look at. `platform` is None when no address is known."""

    home: Home
    local: bool
    """The stack of this machine, rather than a platform behind --url."""
    platform: Platform | None
    _conditions: dict[str, Condition] = field(default_factory=dict)

    def condition(self, name: str) -> Condition:
        if not self._conditions:
            self._conditions = {condition.name: condition for condition in conditions(self.home)}
        return self._conditions[name]

    @property
    def running(self) -> bool:
        return any(self.condition(name).state != "stopped" for name in STACK)


@dataclass(frozen=True, slots=True)
class Check:
    """A question with an id, which the troubleshooting page explains under the same name."""

    id: str
    question: str
    look: Callable[[Situation], Finding]
    local: bool = True
    """Of this machine; without meaning for a platform behind --url."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A check with its finding."""

    id: str
    question: str
    state: str
    detail: str
    mend: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def walk(situation: Situation) -> Iterator[Answered]:
    """All checks that have a meaning here, in order."""
    for check in CHECKS:
        if check.local and not situation.local:
            continue
        found = check.look(situation)
        yield Answered(check.id, check.question, found.state, found.detail, found.mend)


def _python(_: Situation) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Finding(
            "failed", f"this is Python {version}", "Install Python 3.11 or later, then `make clean up PYTHON=…`."
        )
    return ok(f"Python {version}")


def _java(_: Situation) -> Finding:
    try:
        java = find_java()
    except StartFailed as error:
        return Finding("failed", error.detail, error.hint)
    return ok(f"Java {java.major}, {java.path} ({java.origin})")


def _h2o_version(_: Situation) -> Finding:
    try:
        return ok(f"the pinned one, {h2o_jar().name}")
    except StartFailed as error:
        return Finding("failed", error.detail, error.hint)


def _home(situation: Situation) -> Finding:
    folder = situation.home.root
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        return Finding(
            "failed", f"{existing} cannot be written to", f"`sudo chown -R $USER {existing}`, or choose another --home."
        )
    return ok(str(folder))


def _disk(situation: Situation) -> Finding:
    folder = situation.home.root
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    if free < LEAST_DISK:
        return Finding(
            "failed", f"{size(free)} free, {size(LEAST_DISK)} needed", "Free some space, or choose another --home."
        )
    return ok(f"{size(free)} free")


def _memory(situation: Situation) -> Finding:
    free = psutil.virtual_memory().available
    if free < LEAST_MEMORY and not situation.running:
        mend = "Close something, or start with a smaller Java heap: `tablee up --heap 1g`."
        return Finding("warning", f"{size(free)} available, {size(LEAST_MEMORY)} wished for", mend)
    return ok(f"{size(free)} available")


def _loopback(_: Situation) -> Finding:
    try:
        with socket.socket() as probe:
            probe.bind((ports.HOST, 0))
    except OSError as error:
        return Finding("failed", f"nobody can listen on {ports.HOST}: {error.strerror}", "`sudo ip link set lo up`")
    return ok(f"{ports.HOST} can be listened on")


def _ports(situation: Situation) -> Finding:
    if situation.running:
        return ok("the stack has its ports")
    taken = [f"{kind.usual_port} ({kind.name})" for kind in KINDS if not ports.is_free(kind.usual_port)]
    if taken:
        mend = "Nothing need be done: `tablee up` takes the next free ones and says so."
        return Finding("warning", f"taken by others: {', '.join(taken)}", mend)
    return ok(", ".join(str(kind.usual_port) for kind in KINDS) + " are free")


def _started(situation: Situation) -> Finding:
    if situation.running:
        return ok(f"started in {situation.home.root}")
    return Finding("failed", f"no stack was started in {situation.home.root}", "`tablee up`")


def _component(name: str) -> Callable[[Situation], Finding]:
    def look(situation: Situation) -> Finding:
        found = situation.condition(name)
        match found.state:
            case "ready":
                return ok(f"{found.url} answers")
            case "stopped":
                mend = "`tablee up`" if situation.running else ""
                return Finding("failed" if situation.running else "skipped", "it was not started", mend)
            case "gone":
                return Finding("failed", found.reason, f"`tablee up` starts it again; why it ended: `tail {found.log}`")
            case _:
                mend = f"Wait a minute; then `tail {found.log}`, and `tablee down && tablee up`."
                return Finding("failed", found.reason, mend)

    return look


def _platform(situation: Situation) -> Finding:
    if situation.platform is None:
        return Finding("skipped", "nothing runs")
    try:
        about = situation.platform.controller.platform()
    except TableeError as error:
        return Finding("failed", error.detail, error.hint)
    found = situation.platform.controller.ready()
    if not found.ready:
        mend = "Look at the checks above, and at its log."
        return Finding("failed", f"the controller is not ready: {found.reason}", mend)
    return ok(f"{situation.platform.controller.url}, version {about.version}")


def _api_reached(situation: Situation) -> Finding:
    if situation.platform is None:
        return Finding("skipped", "nothing runs")
    try:
        found = situation.platform.api.ready()
    except TableeError as error:
        return Finding("failed", f"its address is unknown: {error.detail}", error.hint)
    if not found.ready:
        mend = "A roll-out may be under way: try again in a minute; else look at the API's log."
        return Finding("failed", f"{situation.platform.api.url}: {found.reason}", mend)
    return ok(f"{situation.platform.api.url} is ready")


def _model(situation: Situation) -> Finding:
    if situation.platform is None:
        return Finding("skipped", "nothing runs")
    try:
        models = situation.platform.controller.models.list()
    except TableeError as error:
        return Finding("failed", error.detail, error.hint)
    champions = [model for model in models if model.champion is not None]
    if not champions:
        mend = "`tablee train --data NAME --target COLUMN`, or `make demo`."
        return Finding("warning", "there is no champion yet", mend)
    behind = [f"{model.name} {model.champion}" for model in champions if model.serving != model.champion]
    if behind:
        return Finding(
            "failed", f"not served: {', '.join(behind)}", "See the next check; `tablee models NAME` shows more."
        )
    return ok("served: " + ", ".join(f"{model.name} {model.champion}" for model in champions))


def _rollout(situation: Situation) -> Finding:
    if situation.platform is None:
        return Finding("skipped", "nothing runs")
    try:
        rollout = situation.platform.controller.rollout.status()
    except TableeError as error:
        return Finding("failed", error.detail, error.hint)
    if rollout.state == "in_sync":
        return ok("the API serves what the registry says")
    if rollout.state == "rolling":
        return Finding("warning", rollout.reason or "under way", "Wait a minute.")
    mend = "`tablee models NAME` shows which version failed; `tablee promote NAME VERSION` takes another."
    return Finding("failed", rollout.reason or rollout.state, mend)


CHECKS = (
    Check("python", "Is Python recent enough?", _python),
    Check("java", "Is there a Java that H2O runs on?", _java),
    Check("h2o-version", "Is H2O the version that exports its models?", _h2o_version),
    Check("home", "Can the stack write to its directory?", _home),
    Check("disk", "Is there room on the disk?", _disk),
    Check("memory", "Is there memory for it?", _memory),
    Check("loopback", "Can processes of this machine reach each other?", _loopback),
    Check("ports", "Are the usual ports free?", _ports),
    Check("started", "Was the stack started?", _started),
    Check("mlflow", "Does MLflow run and answer?", _component("mlflow")),
    Check("h2o", "Has H2O formed its cluster?", _component("h2o")),
    Check("controller", "Does the controller run, and reach MLflow and the object store?", _component("controller")),
    Check("api", "Does the API run, and is it ready?", _component("api")),
    Check("ui", "Does the UI run?", _component("ui")),
    Check("platform", "Can the controller be reached with this address and key?", _platform, local=False),
    Check("predictions", "Can the API be reached from here?", _api_reached, local=False),
    Check("model", "Is a model served?", _model, local=False),
    Check("roll-out", "Does the API serve what the registry says?", _rollout, local=False),
)
