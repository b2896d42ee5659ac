"""All texts of the pages: the folders `en` and `fr`, and a translator that also escapes values for Markdown.

The folders have the form of `tablee.i18n.catalogue`: a key is `section.name`, an entry is a text with `{placeholders}`,
or a table with a text for each plural category.
"""

from __future__ import annotations

import re
from typing import Any, Final

from tablee.i18n import Language
from tablee.i18n.data_texts import DataTranslator

PACKAGE: Final = __name__
"""The package with the catalogues, for `tablee.i18n.catalogue`."""

_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>$~#|:^!(){}+-])")
_WORD: Final = r"(?:[^\W_]|[€£¥°²³µ§=@…])+"
_UNCHANGED: Final = re.compile(rf"(?!\d+[.)])\(?{_WORD}((?:[ .,;/%'’()-]+|_+){_WORD})*\)?%?")
"""Words with punctuation marks or parentheses between them, which Markdown does not change."""


def escaped(value: Any) -> str:
    """A value from outside as Markdown that shows exactly this value.

    A value that Markdown does not change is returned as it is, because a screen reader may read the text.
    """
    text = str(value)
    if _UNCHANGED.fullmatch(text) and "--" not in text:
        return text
    return _MARKDOWN.sub(r"\\\1", text).replace("\n", " ")


class Texts(DataTranslator):
    """The texts of one language: those of the pages, and those that the whole platform has.

    A call fills in values as they are, for widgets that show plain text. `rich` escapes the values, for widgets that
    show Markdown.
    """

    def __init__(self, language: Language) -> None:
        super().__init__(language, PACKAGE)

    def rich(self, key: str, /, **values: Any) -> str:
        """The text of a key as Markdown, with its values escaped. Numbers are not, they are written by the formatter.

        :raises KeyError: there is no such key, or a value that the text shows is missing; names it.
        """
        return self(
            key, **{name: value if isinstance(value, int | float) else escaped(value) for name, value in values.items()}
        )

    def known(self, key: str, default: str) -> str:
        """The text of a key that may not exist, such as one made from a service's answer."""
        return self(key) if key in self else default
