"""The choice of the language of a page."""

from __future__ import annotations

from tablee.i18n.catalogue import Language, language_named


def choose(*wishes: str | None, default: Language) -> Language:
    """The first wish that is one of our languages.

    :param wishes: language tags such as `fr` or `fr-CA`, the most wanted first.
    :param default: the language if no wish is one of ours.
    """
    return next((found for wish in wishes if (found := language_named(wish or ""))), default)
