"""Blanks around the quotes of cells are left out, wherever the text is cut."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tablee.tables.csv.rewriting import without_padding

PADDED = {
    "before": (b'1, "a, b", 2\n', b'1,"a, b", 2\n'),
    "behind": (b'"a" ,"b"  \r\n', b'"a","b"\r\n'),
    "at the start": (b'  "a",b\n', b'"a",b\n'),
    "doubled quotes": (b'1, "say ""x, y"" ", 2\n', b'1,"say ""x, y"" ", 2\n'),
    "a line break in a cell": (b'1, "a\n "" b", 2\n', b'1,"a\n "" b", 2\n'),
    "a quote within a cell": (b'1, 5" pipe, "b"\n', b'1, 5" pipe,"b"\n'),
    "no quotes": (b"1, a , 2\n\n3,4\n", b"1, a , 2\n\n3,4\n"),
    "text behind a quote": (b'1, "a"b\n2, "c"\n', b'1, "a"b\n2, "c"\n'),
    "a quote that is never closed": (b'1, "a"\n2, "b\n', b'1,"a"\n2, "b\n'),
}
"""By name: a text, and what it becomes; from a malformed record on, nothing changes."""


@pytest.mark.parametrize("name", PADDED)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_blanks_around_quotes_go(name: str, size: int) -> None:
    text, expected = PADDED[name]
    blocks = (text[at : at + size] for at in range(0, len(text), size))
    assert b"".join(without_padding(blocks, ",", '"')) == expected


CELLS = st.text(alphabet='ab ,"\n', max_size=6)


@given(table=st.lists(st.lists(CELLS, min_size=2, max_size=3), min_size=1, max_size=5), blanks=st.integers(0, 2))
@settings(max_examples=100, deadline=None)
def test_cells_stay_what_they_are(table: list[list[str]], blanks: int) -> None:
    def written(cell: str) -> str:
        return " " * blanks + '"' + cell.replace('"', '""') + '"' + " " * (blanks // 2)

    text = "".join(",".join(map(written, row)) + "\n" for row in table).encode()
    plain = b"".join(without_padding(iter([text[:5], text[5:]]), ",", '"')).decode()
    assert list(csv.reader(io.StringIO(plain, newline=""), strict=True)) == table
