"""The help of all commands in a language: the texts below `help` and `option` of the command's catalogue, and Typer's
own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import typer
import typer.main
from typer._click.formatting import HelpFormatter  # Typer has no public name for it

from tablee.i18n.translator import Translator

_METAVAR = re.compile(r"(?<![\w-])[A-Z]{2,}")
_TYPE = re.compile(r"<([a-z_\[ ]+)\]?>")
_DETAILS = re.compile(r"\[[^\[\]]*\]$")
_WORDS = {"env var: ": "environment", "default: ": "default", "required": "required"}
"""What Typer writes into the brackets behind the help of an option, and the key of its text."""


def command_in(app: typer.Typer, texts: Translator) -> Any:
    """The command of an application, with its help in a language."""
    root = typer.main.get_command(app)
    _say(root, "", texts)
    return root


def _say(command: Any, name: str, texts: Translator) -> None:
    """Set the texts of a command and of those below it.

    :param name: the words of the command without `tablee`, with `_` between them.
    """
    command.help = texts(f"help.{name or 'tablee'}")
    command.context_class = type("Context", (typer.Context,), {"formatter_class": partial(_Page, texts)})
    for option in command.get_params(command.context_class(command, help_option_names=["-h", "--help"])):
        own = f"option_of.{name or 'tablee'}.{option.name}"
        option.help = texts(own if own in texts else f"option.{option.name}")
    for word, child in getattr(command, "commands", {}).items():
        _say(child, f"{name}_{word}" if name else word, texts)


class _Page(HelpFormatter):
    """A page of help, on which Typer's words are those of a language."""

    def __init__(self, texts: Translator, **sizes: Any) -> None:
        super().__init__(**sizes)
        self._texts = texts

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, self._named(args), self._texts("help_page.usage"))

    def write_heading(self, heading: str) -> None:
        super().write_heading(self._texts(f"help_page.{heading.lower()}"))

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        said = [(self._named(name), _DETAILS.sub(self._details, help_text)) for name, help_text in rows]
        super().write_dl(said, col_max, col_spacing)

    def _named(self, text: str) -> str:
        """Options and arguments with their types and the words for their values in the language."""
        typed = _TYPE.sub(lambda found: f"<{self._texts(f'help_type.{_key(found[1])}')}>", text)
        return _METAVAR.sub(lambda found: self._texts(f"metavar.{found[0]}"), typed)

    def _details(self, found: re.Match[str]) -> str:
        details = found[0]
        for word, key in _WORDS.items():
            details = details.replace(word, self._texts(f"help_page.{key}"))
        return details


def _key(kind: str) -> str:
    """The key of a type such as `int range`."""
    return re.sub(r"\W", "_", kind)
