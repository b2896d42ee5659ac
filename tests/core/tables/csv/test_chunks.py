"""A stream is cut between records, and lines are counted in the file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tablee.errors import InvalidTable
from tablee.tables.csv.chunks import Chunk, chunks
from tablee.tables.csv.dialect import Dialect

FRENCH = Dialect(";", '"')
RECORDS = st.lists(st.sampled_from(["1;2", '"a\nb";x', '"";""""', '5" de;y', "", "é;'"]), min_size=1, max_size=8)


def blocks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


@settings(deadline=None)
@given(RECORDS, st.integers(1, 12), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_chunks_together_are_the_stream(records: list[str], size: int, ending: str, last: bool) -> None:
    text = ending.join(records) + ending * last
    found = list(chunks(blocks(text.encode(), size), FRENCH))
    whole = list(chunks(iter([text.encode()]), FRENCH))
    assert b"".join(chunk.body for chunk in found).removesuffix(b"\n") == text.encode().removesuffix(b"\n")
    assert [row for chunk in found for row in chunk.rows()] == [row for chunk in whole for row in chunk.rows()]
    filled = [record for record in records if record]
    assert [text for chunk in found for text in chunk.records()] == filled


def test_lines_are_counted_from_the_first_one_of_the_stream() -> None:
    (chunk,) = chunks(iter([b'\n"a\nb";c\n\n1;2\n']), FRENCH, 2)
    assert list(chunk.rows()) == [(3, ["a\nb", "c"]), (6, ["1", "2"])]
    assert [chunk.line_of(row) for row in range(2)] == [3, 6]
    below = chunk.below_header()
    assert (below.body, below.line, list(below.rows())) == (b"\n1;2\n", 5, [(6, ["1", "2"])])


def test_a_header_with_quotes_inside_of_a_cell_ends_at_its_line() -> None:
    chunk = Chunk(b'5" de;b\n"x\ny";1\n', 1, False, FRENCH)
    assert chunk.below_header() == Chunk(b'"x\ny";1\n', 2, False, FRENCH)


@pytest.mark.parametrize(("text", "said"), [('1;"x', "never closed"), ('1;"x"y', "text after a closing quote")])
def test_malformed_quotes_are_named_with_their_line(text: str, said: str) -> None:
    found = chunks(iter([f"a;b\n{text}\n".encode()]), FRENCH)
    with pytest.raises(InvalidTable, match=f"line 2: .*{said}"):
        [row for chunk in found for row in chunk.rows()]
