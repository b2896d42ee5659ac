"""Runs of blanks between cells count as one."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablee.tables.csv.spaces import single_spaces

TEXTS = st.lists(st.sampled_from(["a", "b", " ", "  ", "\n", "\r\n", '"', "é"]), max_size=30).map("".join)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    ends = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(ends)]


@given(text=TEXTS, places=st.lists(st.integers(0, 100), max_size=6), quote=st.sampled_from(['"', "'", ""]))
def test_the_result_does_not_depend_on_the_cuts(text: str, places: list[int], quote: str) -> None:
    data = text.encode()
    whole = b"".join(single_spaces(iter([data]), quote))
    assert b"".join(single_spaces(iter(cut(data, places)), quote)) == whole


@given(text=TEXTS)
def test_without_quotes_each_line_has_single_blanks(text: str) -> None:
    found = b"".join(single_spaces(iter([text.encode()]), "")).decode()
    assert found == "".join(re.sub(" +", " ", part).strip(" ") for part in re.split("(\r?\n)", text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('  "a  b"   c  \n', '"a  b" c\n'),
        ("'a  b'   c\n", "'a b' c\n"),
        ('"a \n  b"  c\r\n  d ""  \r\n', '"a \n  b" c\r\nd ""\r\n'),
        ("a   b", "a b"),
        ("a  ", "a"),
    ],
)
def test_blanks_between_quotes_stay(text: str, expected: str) -> None:
    assert b"".join(single_spaces(iter([text.encode()]), '"')).decode() == expected
