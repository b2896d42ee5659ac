"""The session of one call of the command: the platform that it uses, and its output."""

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
from tablee.i18n.catalogue import Language
from tablee.i18n.data_texts import DataTranslator
from tablee_cli.stack.home import Home
from tablee_cli.stack.state_file import StackRecord
from tablee_cli.texts import texts_in
from tablee_cli.texts.language import of_environment
from tablee_client import Platform, recorded

WIDE = 200
"""Width in characters of output to a file or a pipe."""
USER_AGENT = "tablee-cli"

T = TypeVar("T")


def console(file: TextIO) -> Console:
    """A console that prints text as it is. Markup is off, because names and values of users may contain brackets."""
    width = None if file.isatty() else WIDE
    return Console(file=file, width=width, markup=False, highlight=False, emoji=False, soft_wrap=not file.isatty())


@dataclass
class Session:
    """The state of one call. Results go to `out`, notes and errors to `err`. With `json`, `out` gets one JSON document,
    and `err` only errors, as problem JSON."""

    home: Home
    url: str | None
    key: str | None
    json: bool
    out: Console
    err: Console
    language: Language = "en"
    """Of all that it prints."""
    _platform: Platform | None = None

    @classmethod
    def open(
        cls, *, url: str | None, key: str | None, as_json: bool, home: Path, language: Language | None = None
    ) -> Session:
        """
        :param language: None for that of the locale.
        """
        said_in = language or of_environment()
        return cls(Home(home), url or None, key or None, as_json, console(sys.stdout), console(sys.stderr), said_in)

    @property
    def platform(self) -> Platform:
        """The platform at `--url`; without that option, the local stack.

        :raises NotRunning: no URL was given, and no local stack runs.
        """
        if self._platform is None:
            self._platform = Platform(self.url, self.key, user_agent=USER_AGENT) if self.url else self._local()
        return self._platform

    @property
    def texts(self) -> DataTranslator:
        """The texts in the language of the reader."""
        return texts_in(self.language)

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

    def request(self, call: Callable[[], T]) -> tuple[T, Any]:
        """Call the platform. Returns the result of the call, and the JSON of the service's response.

        :param call: makes the requests; the JSON returned is that of the last response.
        """
        with recorded() as answers:
            value = call()
        return value, answers[-1].json()

    def show(self, answer: Any, render: Callable[[], RenderableType]) -> None:
        """Print the result of the command: `answer` with --json, else what `render` returns."""
        if self.json:
            self.dump(answer)
        else:
            self.out.print(render())

    def dump(self, answer: Any) -> None:
        self.out.file.write(json.dumps(answer, ensure_ascii=False, indent=2, default=str) + "\n")
        self.out.file.flush()

    def note(self, text: str | Text) -> None:
        """Print a note to `err`. With --json notes are not printed."""
        if not self.json:
            self.err.print(text)

    def report(self, error: TableeError) -> None:
        """Print an error: its code, detail and hint; with --json the whole problem JSON."""
        if self.json:
            self.err.file.write(
                json.dumps(error.problem(language=self.language), ensure_ascii=False, default=str) + "\n"
            )
            self.err.file.flush()
            return
        texts = self.texts
        self.err.print(Text.assemble((error.code, "bold red"), ": ", error.said(texts)))
        for cell in getattr(error, "cells", [])[1:]:
            self.err.print(Text(f"  {cell.said(texts)}"))
        self.err.print(Text(error.advised(texts), "dim"))
