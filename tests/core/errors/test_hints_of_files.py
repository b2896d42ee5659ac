"""The hint of a refused file speaks of a place only where the error names one."""

from __future__ import annotations

import string

import pytest

from tablee.errors import InvalidTable, TableeError
from tablee.i18n.catalogue import LANGUAGES, catalogue
from tablee.i18n.message import in_language

REASONS = [key.split(".")[2] for key in catalogue("en") if key.startswith("reason.invalid_table.")]
PLACES = ("line", "row", "column")


def made(reason: str, **place: object) -> InvalidTable:
    entry = catalogue("en")[f"reason.invalid_table.{reason}"]
    texts = [entry] if isinstance(entry, str) else [text for name, text in entry.items() if name != "by"]
    shown = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}
    facts = dict.fromkeys({*shown, "count"} - {*PLACES, "value", "expected"}, 2)
    return InvalidTable(reason, value=2, expected="x", **facts, **place)  # type: ignore[arg-type]


@pytest.mark.parametrize("reason", sorted(set(REASONS)))
def test_a_place_is_spoken_of_where_it_is_named(reason: str) -> None:
    for language in LANGUAGES:
        texts = in_language(language)
        assert made(reason).advised(texts) == texts("hint.whole_file")
        for name in PLACES:
            assert made(reason, **{name: 2}).advised(texts) == texts("hint.invalid_table")


@pytest.mark.parametrize("place", [{}, {"line": 3}, {"column": "a"}])
def test_the_hint_is_the_same_after_the_way_over_http(place: dict[str, object]) -> None:
    error = made("broken_packing", **place)
    body = error.problem()
    again = TableeError.from_problem(body)
    assert (again.hint, again.problem()) == (error.hint, body)
