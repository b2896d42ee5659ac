"""The options that every command takes, and the session that they open."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from tablee.errors import TableeError
from tablee_cli.exits import exit_for
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
