"""A file cut into parts and put together again is the same file."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tablee.errors import InvalidTable
from tablee_ui import chunks

CELLS = some.text(some.characters(codec="utf-8", exclude_characters="\0\r"), max_size=6)


@given(
    rows=some.lists(some.tuples(CELLS, CELLS), min_size=1, max_size=30),
    size=some.integers(1, 7),
    end=some.sampled_from(["\n", "\r\n"]),
    last=some.booleans(),
)
def test_parts_hold_every_row_once_and_in_order(rows: list[tuple[str, str]], size: int, end: str, last: bool) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end)
    writer.writerow(("a,b", 'c"d\ne'))
    writer.writerows(rows)
    data = text.getvalue().encode()
    data = data if last else data.removesuffix(end.encode())
    parts = list(chunks.split(data, rows=size))
    header = next(chunks.records(data))
    assert all(part.body.startswith(header) for part in parts)
    together = header + b"".join(chunks.ended(chunks.without_header(part.body)) for part in parts)
    assert together == chunks.ended(data)
    assert [part.first for part in parts] == list(range(1, len(rows) + 1, size))
    assert sum(part.rows for part in parts) == len(rows)
    assert chunks.columns(data) == ["a,b", 'c"d\ne']


def test_a_part_ends_when_it_is_large() -> None:
    data = b"a\n" + b"x" * 50 + b"\n" + b"y\n" * 5
    assert [part.rows for part in chunks.split(data, rows=100, size=20)] == [1, 5]


def test_empty_lines_are_no_rows() -> None:
    assert [part.rows for part in chunks.split(b"a\n\n1\n\r\n2\n", rows=10)] == [2]


def test_a_byte_order_mark_is_not_part_of_a_name() -> None:
    assert chunks.columns("\ufeffa,b\n1,2\n".encode()) == ["a", "b"]


def test_a_broken_file_is_named_by_its_line() -> None:
    with pytest.raises(InvalidTable, match="line 3"):
        chunks.count(b"a,b\n1,2\n3\n")
