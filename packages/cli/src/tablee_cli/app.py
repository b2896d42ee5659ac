"""The command `tablee` with all its subcommands, and the report of usage errors."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer

from tablee import __version__
from tablee.errors import InvalidRequest
from tablee.i18n.catalogue import LANGUAGES, Language
from tablee.i18n.message import in_language
from tablee_cli.commands import data, demo, doctor, models, predict, rollout, score, sources, stack, training
from tablee_cli.exits import Exit
from tablee_cli.options.shared import Commands
from tablee_cli.options.usage import WrongUse
from tablee_cli.session import Session
from tablee_cli.texts import texts_in
from tablee_cli.texts.language import of_environment


def create_app() -> typer.Typer:
    """The Typer application with all commands."""
    app = Commands(
        name="tablee",
        help="Tables in, predictions out: the local stack, and the client of a running platform.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for module in (stack, doctor, data, sources, training, models, rollout, predict, score, demo):
        module.register(app)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tablee {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """The options that stand before a command."""


def run(arguments: list[str]) -> int:
    """Run the command and return its exit code."""
    app = create_app()
    try:
        code = app(arguments, prog_name="tablee", standalone_mode=False)
        return code if isinstance(code, int) else Exit.OK
    except typer.TyperException as error:
        _report_usage(error, as_json="--json" in arguments, language=_language(arguments))
        return Exit.USAGE
    except (KeyboardInterrupt, typer.Abort):
        print(texts_in(_language(arguments))("stack.interrupted"), file=sys.stderr)
        return Exit.INTERRUPTED
    except BrokenPipeError:  # the reader of our output closed the pipe, as `head` does: no error
        sys.stdout = None
        return Exit.OK


def _language(arguments: list[str]) -> Language:
    """The language of a call that cannot be parsed."""
    pairs = pairwise([part for each in arguments for part in _parted(each)])
    named = [after for option, after in pairs if option == "--language"]
    return next((each for each in LANGUAGES if each in named[-1:]), of_environment())


def _parted(argument: str) -> list[str]:
    """`--language=fr` as two arguments."""
    return argument.split("=", 1) if argument.startswith("--language=") else [argument]


def _report_usage(error: typer.TyperException, *, as_json: bool, language: Language) -> None:
    """Print what is wrong with the call. For a call without a command, the message of the error is the help text."""
    message = error.said if isinstance(error, WrongUse) else error.format_message()
    wrong = InvalidRequest("command_usage", hint="command_help", message=message)
    if as_json:
        Session.open(url=None, key=None, as_json=True, home=Path(), language=language).report(wrong)
    elif str(message).startswith("Usage:"):
        print(message, file=sys.stderr)
    else:
        texts = in_language(language)
        print(f"{wrong.said(texts)}\n{wrong.advised(texts)}", file=sys.stderr)
