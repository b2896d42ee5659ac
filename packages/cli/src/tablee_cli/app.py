"""The command `tablee`: its options, and what becomes of errors."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from tablee import __version__
from tablee.errors import InvalidRequest, TableeError
from tablee_cli.exits import Exit, exit_for
from tablee_cli.session import Session

Url = Annotated[
    str | None,
    typer.Option("--url", envvar="TABLEE_URL", help="Controller of the platform to talk to; else the local stack."),
]
Key = Annotated[
    str | None, typer.Option("--key", envvar="TABLEE_KEY", help="Access key, if the platform asks for one.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON document; errors as problem JSON.")]
HomeOption = Annotated[Path, typer.Option("--home", envvar="TABLEE_HOME", help="Directory of the local stack.")]

SHARED = {
    "url": (Url, None),
    "key": (Key, None),
    "as_json": (AsJson, False),
    "home": (HomeOption, Path(".tablee")),
}


class Commands(typer.Typer):
    """A Typer whose commands take a `Session` first, and the shared options last."""

    def add(self, function: Callable[..., None], name: str | None = None) -> None:
        self.command(name)(_with_session(function))


def _with_session(function: Callable[..., None]) -> Callable[..., None]:
    def called(url: str | None, key: str | None, as_json: bool, home: Path, **arguments: Any) -> None:
        session = Session.open(url=url, key=key, as_json=as_json, home=home)
        try:
            function(session, **arguments)
        except TableeError as error:
            session.report(error)
            raise typer.Exit(exit_for(error)) from None
        finally:
            session.close()

    hints = get_type_hints(function, include_extras=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    own = list(inspect.signature(function).parameters.values())[1:]
    parameters = [parameter.replace(kind=keyword, annotation=hints[parameter.name]) for parameter in own]
    parameters += [
        inspect.Parameter(name, keyword, default=default, annotation=annotation)
        for name, (annotation, default) in SHARED.items()
    ]
    called.__name__, called.__doc__ = function.__name__, function.__doc__
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return called


def create_app() -> typer.Typer:
    """All commands."""
    from tablee_cli.commands import data, demo, doctor, models, predict, stack, training

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
    for module in (stack, doctor, data, training, models, predict, demo):
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
    """What stands before any command."""


def run(arguments: list[str]) -> int:
    """Run the command and return its exit code."""
    app = create_app()
    try:
        code = app(arguments, prog_name="tablee", standalone_mode=False)
        return code if isinstance(code, int) else Exit.OK
    except typer.TyperException as error:
        _report_usage(error, as_json="--json" in arguments)
        return Exit.USAGE
    except (KeyboardInterrupt, typer.Abort):
        print("interrupted", file=sys.stderr)
        return Exit.INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        sys.stdout = None
        return Exit.OK


def _report_usage(error: typer.TyperException, *, as_json: bool) -> None:
    """What is wrong with the call; a call without any command gets the help, which is its own message."""
    if as_json:
        hint = "Run the command with --help."
        Session.open(url=None, key=None, as_json=True, home=Path()).report(
            InvalidRequest(error.format_message(), hint=hint)
        )
    elif (shown := error.format_message()).startswith("Usage:"):
        print(shown, file=sys.stderr)
    else:
        print(f"{shown}\nRun it with --help to see how it is called.", file=sys.stderr)
