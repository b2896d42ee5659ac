"""No French text has an English word, and every error is said in French with its facts and a repair."""

from __future__ import annotations

import string
from typing import Any

import pytest
from english_words import english_words

from tablee.errors import Cell, InvalidRows, TableeError, tree
from tablee.errors.causes import json_fault, quoted, system_cause
from tablee.i18n import Message, Translator
from tablee.i18n.catalogue import catalogue

FR = Translator("fr")
CODES = {cls.code: cls for cls in tree(TableeError)}
REASONS = [key.split(".", 2)[1:] for key in catalogue("fr") if key.startswith("reason.") and key.count(".") == 2]


def texts(key: str) -> list[str]:
    entry = catalogue("fr")[key]
    return [entry] if isinstance(entry, str) else list(entry.values())


def facts(key: str) -> dict[str, Any]:
    """A value for everything that the text shows."""
    return {
        name: 2 if form not in ("", "and", "or") or name in ("more", "count") else "«\u00a0x\u00a0»"
        for text in texts(key)
        for _, name, form, _ in string.Formatter().parse(text)
        if name
    }


def test_no_french_text_has_an_english_word() -> None:
    found = {key: words for key in catalogue("fr") for text in texts(key) if (words := english_words(text))}
    assert found == {}


@pytest.mark.parametrize(("code", "reason"), REASONS, ids=lambda each: each)
def test_every_reason_is_said_in_french_with_a_repair(code: str, reason: str) -> None:
    if code not in CODES or (code, reason) == ("invalid_rows", "more"):
        return
    error = TableeError.__new__(CODES[code])
    TableeError.__init__(error, reason, **facts(f"reason.{code}.{reason}"))
    error.__dict__.setdefault("place", {})
    error.__dict__.setdefault("cells", [])
    error.__dict__.setdefault("step", None)
    error.__dict__.setdefault("column", None)
    error.__dict__.setdefault("total", 0)
    sentence, repair = TableeError.said(error, FR), error.advised(FR)
    assert english_words(f"{sentence}. {repair}") == set()
    body = error.problem(language="fr")
    assert (body["detail"], body["hint"]) == (error.said(FR), repair)
    assert english_words(body["title"]) == set()


def test_cells_are_said_in_french() -> None:
    error = InvalidRows(
        [Cell(2, "âge", "x", Message("expected.number")), Cell(None, "b", None, Message("expected.text"))]
    )
    told = [error.problem(language="fr")["detail"], *(cell.said(FR) for cell in error.cells)]
    assert [english_words(each) for each in told] == [set(), set(), set()]
    assert "reçu aucune valeur" in told[2]


def test_values_are_quoted_as_the_language_does() -> None:
    expected = Message("expected.number")
    shown = {value: Cell(1, "a", value, expected).said(FR) for value in ("it's", 12.5, True)}
    assert "reçu «\u00a0it's\u00a0»" in shown["it's"]
    assert "reçu 12,5," in shown[12.5]
    assert "reçu true," in shown[True]


def test_causes_from_outside_are_said_in_french() -> None:
    causes = [
        *(system_cause(OSError(number, "as the system says")) for number in (1, 2, 13, 28, 98, 104, 111, 9999)),
        system_cause(OSError("nothing")),
        *(json_fault(words) for words in ("Expecting value", "unexpected end of data", "another sentence")),
    ]
    assert [english_words(cause.said(FR)) for cause in causes] == [set()] * len(causes)
    assert quoted("MLflow", "no such run\n in there").said(FR) == "MLflow dit\u00a0: «\u00a0no such run in there\u00a0»"
