"""A value that a check of ours refuses while pydantic reads a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tablee.errors.cells import shorten
from tablee.i18n.message import Message, english


class Unfit(ValueError):
    """What was expected, as a text of the catalogue below `fit.own`; pydantic makes a `value_error` of it.

    :param facts: what the text shows.
    """

    def __init__(self, key: str, /, **facts: Any) -> None:
        self.expected = Message(f"fit.own.{key}", facts)
        super().__init__(key)

    def __str__(self) -> str:
        return f"expected {self.expected}"


def expectation(fault: Mapping[str, Any]) -> Message:
    """What was expected where pydantic found a fault, one of `ValidationError.errors()`."""
    kind, facts = str(fault["type"]), dict(fault.get("ctx") or {})
    cause = facts.get("error")
    if isinstance(cause, Unfit):
        return cause.expected
    if kind in ("value_error", "assertion_error"):
        return Message("fit.pydantic_says", {"words": shorten(str(cause), 200)})
    key = f"fit.{kind}"
    if key not in english():
        return Message("fit.of_type", {"type": kind})
    return Message(key, {name: _fact(value) for name, value in facts.items()})


def _fact(value: Any) -> Any:
    """A number as it is, all else as a text; lists of choices are given in quotation marks, `'a', 'b' or 'c'`."""
    if isinstance(value, int | float):
        return value
    return str(value).replace("'", "").replace(" or ", ", ")
