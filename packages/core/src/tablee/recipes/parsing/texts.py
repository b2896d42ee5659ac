"""Cleaned texts, and texts that mark a missing value."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from tablee.recipes.steps import CleanText, MissingMarkers


def text_cleaner(step: CleanText) -> Callable[[str], str | None]:
    """The function that cleans a text; its result is None for an empty text.

    It removes accents if the step says so, composes characters (Unicode NFC), removes the spaces at both ends, makes
    one space of several, and changes the case.
    """
    case = {"keep": None, "lower": str.lower, "upper": str.upper}[step.case]
    bare = step.accents == "remove"

    def rule(text: str) -> str | None:
        if text.isascii():
            text = " ".join(text.split())
        else:
            if bare:
                decomposed = unicodedata.normalize("NFKD", text)
                text = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
            text = unicodedata.normalize("NFC", " ".join(text.split()))
        return (case(text) if case else text) or None

    return rule


def marker_remover(step: MissingMarkers) -> Callable[[str], str | None]:
    """The function that returns None for a text that is one of the step's markers, else the text itself."""
    markers = frozenset(marker.strip().casefold() for marker in step.markers)

    def rule(text: str) -> str | None:
        return None if text.strip().casefold() in markers else text

    return rule
