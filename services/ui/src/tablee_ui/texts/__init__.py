"""All texts of the pages, in one catalogue for each language: `fr.toml`, `en.toml`.

A key is `section.name`. An entry is a text with `{placeholders}`, or a table with `one` and `other` for texts that
depend on a number.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

LANGUAGES: Final = ("en", "fr")
"""The languages of the catalogues. The keys `language.*` have the name of each language in that language."""

Entry = str | Mapping[str, str]

_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>$~#|:^!(){}+-])")
_UNCHANGED: Final = re.compile(r"(?!\d+\.)[^\W_]+((?:[ .,;/%'’-]+|_+)[^\W_]+)*%?")
"""Words with single punctuation marks between them, which Markdown does not change."""


@cache
def catalogue(language: str) -> dict[str, Entry]:
    """All entries of a language by key."""
    sections = tomllib.loads(files(__package__).joinpath(f"{language}.toml").read_text("utf-8"))
    return {f"{section}.{name}": entry for section, entries in sections.items() for name, entry in entries.items()}


def escaped(value: Any) -> str:
    """A value from outside as Markdown that shows exactly this value.

    A value that Markdown does not change is returned as it is, because a screen reader may read the text.
    """
    text = str(value)
    if _UNCHANGED.fullmatch(text) and "--" not in text:
        return text
    return _MARKDOWN.sub(r"\\\1", text).replace("\n", " ")


class Texts:
    """The texts of one language.

    A call fills in values as they are, for widgets that show plain text. `rich` escapes the values, for widgets that
    show Markdown.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._entries = catalogue(language)

    def __call__(self, key: str, **values: Any) -> str:
        """The text of a key, as plain text.

        :raises KeyError: there is no such key; names it.
        """
        entry = self._entries[key]
        if not isinstance(entry, str):
            raise KeyError(f"{key} depends on a number: use `count`")
        return entry.format_map(values) if values else entry

    def rich(self, key: str, **values: Any) -> str:
        """The text of a key, as Markdown with its values escaped."""
        return self(key, **{name: escaped(value) for name, value in values.items()})

    def count(self, key: str, number: int, **values: Any) -> str:
        """A text that depends on a number, which the text may show as `{n}`."""
        entry = self._entries[key]
        if isinstance(entry, str):
            raise KeyError(f"{key} does not depend on a number")
        single = number in (0, 1) if self.language == "fr" else number == 1
        return entry["one" if single else "other"].format_map({"n": number} | values)

    def known(self, key: str, default: str) -> str:
        """The text of a key that may not exist, such as one made from a service's answer."""
        entry = self._entries.get(key)
        return entry if isinstance(entry, str) else default

    def joined(self, parts: Sequence[str]) -> str:
        """Several texts as a list in a sentence: `a`, `a and b`, `a, b and c`."""
        if len(parts) < 2:
            return "".join(parts)
        return self("list.and", first=", ".join(parts[:-1]), last=parts[-1])
