"""The texts of the command: the folders `en` and `fr`, in the form of `tablee.i18n.catalogue`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

from tablee.i18n import Language, Translator
from tablee.i18n.data_texts import DataTranslator

PACKAGE: Final = __name__
"""The package with the catalogues."""


@cache
def texts_in(language: Language) -> DataTranslator:
    """The translator of a language, with the texts of the command."""
    return DataTranslator(language, PACKAGE)


def headings(texts: Translator, names: Iterable[str]) -> list[str]:
    """The headings of a table's columns; an empty name gives an empty heading."""
    return [texts(f"heading.{name}") if name else "" for name in names]
