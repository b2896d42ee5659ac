"""What all errors have in common: a reason with facts, said in a language, and the JSON they travel as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from tablee.errors.cells import LONGEST_FACT, readable, with_near
from tablee.i18n.catalogue import LANGUAGES, Language
from tablee.i18n.message import Message, english, in_language, said
from tablee.i18n.translator import Translator


class TableeError(Exception):
    """Something went wrong that a person should hear about.

    :param reason: what happened, as a code of the catalogue.
    :param hint: the key of a hint that fits better than that of the class.
    :param facts: what the sentence of the reason shows.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"

    def __init__(self, reason: str, /, *, hint: str | None = None, **facts: Any) -> None:
        super().__init__(reason)
        self.reason, self.facts, self.hint_key = reason, facts, hint

    def __str__(self) -> str:
        return self.detail

    @property
    def detail(self) -> str:
        """What happened, in English."""
        return self.said(english())

    @property
    def hint(self) -> str:
        """What to do next, in English."""
        return self.advised(english())

    def said(self, translator: Translator) -> str:
        """What happened, in the language of `translator`."""
        key = self._key(translator)
        if key is None:  # of another release, which had this reason and sent its English sentence along
            return self.reason
        facts = {name: said(value, translator) for name, value in self.facts.items()}
        return with_near(translator, translator(key, **facts), facts)

    def advised(self, translator: Translator) -> str:
        """What to do next, in the language of `translator`."""
        if self.hint_key is None:
            return self.usual_hint(translator)
        key = f"hint.{self.hint_key}"
        if key not in translator:  # of another release, which sent its English sentence along
            return self.hint_key
        try:
            return translator(key, **{name: said(value, translator) for name, value in self.facts.items()})
        except KeyError:  # of a release whose hint showed fewer facts
            return self.usual_hint(translator)

    @classmethod
    def usual_hint(cls, translator: Translator) -> str:
        """What to do next after an error of this class, or of the nearest parent that says so."""
        codes = (each.code for each in cls.__mro__ if issubclass(each, TableeError))
        return next(translator(key) for code in codes if (key := f"hint.{code}") in translator)

    def members(self, translator: Translator) -> dict[str, Any]:
        """Extra members of the problem JSON, for the classes that have some.

        :param translator: of the language of their sentences.
        """
        return {}

    def problem(self, request_id: str = "", language: Language = "en") -> dict[str, Any]:
        """The answer's body: RFC 9457 members, then `code`, `hint`, `reason`, `facts`, `hint_code` (of a hint that
        is not the usual one of the class), `request_id` and what the class adds.

        :param language: of the sentences: title, detail, hint and what was expected. All else is the same in each.
        """
        translator = in_language(language)
        body: dict[str, Any] = {
            "type": f"urn:tablee:error:{self.code}",
            "title": translator(f"title.{self.code}"),
            "status": self.status,
            "detail": self.said(translator),
            "code": self.code,
            "hint": self.advised(translator),
        }
        if self._key(english()) is not None:
            body |= {"reason": self.reason, "facts": {name: plain(value) for name, value in self.facts.items()}}
        if self.hint_key is not None and f"hint.{self.hint_key}" in english():
            body["hint_code"] = self.hint_key
        if request_id:
            body["request_id"] = request_id
        return body | self.members(translator)

    @staticmethod
    def from_problem(body: Mapping[str, Any]) -> TableeError:
        """The error a service answered with, as our own class again (clients raise it)."""
        known = {cls.code: cls for cls in tree(TableeError)}
        cls = known.get(str(body.get("code")), TableeError)
        error = cls.__new__(cls)
        facts = {name: revived(value) for name, value in (body.get("facts") or {}).items()}
        TableeError.__init__(error, str(body.get("reason")), hint=body.get("hint_code"), **facts)
        if error._key(english()) is None:  # a reason of another release, or an answer that is not ours: its own words
            TableeError.__init__(error, str(body.get("detail") or "no_reason_given"))
        known_hints = {error.advised(in_language(language)) for language in LANGUAGES}
        if body.get("hint") and body["hint"] not in known_hints:
            error.hint_key = str(body["hint"])
        error._revive(body)
        return error

    def _revive(self, body: Mapping[str, Any]) -> None:
        """Take the extra members of a class out of problem JSON."""

    def _at(self, place: str, translator: Translator, sentence: str) -> str:
        """A sentence with the place before it, `line 3: …`, where it is known."""
        number = self.facts.get(place)
        if number is None:
            return sentence
        return translator(f"reason.at_{place}", sentence=sentence, **{place: number})

    def _key(self, translator: Translator) -> str | None:
        """Where the catalogue has the reason: below the code of the class, or of one of its parents."""
        for cls in type(self).__mro__:
            if issubclass(cls, TableeError) and (key := f"reason.{cls.code}.{self.reason}") in translator:
                return key
        return None


Words = Message | TableeError | str
"""A sentence that waits for its language, or words in English."""


def plain(value: Any) -> Any:
    """A fact as JSON."""
    if isinstance(value, TableeError):
        return value.problem()
    if isinstance(value, Message):
        return {"key": value.key, "facts": {name: plain(each) for name, each in value.facts.items()}}
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value[:LONGEST_FACT] if isinstance(value, str) else readable(value)


def revived(value: Any) -> Any:
    """A fact out of JSON: what `plain` made of an error or of a message becomes one again."""
    if isinstance(value, Mapping):
        if "code" in value and "detail" in value:
            return TableeError.from_problem(value)
        if {"key", "facts"} <= value.keys():
            return Message(str(value["key"]), {name: revived(each) for name, each in value["facts"].items()})
    return [revived(each) for each in value] if isinstance(value, list) else value


def stored(what: Words) -> dict[str, Any] | None:
    """A message or an error as JSON; None of words in English, which are stored beside it."""
    return None if isinstance(what, str) else dict(plain(what))


def restored(message: Mapping[str, Any] | None, otherwise: str) -> Words:
    """What `stored` wrote as a message or an error again; `otherwise` if there is none."""
    found = revived(message)
    return found if isinstance(found, Message | TableeError) else otherwise


def said_or(message: Mapping[str, Any] | None, otherwise: str, translator: Translator) -> str:
    """What `stored` wrote, in the language of `translator`.

    :param otherwise: is said if there is no message, or one of another release.
    """
    found = restored(message, otherwise)
    if isinstance(found, str) or (isinstance(found, Message) and found.key not in translator):
        return otherwise
    return found.said(translator)


def tree(root: type[TableeError]) -> list[type[TableeError]]:
    """The class and all below it, depth first."""
    return [root, *(cls for child in root.__subclasses__() for cls in tree(child))]
