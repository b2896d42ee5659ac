"""A value that a check of ours refuses while pydantic reads a document."""

from __future__ import annotations

from typing import Any

from tablee.i18n.message import Message


class Unfit(ValueError):
    """What was expected, as a text of the catalogue below `fit.own`; pydantic makes a `value_error` of it.

    :param facts: what the text shows.
    """

    def __init__(self, key: str, /, **facts: Any) -> None:
        self.expected = Message(f"fit.own.{key}", facts)
        super().__init__(key)

    def __str__(self) -> str:
        return f"expected {self.expected}"
