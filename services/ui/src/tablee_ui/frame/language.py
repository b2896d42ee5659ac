"""The choice of the language of a page."""

from __future__ import annotations

from tablee_ui.texts import LANGUAGES


def choose(*wishes: str | None, default: str) -> str:
    """The first wish that is one of our languages.

    :param wishes: language tags such as `fr` or `fr-CA`, the most wanted first.
    :param default: the language if no wish is one of ours.
    """
    for wish in wishes:
        language = (wish or "").replace("_", "-").split("-")[0].lower()
        if language in LANGUAGES:
            return language
    return default
