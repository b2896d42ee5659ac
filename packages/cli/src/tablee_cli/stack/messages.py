"""Prints the events of the stack: one line for each change, and a spinner while it waits."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.status import Status
from rich.text import Text

from tablee_cli.session import Session
from tablee_cli.stack.stack import Event

LINES = {
    "running": ("•", "runs already at {detail}", "dim"),
    "starting": (" ", "starts", "dim"),
    "restarting": ("•", "is started again: {detail}", "yellow"),
    "ready": ("✓", "{detail} ({seconds:.0f} s)", "green"),
    "unready": ("!", "is not ready yet: {detail}", "yellow"),
    "stopped": ("✓", "stopped", ""),
    "killed": ("!", "did not stop in time and was killed", "yellow"),
    "swept": ("✓", "{detail} stopped", ""),
    "notice": ("•", "{detail}", "yellow"),
}
SPINNING = {"waiting": "waiting for {name} ({seconds:.0f} s)", "stopping": "stopping {name}"}


class EventPrinter:
    """Prints the events of a stack. With --json it prints nothing."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._spinner: Status | None = None

    def __enter__(self) -> Self:
        if self._session.err.is_terminal and not self._session.json:
            self._spinner = self._session.err.status("")
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._spinner is not None:
            self._spinner.stop()

    def tell(self, event: Event) -> None:
        if event.kind in LINES:
            sign, text, style = LINES[event.kind]
            said = text.format(detail=event.detail, seconds=event.seconds)
            self._session.note(Text.assemble((f"{sign} {event.name:<11}", style), said))
        elif self._spinner is not None and event.kind in SPINNING:
            self._spinner.update(SPINNING[event.kind].format(name=event.name, seconds=event.seconds))
            self._spinner.start()
