"""A sentence that waits for its language: the key of its text, and the facts that the text shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from typing import Any, Protocol, runtime_checkable

from tablee.i18n.catalogue import Language
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
        if self.key not in translator:  # of a newer release, or of a catalogue that is not read here
            return self.key
        return translator(self.key, **{name: said(each, translator) for name, each in self.facts.items()})

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


def joined(parts: Sequence[Any], key: str) -> Any:
    """Several sentences or words as one.

    :param parts: messages, errors or words, at least one.
    :param key: a text with `{first}` and `{second}`, such as `part.and`.
    """
    return reduce(lambda first, second: Message(key, {"first": first, "second": second}), parts)


def said(value: Any, translator: Translator) -> Any:
    """A fact as a text of the language, where it is more than a text or a number."""
    if isinstance(value, list | tuple):
        return [said(each, translator) for each in value]
    return value.said(translator) if isinstance(value, Sentence) else value


@cache
def in_language(language: Language) -> Translator:
    """The translator of a language, with the texts that every part of the platform may need."""
    return Translator(language)


def english() -> Translator:
    """The translator for logs, and for the `detail` of an error's JSON."""
    return in_language("en")
