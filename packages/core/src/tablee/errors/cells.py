"""Wrong cells as an error names them, and values as its sentences show them."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tablee.i18n.message import Message, english
from tablee.i18n.translator import Translator

MAX_CELLS = 20
"""How many wrong cells one answer names; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One wrong cell: where it is (rows count from 1), what stood there and what was expected."""

    row: int | None
    column: str | None
    value: Any
    expected: Message | str

    def to_dict(self) -> dict[str, Any]:
        """As JSON; `expectation` says the same as the English `expected`, as a key of the catalogue with its facts."""
        body = {"row": self.row, "column": self.column, "value": readable(self.value), "expected": str(self.expected)}
        return body | ({"expectation": self.expected.to_dict()} if isinstance(self.expected, Message) else {})

    @staticmethod
    def from_dict(body: Mapping[str, Any]) -> Cell:
        """What `to_dict` made; where another release named a text that is unknown here, its English sentence."""
        known = body.get("expectation", {}).get("key") in english()
        expected = Message.from_dict(body["expectation"]) if known else str(body["expected"])
        return Cell(body["row"], body["column"], body["value"], expected)

    def said(self, translator: Translator) -> str:
        """The cell as a sentence of the language: where it is, what stood there, what was expected."""
        place = "_and_".join(name for name in ("row", "column") if getattr(self, name)) or "table"
        expected = self.expected.said(translator) if isinstance(self.expected, Message) else self.expected
        value = translator("cell.nothing") if self.value is None else shorten(self.value)
        return translator(f"cell.{place}", row=self.row, column=self.column, value=value, expected=expected)

    def __str__(self) -> str:
        return self.said(english())


def shorten(value: Any, limit: int = 80) -> str:
    """A value as a person may read it in a sentence, cut at `limit` characters."""
    if isinstance(value, list | dict):  # from outside, perhaps nested deeper than `repr` can go
        brief = reprlib.Repr()
        brief.maxstring = brief.maxother = limit
        text = brief.repr(value)
    else:
        text = "nothing" if value is None else repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def readable(value: Any) -> Any:
    """A value that JSON can carry: numbers, booleans and short texts as they are, the rest as text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if value == value and abs(value) < 2**53 else str(value)
    return value[:200] if isinstance(value, str) else shorten(value, 200)
