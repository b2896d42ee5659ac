"""`tablee rollout status`, `pause`, `resume`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import RenderableType

from tablee.errors.base import said_or
from tablee.http.schemas.platform import RolloutStatus
from tablee.i18n.translator import Translator
from tablee_cli.options.shared import Commands
from tablee_cli.output.tables import stacked, table
from tablee_cli.person import person
from tablee_cli.session import Session
from tablee_cli.texts import headings


def register(app: Commands) -> None:
    group = Commands(no_args_is_help=True)
    group.add(status)
    group.add(pause)
    group.add(resume)
    app.add_typer(group, name="rollout")


def status(session: Session) -> None:
    """Show the wanted, pinned and serving versions, and the state of the roll-out."""
    found, answer = session.request(session.platform.controller.rollout.status)
    session.show(answer, lambda: _table(found, session.texts))


def pause(
    session: Session,
    reason: Annotated[str, typer.Option("--reason")] = "",
) -> None:
    """Pause roll-outs: the serving versions do not change until `tablee rollout resume`."""
    rollout = session.platform.controller.rollout
    found, answer = session.request(lambda: rollout.pause(by=person(), reason=reason))
    session.show(answer, lambda: _table(found, session.texts))


def resume(session: Session) -> None:
    """Resume roll-outs: the wanted versions are rolled out."""
    found, answer = session.request(session.platform.controller.rollout.resume)
    session.show(answer, lambda: _table(found, session.texts))


def _table(found: RolloutStatus, texts: Translator) -> RenderableType:
    models = dict.fromkeys([*found.wanted, *found.pinned, *found.serving])
    rows = [(each, found.wanted.get(each), found.pinned.get(each), found.serving.get(each)) for each in models]
    state = f"rollout.{found.state}"
    lines = [texts(state) if state in texts else found.state]
    if reason := said_or(found.message, found.reason, texts):
        lines.append(reason)
    if not rows:
        return stacked(*lines)
    return stacked(*lines, table(headings(texts, ("model", "wanted", "pinned", "serving")), rows, texts))
