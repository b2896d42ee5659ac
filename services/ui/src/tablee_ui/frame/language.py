"""The choice of the language of a page."""

from __future__ import annotations

from tablee.i18n import LANGUAGES, Language


def choose(*wishes: str | None, default: Language) -> Language:
    """The first wish that is one of our languages.

    :param wishes: language tags such as `fr` or `fr-CA`, the most wanted first.
    :param default: the language if no wish is one of ours.
    """
    for wish in wishes:
        asked = (wish or "").replace("_", "-").split("-")[0].lower()
        for language in LANGUAGES:
            if language == asked:
                return language
    return default
