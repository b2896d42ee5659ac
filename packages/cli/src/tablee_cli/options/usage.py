"""Wrong uses of the command that Typer does not find, as messages of the catalogue."""

from __future__ import annotations

from typing import Any

import typer

from tablee.errors import TableeError
from tablee.i18n.message import Message


class WrongUse(typer.BadParameter):
    """The command was called in a wrong way.

    :param what: a key of the catalogue below `usage`, or the sentence itself.
    :param at: the option or argument that the error names.
    """

    def __init__(self, what: str | Message | TableeError, /, *, at: str | None = None, **facts: Any) -> None:
        sentence = Message(f"usage.{what}", facts) if isinstance(what, str) else what
        self.said = sentence if at is None else Message("usage.at", {"where": at, "what": sentence})
        super().__init__(str(sentence), param_hint=at)
