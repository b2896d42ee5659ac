"""A value that a check of ours refuses while pydantic reads a document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tablee.errors.cells import shorten
from tablee.i18n.message import Message, english

_PATTERNS: Final = {
    r"^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$": "name",
    r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$": "connection_name",
    r"^[A-Za-z0-9][A-Za-z0-9_-]*$": "id",
    r"^[^'\"/\\\x00-\x1f]+$": "model_name",
    r"^[^\x00-\x1f\\]+$": "address",
    r"^[A-Za-z0-9/._~-]*$": "base_path",
    r"^[1-9][0-9]*[mg]$": "heap",
    r"^[0-9A-Fa-f-]{6,}$": "uid",
}
"""The patterns of texts that people write, with the names of their descriptions."""
_SIGN: Final = re.compile(r"(?:^|, )'[^'\w]*'")
"""Matches a choice without a letter or digit, in its quotation marks."""


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
    if (named := _PATTERNS.get(str(facts.get("pattern")))) is not None:
        return Message(f"fit.pattern.{named}")
    key = f"fit.{kind}"
    if key not in english():
        return Message("fit.of_type", {"type": kind})
    return Message(key, {name: _fact(value) for name, value in facts.items()})


def _fact(value: Any) -> Any:
    """A number as it is, all else as a text; lists of choices are given in quotation marks, `'a', 'b' or 'c'`, which
    signs such as a comma keep."""
    if isinstance(value, int | float):
        return value
    listed = str(value).replace(" or ", ", ")
    return listed if _SIGN.search(listed) else listed.replace("'", "")
