"""The page names its own fields and no option of the command; the command names no part of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest

from tablee.i18n import LANGUAGES, Language
from tablee.i18n.catalogue import catalogue
from tablee_cli.texts import PACKAGE as COMMAND
from tablee_ui.texts import PACKAGE as PAGES

OPTION: Final = re.compile(r"(?<![\w-])--[a-z]")
PLACE: Final = re.compile(r"on the page|of the page\b|the button|sur la page|de la page\b|le bouton", re.IGNORECASE)
SHOWN_BY_PAGES: Final = ("decision.", "setting.", "choice.", "question.", "warning.", "action.", "kind.")
"""Beginnings of the shared keys that the pages show. Hints of errors name options, and no page shows them."""


def texts(language: Language, package: str) -> Iterator[tuple[str, str]]:
    """The shared texts and those of a package, by their keys."""
    for key, entry in catalogue(language, (package,)).items():
        for text in [entry] if isinstance(entry, str) else entry.values():
            yield key, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_names_an_option_of_the_command(language: Language) -> None:
    own = dict(texts(language, PAGES))
    shared = {key: text for key, text in catalogue(language).items() if key.startswith(SHOWN_BY_PAGES)}
    found = {key for key, text in (own | shared).items() if OPTION.search(str(text))}
    assert found == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_names_no_part_of_a_page(language: Language) -> None:
    every = [*texts(language, COMMAND), *((key, str(text)) for key, text in catalogue(language).items())]
    assert {key for key, text in every if PLACE.search(text)} == set()
