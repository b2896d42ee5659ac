"""The options that every command accepts, and the session that is opened from them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_type_hints

import typer
from pydantic import BaseModel, ValidationError

from tablee.errors import TableeError
from tablee.http.validation_errors import request_error
from tablee.i18n.catalogue import Language
from tablee_cli.exits import exit_for
from tablee_cli.session import Session

Url = Annotated[str | None, typer.Option("--url", envvar="TABLEE_URL")]
Key = Annotated[str | None, typer.Option("--key", envvar="TABLEE_KEY")]
AsJson = Annotated[bool, typer.Option("--json")]
LanguageOption = Annotated[Language | None, typer.Option("--language", envvar="TABLEE_LANGUAGE")]
HomeOption = Annotated[Path, typer.Option("--home", envvar="TABLEE_HOME")]

M = TypeVar("M", bound=BaseModel)

SHARED = {
    "url": (Url, None),
    "key": (Key, None),
    "as_json": (AsJson, False),
    "home": (HomeOption, Path(".tablee")),
    "language": (LanguageOption, None),
}


def checked(kind: type[M], members: dict[str, Any], options: Mapping[str, str]) -> M:
    """Validate a request. Members that are None are left out.

    :param options: the options of those members that have another name.
    :raises InvalidRequest: the members are not valid; names the options.
    """
    given = {name: value for name, value in members.items() if value is not None}
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        raise request_error({**each, "loc": _option(each["loc"], options)} for each in faults) from None


def _option(place: tuple[int | str, ...], options: Mapping[str, str]) -> tuple[str, ...]:
    """The place of a fault with the option in front, without the names that pydantic gives to the types of a union."""
    names = [each for each in place if isinstance(each, int) or each.isidentifier()]
    last = max((number for number, name in enumerate(names) if name in options), default=0)
    option = [options.get(str(each), f"--{each}") for each in names[last : last + 1]]
    within = names[last + 1 :]
    if any(isinstance(each, str) for each in within):
        option.append(".".join(map(str, within)))
    return (" ".join(option),) if option else ()


class OptionSet:
    """Base class of option sets. A subclass is a dataclass with one field for each option, and a command takes it as
    one parameter."""


class Commands(typer.Typer):
    """A Typer application. Its commands are functions whose first parameter is a `Session`; the shared options are
    added after their own. A parameter of type `OptionSet` is replaced by the options of the set."""

    def add(self, function: Callable[..., None], name: str | None = None) -> None:
        self.command(name)(_with_session(function))


def _with_session(function: Callable[..., None]) -> Callable[..., None]:
    keyword = inspect.Parameter.KEYWORD_ONLY
    hints = get_type_hints(function, include_extras=True)
    parameters: list[inspect.Parameter] = []
    sets: dict[str, type[OptionSet]] = {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        kind = hints[parameter.name]
        if isinstance(kind, type) and issubclass(kind, OptionSet):
            sets[parameter.name] = kind
            parameters += _options(kind)
        else:
            parameters.append(parameter.replace(kind=keyword, annotation=kind))

    def called(
        url: str | None, key: str | None, as_json: bool, home: Path, language: Language | None, **arguments: Any
    ) -> None:
        session = Session.open(url=url, key=key, as_json=as_json, home=home, language=language)
        try:
            for name, kind in sets.items():
                arguments[name] = kind(**{each.name: arguments.pop(each.name) for each in _options(kind)})
            function(session, **arguments)
        except TableeError as error:
            session.report(error)
            raise typer.Exit(exit_for(error)) from None
        finally:
            session.close()

    parameters += [
        inspect.Parameter(name, keyword, default=default, annotation=annotation)
        for name, (annotation, default) in SHARED.items()
    ]
    called.__name__, called.__doc__ = function.__name__, function.__doc__
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return called


def _options(kind: type[OptionSet]) -> list[inspect.Parameter]:
    hints = get_type_hints(kind, include_extras=True)
    own = inspect.signature(kind).parameters.values()
    return [each.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[each.name]) for each in own]
