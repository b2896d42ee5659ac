"""English words in French sentences: those of the English catalogues that the French ones do not have.

What stands in quotation marks or backquotes is a name or a value that somebody gave; options, addresses, numbers and
names with underscores or capitals inside are the same in every language.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from tablee.i18n import Translator
from tablee.i18n.catalogue import CORE, Language, catalogue
from tablee.i18n.message import said

COMMON = frozenset(
    [
        "above",
        "after",
        "again",
        "already",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "before",
        "below",
        "between",
        "but",
        "by",
        "can",
        "cannot",
        "cell",
        "cells",
        "column",
        "columns",
        "could",
        "did",
        "do",
        "does",
        "each",
        "empty",
        "error",
        "every",
        "expected",
        "failed",
        "file",
        "for",
        "from",
        "given",
        "got",
        "had",
        "has",
        "have",
        "header",
        "here",
        "how",
        "invalid",
        "is",
        "it",
        "its",
        "line",
        "may",
        "missing",
        "must",
        "not",
        "number",
        "numbers",
        "of",
        "on",
        "only",
        "other",
        "row",
        "rows",
        "should",
        "such",
        "text",
        "texts",
        "than",
        "that",
        "the",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "unknown",
        "value",
        "values",
        "was",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "why",
        "will",
        "with",
        "within",
        "without",
        "would",
        "wrong",
    ]
)
"""English words that no French sentence has, even where a French text has a word of the same letters."""
SHARED = frozenset(["on", "an", "as", "but", "ni", "or", "main", "data", "file", "text"])
"""French words among them, and names that sentences show: members of JSON, a type of SQL."""

_LITERAL = re.compile(
    r"`[^`]*`|«[^»]*»|'[^']*'|\"[^\"]*\"|\{[^}]*\}|https?://\S+|s3://\S+|--[\w-]+|\S*[_/=@\\]\S*"
    r"|\b(?=\w*[a-zà-ÿ])\w+[A-Z]\w*|\b[A-Z][\w-]*[A-Z][\w-]*\b|\b\w+\.\w+\b"
)
_WORD = re.compile(r"(?<!\w)[A-Za-zÀ-ÿ]+(?:[’'][A-Za-zÀ-ÿ]+)*(?!\w)")


def plain_words(text: str) -> set[str]:
    """The words of a text in lower case, without what is the same in every language."""
    return {word.lower() for word in _WORD.findall(_LITERAL.sub(" ", text))}


@cache
def _all_words(language: Language, packages: tuple[str, ...]) -> frozenset[str]:
    entries = catalogue(language, (CORE, *packages)).values()
    texts = (text for entry in entries for text in ([entry] if isinstance(entry, str) else entry.values()))
    return frozenset(word for text in texts for word in plain_words(text))


def english_words(sentence: str, *packages: str) -> set[str]:
    """The English words of a sentence that should be French.

    :param packages: further packages with catalogues.
    """
    known = (_all_words("en", packages) - _all_words("fr", packages)) | (COMMON - SHARED)
    return plain_words(sentence) & {word for word in known if len(word) > 1}


def in_french(value: Any) -> str:
    """A message, an error or a text as a French reader sees it. It has no English word."""
    sentence = str(said(value, Translator("fr")))
    assert english_words(sentence) == set(), sentence
    return sentence
