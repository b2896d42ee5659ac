"""`tablee up`, `tablee down`, `tablee status`."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.text import Text

from tablee.errors import TableeError
from tablee.errors.base import said_or
from tablee.i18n.message import said
from tablee.i18n.translator import Translator
from tablee_cli.exits import Exit
from tablee_cli.options.shared import Commands
from tablee_cli.output.tables import stacked, table
from tablee_cli.session import Session
from tablee_cli.stack.messages import EventPrinter
from tablee_cli.stack.plan import StackChoices, plan
from tablee_cli.stack.stack import Event, Stack
from tablee_cli.stack.state_file import StackRecord
from tablee_cli.stack.status import Condition, conditions
from tablee_cli.texts import headings

ADDRESSES = ("ui", "api", "controller", "mlflow", "h2o")
STATUS = ("", "state", "address", "process", "memory", "")
STYLES = {"ready": "green", "not_ready": "yellow", "gone": "red", "stopped": "dim"}

Heap = Annotated[str | None, typer.Option("--heap")]
AnyPort = Annotated[bool, typer.Option("--any-port")]


def register(app: Commands) -> None:
    app.add(up)
    app.add(down)
    app.add(status)


def up(session: Session, heap: Heap = None, any_port: AnyPort = False) -> None:
    """Start the local stack: MLflow, H2O, controller, API, UI. What runs already is kept."""
    record = start(session, StackChoices(session.key, heap, any_port))
    answer = {"home": str(session.home.root), "urls": {name: found.url for name, found in record.components.items()}}
    session.show(answer, lambda: addresses(record, session.texts))


def down(session: Session) -> None:
    """Stop the local stack. Everything that was trained is kept."""
    with EventPrinter(session) as printer:
        stopped = Stack(session.home, tell=printer.tell).down()
    session.show({"stopped": stopped}, lambda: Text(session.texts("stack.down" if stopped else "stack.nothing_ran")))


def status(session: Session) -> None:
    """Show what runs, where, and which models are served."""
    found = _remote(session) if session.url else conditions(session.home)
    models, rollout = _served(session, found)
    answer: dict[str, Any] = {
        "home": None if session.url else str(session.home.root),
        "components": [condition.to_dict() for condition in found],
        "memory_bytes": sum(condition.memory_bytes for condition in found),
        "models": models,
        "rollout": rollout,
    }
    session.show(answer, lambda: _status(answer, found, session.texts))
    if any(condition.state != "ready" for condition in found):
        raise typer.Exit(Exit.NOT_RUNNING)


def start(session: Session, choices: StackChoices) -> StackRecord:
    """Start the stack, and print its progress. SIGTERM and Ctrl-C stop it again."""
    with EventPrinter(session) as printer, interruptible():
        notice = lambda text: printer.tell(Event("ports", "notice", text))  # noqa: E731
        return Stack(session.home, tell=printer.tell).up(
            lambda record: plan(session.home, record, choices, notice=notice)
        )


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise `KeyboardInterrupt` in the block on SIGTERM and SIGHUP, too, so that its clean-up runs."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, interrupt) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def addresses(record: StackRecord, texts: Translator) -> RenderableType:
    rows = [(name, record.url(name), texts(f"component.{name}")) for name in ADDRESSES]
    return table(headings(texts, ("", "address", "what_it_is")), rows, texts)


def _remote(session: Session) -> list[Condition]:
    found = []
    for name, service in (("controller", session.platform.controller), ("api", session.platform.api)):
        ready = service.ready()
        found.append(Condition(name, "ready" if ready.ready else "not_ready", ready.why, service.url))
    return found


def _served(session: Session, found: list[Condition]) -> tuple[list[Any], Any]:
    if not any(condition.name == "controller" and condition.state == "ready" for condition in found):
        return [], None
    try:
        controller = session.platform.controller
        _, models = session.request(controller.models.list)
        _, rollout = session.request(controller.rollout.status)
        return models["models"], rollout
    except TableeError as error:
        session.note(Text(session.texts("stack.no_models", why=error.said(session.texts)), "yellow"))
        return [], None


def _status(answer: dict[str, Any], found: list[Condition], texts: Translator) -> RenderableType:
    rows = [
        (
            condition.name,
            Text(texts(f"component_state.{condition.state}"), STYLES[condition.state]),
            condition.url,
            condition.pid,
            texts.formatter.size(condition.memory_bytes) if condition.memory_bytes else "",
            _reason(condition, texts),
        )
        for condition in found
    ]
    parts: list[RenderableType] = [table(headings(texts, STATUS), rows, texts)]
    if answer["models"]:
        served = [(model["name"], model["champion"], model["serving"]) for model in answer["models"]]
        parts.append(table(headings(texts, ("model", "champion", "served")), served, texts))
    rollout = answer["rollout"] or {}
    if rollout.get("state") not in (None, "in_sync"):
        why = said_or(rollout.get("message"), rollout.get("reason") or "", texts)
        state = texts(f"rollout_state.{rollout['state']}")
        parts.append(Text(texts("stack.rollout_because" if why else "stack.rollout", state=state, why=why), "yellow"))
    return stacked(*parts)


def _reason(condition: Condition, texts: Translator) -> str:
    if condition.name == "trainings":
        return texts("stack.processes", n=condition.processes)
    return str(said(condition.reason, texts))
