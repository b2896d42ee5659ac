"""`tablee doctor`."""

from __future__ import annotations

import typer
from rich.console import RenderableType
from rich.text import Text

from tablee.errors import NotRunning
from tablee.i18n.translator import Translator
from tablee_cli.diagnosis.check import Answered, Situation
from tablee_cli.diagnosis.checks import walk
from tablee_cli.exits import Exit
from tablee_cli.options.shared import Commands
from tablee_cli.output.tables import stacked
from tablee_cli.session import Session

SIGNS = {"ok": ("✓", "green"), "failed": ("✗", "bold red"), "warning": ("!", "yellow"), "skipped": ("–", "dim")}


def register(app: Commands) -> None:
    app.add(doctor)


def doctor(session: Session) -> None:
    """Look for what is wrong, and say what mends it. Exit code 5 if something is."""
    try:
        platform = session.platform
    except NotRunning:
        platform = None
    found = list(walk(Situation(session.home, local=session.url is None, platform=platform), session.texts))
    healthy = all(answer.state != "failed" for answer in found)
    session.show(
        {"healthy": healthy, "checks": [answer.to_dict() for answer in found]}, lambda: _list(found, session.texts)
    )
    if not healthy:
        raise typer.Exit(Exit.UNHEALTHY)


def _list(found: list[Answered], texts: Translator) -> RenderableType:
    lines = []
    for answer in found:
        sign, style = SIGNS[answer.state]
        lines.append(Text.assemble((f"{sign} {answer.id:<12}", style), answer.detail))
        if answer.mend:
            lines.append(Text(f"  {'':<12}→ {answer.mend}", "bold" if answer.state == "failed" else ""))
    faults = sum(answer.state == "failed" for answer in found)
    verdict = Text(texts("doctor.fine"), "green") if not faults else Text(texts("doctor.failed", n=faults), "bold red")
    return stacked(*lines, verdict)
