"""The texts of a language: all TOML files of the folder `{language}` of this package, and of other packages.

Tables nest, and the key of a text is its path: `[warning]` with `constant = "…"` is `warning.constant`. A text that
depends on a number is a table with `by`, the name of the value that decides, and a text for each plural category of
the language (`one`, `other`; https://cldr.unicode.org/index/cldr-spec/plural-rules). Several files may add to the same
table, but no key may be defined twice.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

Language = Literal["en", "fr"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "fr")

Entry = str | Mapping[str, str]
"""A text, or the texts between which a number decides."""

_PLURAL: Final = {"by", "zero", "one", "two", "few", "many", "other"}
"""What a text that depends on a number consists of."""
CORE: Final = __package__ or "tablee.i18n"
"""The package whose folders hold the texts that every part of the platform may need."""


def language_named(tag: str) -> Language | None:
    """The language of a tag or a locale, such as `fr-CA` or `fr_CA.UTF-8`; None if there are no texts in it."""
    primary = re.split("[-_.]", tag.strip().lower())[0]
    return next((each for each in LANGUAGES if each == primary), None)


@cache
def catalogue(language: Language, packages: tuple[str, ...] = (CORE,)) -> Mapping[str, Entry]:
    """All texts of a language by key.

    :param packages: names of packages that have a folder `{language}` with TOML files.
    :raises ValueError: a key is defined twice; names it.
    """
    found: dict[str, Entry] = {}
    for package in packages:
        folder = files(package).joinpath(language)
        for file in sorted(folder.iterdir(), key=lambda each: each.name):
            if file.name.endswith(".toml"):
                for key, entry in _flat(tomllib.loads(file.read_text("utf-8"))):
                    if key in found:
                        raise ValueError(f"the text {key} is defined twice, the second time in {package}/{file.name}")
                    found[key] = entry
    return found


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Entry]]:
    for name, value in table.items():
        if isinstance(value, str) or ("other" in value and value.keys() <= _PLURAL):
            yield prefix + name, value
        else:
            yield from _flat(value, f"{prefix}{name}.")
