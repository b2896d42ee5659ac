"""Which language a visit speaks."""

from __future__ import annotations

from tablee_ui.texts import LANGUAGES


def choose(*wishes: str | None, default: str) -> str:
    """The first wish that we can meet; a wish is a language tag such as `fr` or `fr-CA`."""
    for wish in wishes:
        tongue = (wish or "").replace("_", "-").split("-")[0].lower()
        if tongue in LANGUAGES:
            return tongue
    return default
