"""The command `tablee` with all its subcommands, and the report of usage errors."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer
from typer._click.exceptions import NoArgsIsHelpError  # Typer has no public name for it

from tablee import __version__
from tablee.i18n.catalogue import LANGUAGES, Language
from tablee_cli.commands import data, demo, doctor, models, predict, rollout, score, sources, stack, training
from tablee_cli.exits import Exit
from tablee_cli.options.shared import Commands
from tablee_cli.options.usage import usage_error
from tablee_cli.session import Session
from tablee_cli.texts import texts_in
from tablee_cli.texts.help import command_in
from tablee_cli.texts.language import of_environment


def create_app() -> typer.Typer:
    """The Typer application with all commands."""
    app = Commands(
        name="tablee",
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
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_version)] = False,
) -> None:
    """The options that stand before a command."""


def run(arguments: list[str]) -> int:
    """Run the command and return its exit code."""
    language = _language(arguments)
    texts = texts_in(language)
    try:
        code = command_in(create_app(), texts).main(arguments, prog_name="tablee", standalone_mode=False)
        return code if isinstance(code, int) else Exit.OK
    except NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        return Exit.USAGE
    except typer.TyperException as error:
        as_json = "--json" in arguments
        Session.open(url=None, key=None, as_json=as_json, home=Path(), language=language).report(usage_error(error))
        return Exit.USAGE
    except (KeyboardInterrupt, typer.Abort):
        print(texts("stack.interrupted"), file=sys.stderr)
        return Exit.INTERRUPTED
    except BrokenPipeError:  # the reader of our output closed the pipe, as `head` does: no error
        sys.stdout = None
        return Exit.OK


def _language(arguments: list[str]) -> Language:
    """The language of the help, and of a call that cannot be parsed."""
    pairs = pairwise([part for each in arguments for part in _parted(each)])
    named = [after for option, after in pairs if option == "--language"]
    return next((each for each in LANGUAGES if each in named[-1:]), of_environment())


def _parted(argument: str) -> list[str]:
    """`--language=fr` as two arguments."""
    return argument.split("=", 1) if argument.startswith("--language=") else [argument]
