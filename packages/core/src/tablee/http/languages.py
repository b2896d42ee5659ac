"""The language of a response, by `Accept-Language` (RFC 9110, section 12.5.4)."""

from __future__ import annotations

from typing import Any

from tablee.i18n.catalogue import Language, language_named

DEFAULT: Language = "en"
_LONGEST = 1000
"""Characters of the header that are read."""


def language_of(scope: Any) -> Language:
    """The language in which the client of an ASGI request wants to read."""
    return accepted(b",".join(value for name, value in scope.get("headers", ()) if name == b"accept-language"))


def accepted(header: bytes) -> Language:
    """The language of the catalogues that the header likes best; English if it names none of them, or `*`.

    A region is not looked at: `fr-CA` is French. Of equal weights the first counts.
    """
    best, chosen = 0.0, DEFAULT
    for part in header[:_LONGEST].decode("latin-1").split(","):
        tag, _, rest = part.partition(";")
        language = language_named(tag) or (DEFAULT if tag.strip() == "*" else None)
        if language is not None and (weight := _weight(rest)) > best:
            best, chosen = weight, language
    return chosen


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        return min(float(value), 1.0) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0
