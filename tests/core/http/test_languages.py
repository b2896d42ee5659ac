"""The language of an error's response follows `Accept-Language`."""

from __future__ import annotations

import orjson
import pytest

from tablee.errors import Cell, InvalidRows, TableeError
from tablee.errors.causes import json_fault_at
from tablee.http.languages import accepted
from tablee.http.middleware import render_error
from tablee.i18n import Message


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (b"", "en"),
        (b"fr", "fr"),
        (b"fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        (b"de, fr;q=0.3", "fr"),
        (b"en;q=0.2, FR ; q=0.4", "fr"),
        (b"fr;q=0, en;q=0.1", "en"),
        (b"fr;q=half", "en"),
        (b"*", "en"),
        (b"*;q=0.1, fr;q=0.2", "fr"),
        (b"de", "en"),
        (b"\xff;;=,,fr", "fr"),
    ],
)
def test_the_language_that_is_liked_best(header: bytes, language: str) -> None:
    assert accepted(header) == language


def test_an_error_has_its_sentences_in_the_language_and_all_else_alike() -> None:
    error = InvalidRows([Cell(2, "age", "x", Message("expected.number"))])
    _, headers, english = render_error(error, {"headers": []})
    _, other, french = render_error(error, {"headers": [(b"accept-language", b"fr-FR")]})
    assert (dict(headers)[b"content-language"], dict(other)[b"content-language"]) == (b"en", b"fr")
    ours, theirs = orjson.loads(english), orjson.loads(french)
    assert theirs["title"] == "Lignes invalides"
    assert theirs["errors"][0]["expected"] == "un nombre"
    differ = {name for name in ours if ours[name] != theirs[name]}
    assert differ == {"title", "detail", "hint", "errors"}
    again = TableeError.from_problem(theirs)
    assert (again.detail, again.hint) == (error.detail, error.hint)


@pytest.mark.parametrize("text", [b"", b"{", b'{"a":1,}', b'{"a" 1}', b'"a\nb"', b"1 2", b"\xff", b"[" * 2000, b"01"])
def test_what_makes_a_text_no_json_is_named(text: bytes) -> None:
    with pytest.raises(orjson.JSONDecodeError) as caught:
        orjson.loads(text)
    fault = json_fault_at(caught.value).facts["fault"]
    assert fault.key != "json_fault.other"
