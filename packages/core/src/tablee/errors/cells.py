"""Wrong cells as an error names them, and values as its sentences show them."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tablee.i18n.message import Message, english, said
from tablee.i18n.translator import MAX_QUOTED, Translator

MAX_CELLS = 20
"""How many wrong cells one answer names; the rest is counted."""

LONGEST_FACT = 10_000
"""Most characters of a text in the facts of an error."""
_OF_COLUMNS: Final = {
    "expected.column": "no_column",
    "expected.column_or_null": "no_column",
    "expected.no_such_column": "unknown_column",
    "expected.column_of_data_set": "new_column",
}
"""By what was expected: what is said where a whole column is missing, or is not known."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One wrong cell: where it is (rows count from 1), what stood there and what was expected."""

    row: int | None
    column: str | None
    value: Any
    expected: Message | str
    line: int | None = None
    """Of the file, where the rows are those of one; it counts from 1, and the header is a line, too."""

    def to_dict(self, translator: Translator | None = None) -> dict[str, Any]:
        """As JSON; `expectation` says the same as the sentence `expected`, as a key of the catalogue with its facts.

        :param translator: of the language of that sentence; English if None.
        """
        expected = said(self.expected, translator or english())
        body = {"row": self.row, "column": self.column, "value": readable(self.value), "expected": expected}
        body |= {} if self.line is None else {"line": self.line}
        return body | ({"expectation": self.expected.to_dict()} if isinstance(self.expected, Message) else {})

    @staticmethod
    def from_dict(body: Mapping[str, Any]) -> Cell:
        """What `to_dict` made; where another release named a text that is unknown here, its English sentence."""
        known = body.get("expectation", {}).get("key") in english()
        expected = Message.from_dict(body["expectation"]) if known else str(body["expected"])
        return Cell(body["row"], body["column"], body["value"], expected, body.get("line"))

    def said(self, translator: Translator) -> str:
        """The cell as a sentence of the language: where it is, what stood there, what was expected. The line of a file
        is named where it is known, else the row."""
        key = self.expected.key if isinstance(self.expected, Message) else ""
        facts = {name: said(fact, translator) for name, fact in getattr(self.expected, "facts", {}).items()}
        places = {"line": self.line, "row": None if self.line else self.row, "column": self.column}
        given = {name: place for name, place in places.items() if place}
        if key not in _OF_COLUMNS:
            expected, value = said(self.expected, translator), shorten(self.value)
            return translator(f"cell.{'_and_'.join(given) or 'table'}", **given, value=value, expected=expected)
        sentence = translator(f"cell.{_OF_COLUMNS[key]}", **(facts | {"column": self.column}))
        sentence = with_near(translator, sentence, facts)
        return translator("reason.at_row", row=self.row, sentence=sentence) if self.row else sentence

    def __str__(self) -> str:
        return self.said(english())


def with_near(translator: Translator, sentence: str, facts: Mapping[str, Any]) -> str:
    """The sentence of an error about a name that does not exist, with the near name `near` among its facts."""
    near = facts.get("near")
    return sentence if near is None else translator("reason.near", sentence=sentence, near=near)


def shorten(value: Any, limit: int = MAX_QUOTED) -> str | int | float | None:
    """A value from outside as a fact, cut at `limit` characters; sentences show it as `{value:quoted}`."""
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 2**53):
        return value
    if isinstance(value, str):
        text = value
    else:  # perhaps a number of thousands of digits, or nested deeper than `repr` can go
        brief = reprlib.Repr()
        brief.maxstring = brief.maxother = limit
        text = brief.repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def readable(value: Any) -> Any:
    """A value that JSON can carry: numbers, booleans and short texts as they are, the rest as text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if value == value and abs(value) < 2**53 else str(value)
    return value[:200] if isinstance(value, str) else str(shorten(value, 200))
