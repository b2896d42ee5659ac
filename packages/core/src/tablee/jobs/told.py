"""What a job says of itself: one sentence, which is stored in English and as a key of the catalogue."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from tablee.errors import TableeError
from tablee.errors.base import Words, restored, said_or, stored
from tablee.i18n.translator import Translator


class Told(BaseModel):
    """The state of a job with its sentence."""

    model_config = ConfigDict(use_attribute_docstrings=True)
    message: str = ""
    """One sentence: what is going on, or how it ended."""
    told: dict[str, Any] | None = None
    """`message` as a key of the catalogue with its facts, or as problem JSON."""

    def say(self, what: Words, english: str | None = None) -> None:
        """Set the sentence.

        :param english: its form in English, if that is not the one of `what`.
        """
        detail = what.detail if isinstance(what, TableeError) else str(what)
        self.message = detail if english is None else english
        self.told = stored(what)

    @property
    def sentence(self) -> Words:
        """The sentence, as a fact of an error; in English if an earlier release stored it."""
        return restored(self.told, self.message)

    def said(self, translator: Translator) -> str:
        """The sentence, in the language of `translator`; in English if an earlier release stored it."""
        return said_or(self.told, self.message, translator)
