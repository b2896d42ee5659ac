"""One call of the command: which platform it talks to, and how it speaks to whoever called it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, TypeVar

from rich.console import Console, RenderableType
from rich.text import Text

from tablee.errors import NotRunning, TableeError
from tablee_cli.stack.home import Home
from tablee_cli.stack.state_file import StackRecord
from tablee_client import Platform, recorded

WIDE = 200
"""Columns of a table that goes to a file or a pipe."""
USER_AGENT = "tablee-cli"

T = TypeVar("T")


def console(file: TextIO) -> Console:
    """Prints what it is given: no markup, since names and values of people may look like it."""
    width = None if file.isatty() else WIDE
    return Console(file=file, width=width, markup=False, highlight=False, emoji=False, soft_wrap=not file.isatty())


@dataclass
class Session:
    """Answers go to `out`, notes and errors to `err`; with `json`, `out` gets one document and `err` problems only."""

    home: Home
    url: str | None
    key: str | None
    json: bool
    out: Console
    err: Console
    _platform: Platform | None = None

    @classmethod
    def open(cls, *, url: str | None, key: str | None, as_json: bool, home: Path) -> Session:
        return cls(Home(home), url or None, key or None, as_json, console(sys.stdout), console(sys.stderr))

    @property
    def platform(self) -> Platform:
        """The platform behind --url, else the local stack; raises `NotRunning` when there is neither."""
        if self._platform is None:
            self._platform = Platform(self.url, self.key, user_agent=USER_AGENT) if self.url else self._local()
        return self._platform

    def close(self) -> None:
        if self._platform is not None:
            self._platform.close()
            self._platform = None

    def _local(self) -> Platform:
        record = StackRecord.read(self.home.record)
        url = record.url("controller")
        if url is None:
            raise NotRunning("no_stack", home=str(self.home.root))
        return Platform(url, self.key or record.key, user_agent=USER_AGENT)

    def asked(self, call: Callable[[], T]) -> tuple[T, Any]:
        """What a call of the platform returns, and the service's own JSON that it was made of.

        :param call: asks the platform; the last answer that it gets is the one returned.
        """
        with recorded() as answers:
            value = call()
        return value, answers[-1].json()

    def show(self, answer: Any, render: Callable[[], RenderableType]) -> None:
        """The answer of the command: as JSON, or as people like it."""
        if self.json:
            self.dump(answer)
        else:
            self.out.print(render())

    def dump(self, answer: Any) -> None:
        self.out.file.write(json.dumps(answer, ensure_ascii=False, indent=2, default=str) + "\n")
        self.out.file.flush()

    def note(self, text: str | Text) -> None:
        """Something on the way to the answer."""
        if not self.json:
            self.err.print(text)

    def report(self, error: TableeError) -> None:
        """The end by an error: code, detail, hint; with --json the whole problem."""
        if self.json:
            self.err.file.write(json.dumps(error.problem(), ensure_ascii=False, default=str) + "\n")
            self.err.file.flush()
            return
        self.err.print(Text.assemble((error.code, "bold red"), ": ", error.detail))
        for cell in getattr(error, "cells", [])[1:]:
            self.err.print(Text(f"  {cell}"))
        self.err.print(Text(error.hint, "dim"))
