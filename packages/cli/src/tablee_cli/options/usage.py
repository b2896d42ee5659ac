"""Wrong uses of the command, as errors of the platform in the words of the catalogue."""

from __future__ import annotations

import re
from typing import Any

import typer
from pydantic import ValidationError
from typer._click import exceptions  # Typer has no public names for its errors and for the call that is parsed
from typer._click.globals import get_current_context

from tablee.errors import InvalidRequest, TableeError
from tablee.http.validation_errors import request_error
from tablee.i18n.message import Message
from tablee.tables.column_names import near


class WrongUse(typer.BadParameter):
    """The command was called in a wrong way that Typer does not find.

    :param what: a key of the catalogue below `usage`, or the sentence itself.
    :param at: the option or argument that the error names.
    """

    def __init__(self, what: str | Message | TableeError, /, *, at: str | None = None, **facts: Any) -> None:
        sentence = Message(f"usage.{what}", facts) if isinstance(what, str) else what
        self.said = sentence if at is None else Message("usage.at", {"where": at, "what": sentence})
        super().__init__(str(sentence), ctx=get_current_context(silent=True), param_hint=at)


def usage_error(error: typer.TyperException) -> InvalidRequest:
    """The error for a wrong use of the command, whether Typer found it or we did."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "tablee"
    return InvalidRequest("command_usage", hint="command_help", message=_what(error), command=command)


def _what(error: typer.TyperException) -> Message | TableeError | str:
    match error:
        case WrongUse():
            return error.said
        case exceptions.NoSuchOption():
            like = {"near": error.possibilities[0]} if error.possibilities else {}
            return _unknown("no_option", like, option=error.option_name)
        case exceptions.MissingParameter(param=param) if param is not None:
            return Message(f"usage.missing_{param.param_type_name}", {"name": _name(param)})
        case exceptions.BadParameter(param=param, __cause__=ValidationError() as fault) if param is not None:
            return request_error([{**each, "loc": (_name(param),)} for each in fault.errors(include_url=False)])
        case exceptions.BadOptionUsage():
            takes = "takes_no_value" if "not take" in error.message else "needs_value"
            return Message(f"usage.{takes}", {"option": error.option_name})
        case exceptions.UsageError(ctx=context) if context is not None:
            return _unexpected(error, context)
    return error.format_message()


def _unexpected(error: Any, context: Any) -> Message:
    """A command that does not exist, or words behind the last argument. Typer gives them in its sentence only."""
    commands = getattr(context.command, "commands", None)
    if commands is None:
        found = re.search(r"\((?!s\))(.*)\)$", error.message)
        return Message("usage.too_many_arguments", {"arguments": found[1] if found else error.message})
    found = re.search(r"'(.*?)'", error.message)
    name = found[1] if found else error.message
    return _unknown("no_command", near(name, commands), command=name, commands=list(commands))


def _unknown(what: str, like: dict[str, str], **facts: Any) -> Message:
    unknown = Message(f"usage.{what}", facts)
    return Message("reason.near", {"sentence": unknown, **like}) if like else unknown


def _name(param: Any) -> str:
    """An option or argument as one writes it."""
    return str(param.opts[0] if param.param_type_name == "option" else param.name)
