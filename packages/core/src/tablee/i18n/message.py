"""A sentence that waits for its language: the key of its text, and the facts that the text shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from typing import Any, Protocol, runtime_checkable

from tablee.i18n.translator import Translator


@runtime_checkable
class Sentence(Protocol):
    """What can be said in any language."""

    def said(self, translator: Translator) -> str: ...


@dataclass(frozen=True, slots=True)
class Message:
    """A key of the catalogue with its facts; as a text it is the English sentence.

    A fact may itself be a message, or an error: it is then said in the same language.
    """

    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def said(self, translator: Translator) -> str:
        """The sentence in the language of `translator`."""
        facts = {
            name: each.said(translator) if isinstance(each, Sentence) else each for name, each in self.facts.items()
        }
        return translator(self.key, **facts)

    def __str__(self) -> str:
        return self.said(english())

    def to_dict(self) -> dict[str, Any]:
        """As JSON: `{"key": …, "facts": {…}}`."""
        facts = {name: each.to_dict() if isinstance(each, Message) else each for name, each in self.facts.items()}
        return {"key": self.key, "facts": facts}

    @staticmethod
    def from_dict(body: Mapping[str, Any]) -> Message:
        """What `to_dict` made.

        :raises KeyError: a member is missing.
        """
        facts = {
            name: Message.from_dict(each) if isinstance(each, Mapping) and {"key", "facts"} <= each.keys() else each
            for name, each in body["facts"].items()
        }
        return Message(str(body["key"]), facts)


def joined(parts: Sequence[Message | str], key: str) -> Message | str:
    """Several sentences or words as one.

    :param parts: at least one.
    :param key: a text with `{first}` and `{second}`, such as `part.and`.
    """
    return reduce(lambda first, second: Message(key, {"first": first, "second": second}), parts)


@cache
def english() -> Translator:
    """The translator for logs, and for the `detail` of an error's JSON."""
    return Translator("en")
