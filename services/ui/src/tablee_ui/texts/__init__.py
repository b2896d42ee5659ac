"""Every text of the page, looked up in a catalogue a language: `fr.toml`, `en.toml`.

A key is `section.name`. An entry is a text with `{placeholders}`, or a table with `one` and `other` for texts that
depend on a number.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

LANGUAGES: Final = ("en", "fr")
"""Languages with a catalogue; their names in themselves are under `language.*` of each."""

Entry = str | Mapping[str, str]

_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>$~#|:^!(){}+-])")
_HARMLESS: Final = re.compile(r"(?!\d+\.)[^\W_]+((?:[ .,;/%'’-]+|_+)[^\W_]+)*%?")
"""Words with single marks between them, which Markdown leaves alone."""


@cache
def catalogue(language: str) -> dict[str, Entry]:
    """All entries of a language by key."""
    sections = tomllib.loads(files(__package__).joinpath(f"{language}.toml").read_text("utf-8"))
    return {f"{section}.{name}": entry for section, entries in sections.items() for name, entry in entries.items()}


def escaped(value: Any) -> str:
    """A value from outside as Markdown that shows just that value; unchanged if it can be, for it may be read aloud."""
    text = str(value)
    if _HARMLESS.fullmatch(text) and "--" not in text:
        return text
    return _MARKDOWN.sub(r"\\\1", text).replace("\n", " ")


class Texts:
    """The texts of one language.

    Called, it fills in values as they are, for places that show plain text; `rich` escapes them, for places that
    read Markdown.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._entries = catalogue(language)

    def __call__(self, key: str, **values: Any) -> str:
        """The text of a key; `KeyError` names a key that has none."""
        entry = self._entries[key]
        if not isinstance(entry, str):
            raise KeyError(f"{key} depends on a number: use `count`")
        return entry.format_map(values) if values else entry

    def rich(self, key: str, **values: Any) -> str:
        return self(key, **{name: escaped(value) for name, value in values.items()})

    def count(self, key: str, number: int, **values: Any) -> str:
        """A text that depends on a number, which it may show as `{n}` (given, or the number itself)."""
        entry = self._entries[key]
        if isinstance(entry, str):
            raise KeyError(f"{key} does not depend on a number")
        single = number in (0, 1) if self.language == "fr" else number == 1
        return entry["one" if single else "other"].format_map({"n": number} | values)

    def known(self, key: str, default: str) -> str:
        """The text of a key that may have none, such as one made from a service's answer."""
        entry = self._entries.get(key)
        return entry if isinstance(entry, str) else default
