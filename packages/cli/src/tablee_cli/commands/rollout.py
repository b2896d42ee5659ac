"""`tablee rollout status`, `pause`, `resume`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import RenderableType

from tablee_cli.client import Json
from tablee_cli.commands.models import person
from tablee_cli.options import Commands
from tablee_cli.session import Session
from tablee_cli.tables import stacked, table

MEANING = {
    "in_sync": "what serves is what the registry wants",
    "rolling": "new API processes are getting ready; what served before serves until they are",
    "failed": "what is wanted cannot be rolled out; it is tried again ever more rarely",
    "paused": "nothing is changed until `tablee rollout resume`",
}


def register(app: Commands) -> None:
    group = Commands(help="Whether what serves is what the registry wants; pause and resume.", no_args_is_help=True)
    group.add(status)
    group.add(pause)
    group.add(resume)
    app.add_typer(group, name="rollout")


def status(session: Session) -> None:
    """Show wanted, pinned and serving versions, and what is going on."""
    answer = session.platform.controller.get("/rollout")
    session.show(answer, lambda: _shown(answer))


def pause(
    session: Session, reason: Annotated[str, typer.Option("--reason", help="Why; `rollout status` tells it.")] = ""
) -> None:
    """Change nothing that serves, whatever the registry says, until it is resumed."""
    answer = session.platform.controller.post("/rollout/pause", {"by": person(), "reason": reason})
    session.show(answer, lambda: _shown(answer))


def resume(session: Session) -> None:
    """Roll out what is wanted by now."""
    answer = session.platform.controller.post("/rollout/resume")
    session.show(answer, lambda: _shown(answer))


def _shown(answer: Json) -> RenderableType:
    models = dict.fromkeys([*answer["wanted"], *answer["pinned"], *answer["serving"]])
    rows = [(each, *(answer[which].get(each) for which in ("wanted", "pinned", "serving"))) for each in models]
    meaning = MEANING.get(answer["state"])
    head = f"{answer['state']}: {meaning}" if meaning else str(answer["state"])
    lines = [head, answer["reason"]] if answer["reason"] else [head]
    return stacked(*lines, table(("model", "wanted", "pinned", "serving"), rows)) if rows else stacked(*lines)
