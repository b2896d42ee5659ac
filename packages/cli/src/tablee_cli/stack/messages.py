"""Prints the events of the stack: one line for each change, and a spinner while it waits."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.status import Status
from rich.text import Text

from tablee.i18n.message import said
from tablee_cli.session import Session
from tablee_cli.stack.stack import Event

LINES = {
    "running": ("•", "dim"),
    "starting": (" ", "dim"),
    "restarting": ("•", "yellow"),
    "ready": ("✓", "green"),
    "unready": ("!", "yellow"),
    "stopped": ("✓", ""),
    "killed": ("!", "yellow"),
    "swept": ("✓", ""),
    "notice": ("•", "yellow"),
}
"""Sign and style of the line of each kind of event."""
SPINNING = ("waiting", "stopping")


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
        texts = self._session.texts
        detail = said(event.detail, texts)
        sentence = texts(f"event.{event.kind}", name=event.name, detail=detail, seconds=round(event.seconds))
        if event.kind in LINES:
            sign, style = LINES[event.kind]
            self._session.note(Text.assemble((f"{sign} {event.name:<11}", style), sentence))
        elif self._spinner is not None and event.kind in SPINNING:
            self._spinner.update(sentence)
            self._spinner.start()
