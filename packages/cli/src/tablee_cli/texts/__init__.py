"""The texts of the command: the folders `en` and `fr`, in the form of `tablee.i18n.catalogue`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from tablee.i18n import Language, Translator
from tablee.i18n.data_texts import DataTranslator

PACKAGE: Final = __name__
"""The package with the catalogues."""


class CommandTranslator(DataTranslator):
    """Says a text of all parts of the platform in the words of the command, where its catalogue has some: a text
    `command.KEY` takes the place of `KEY`."""

    def __call__(self, key: str, /, **values: Any) -> str:
        own = f"command.{key}"
        return super().__call__(own if own in self else key, **values)


@cache
def texts_in(language: Language) -> DataTranslator:
    """The translator of a language, with the texts of the command."""
    return CommandTranslator(language, PACKAGE)


def headings(texts: Translator, names: Iterable[str]) -> list[str]:
    """The headings of a table's columns; an empty name gives an empty heading."""
    return [texts(f"heading.{name}") if name else "" for name in names]
