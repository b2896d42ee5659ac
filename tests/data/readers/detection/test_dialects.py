"""Separator, quote and header are found out from a sample, and what is not sure is said."""

from __future__ import annotations

import pytest

from tablee.datasets.reading import Corrections, Reason
from tablee_data.readers.detection.candidates import RECORDS
from tablee_data.readers.detection.dialects import detect_dialect, has_header, named_separator

NOTHING = Corrections()


@pytest.mark.parametrize(
    ("sample", "separator", "quote"),
    [
        ("a,b\n1,2\n", ",", '"'),
        ("a;b\n1;2\n", ";", '"'),
        ("a\tb\n1\t2\n", "\t", '"'),
        ("a|b\n1|2\n", "|", '"'),
        ("a;b\n1,5;2,5\n", ";", '"'),
        ("a;b;c\nx,y;1;2\nz;3;4\n", ";", '"'),
        ("a,b\n'x,y',1\n'z',2\n", ",", "'"),
        ("a,b\nl'eau,1\nd'or,2\n", ",", '"'),
        ('a;b\n"x;y";1\n', ";", '"'),
        ("a\n1\n", ",", '"'),
        ("a\nhello, world\nx\n", ";", '"'),
        ("a\nx;y\nz\n", ",", '"'),
    ],
)
def test_the_separator_that_gives_even_records(sample: str, separator: str, quote: str) -> None:
    found = detect_dialect(sample, NOTHING)
    assert (found.reading.separator, found.reading.quote) == (separator, quote)


@pytest.mark.parametrize(("cells", "separator"), [(2, "semicolon"), (3, "comma"), (19, "comma"), (20, "comma")])
def test_a_single_semicolon_in_a_record_of_commas_separates_nothing(cells: int, separator: str) -> None:
    """Of two cells it does: 1,2;3 has a decimal comma."""
    taken = detect_dialect(("1," * (cells - 1) + "2;3\n") * 3, NOTHING).decisions[0]
    assert (taken.chosen, taken.alternatives, taken.sure) == (separator, (), True)


def test_another_separator_that_gives_a_table_is_an_alternative() -> None:
    taken = detect_dialect("a;b,c\n" + "x;y,z\n" * 3, NOTHING).decisions[0]
    assert not taken.sure
    assert {taken.chosen, *taken.alternatives} == {"comma", "semicolon"}
    assert set(taken.examples) == {"comma", "semicolon"}


@pytest.mark.parametrize(
    ("asked", "reason", "chosen"),
    [
        (NOTHING, Reason.EVEN, "comma"),
        (Corrections(separator=";"), Reason.ASKED, "semicolon"),
        (Corrections(separator=":"), Reason.ASKED, ":"),
    ],
)
def test_the_reason_for_a_separator(asked: Corrections, reason: Reason, chosen: str) -> None:
    taken = detect_dialect("a,b\n1,2\n1,2\n3\n", asked).decisions[0]
    assert (taken.field, taken.reason, taken.chosen, taken.sure) == ("separator", reason, chosen, True)
    assert taken.facts == ({"share": 0.75, "cells": 2} if reason is Reason.EVEN else {})


def test_one_column_and_a_named_separator() -> None:
    assert detect_dialect("a\n1\n", NOTHING).decisions[0].reason is Reason.ONE_COLUMN
    named = detect_dialect("sep=|\r\na|b,c\r\n1|2\r\n", NOTHING)
    assert (named.reading.separator, named.decisions[0].reason, named.reading.header) == ("|", Reason.NAMED, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sep=;\na", (";", 6)),
        ("SEP=,\r\na", (",", 7)),
        ("sep=é\n", ("é", 7)),
        ("sep=;", (None, 0)),
        ("sep=;;\n", (None, 0)),
        ("asep=;\n", (None, 0)),
    ],
)
def test_a_first_line_may_name_the_separator(text: str, expected: tuple[str | None, int]) -> None:
    assert named_separator(text) == expected


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], (True, Reason.NO_LINE, True)),
        ([["a", "b"]], (True, Reason.ONE_LINE, False)),
        ([["a", ""], ["x", "y"]], (True, Reason.EMPTY_CELL, False)),
        ([["a", "b"], ["x", "1"]], (True, Reason.WORDS_OVER_VALUES, True)),
        ([["a", "b"], ["x", "2024-03-12"]], (True, Reason.WORDS_OVER_VALUES, True)),
        ([["a", "b"], ["x", "y"]], (True, Reason.WORDS_LIKE_OTHERS, False)),
        ([["a", "b"], ["x", "1"], ["y", "z"]], (True, Reason.WORDS_LIKE_OTHERS, False)),
        ([["a", "b"], ["x", "NA"]], (True, Reason.WORDS_LIKE_OTHERS, False)),
        ([["a", "b"], ["x", "-"], ["y", "1"]], (True, Reason.WORDS_OVER_VALUES, True)),
        ([["a", "1"], ["2", "3"]], (True, Reason.WORDS_OVER_VALUES, True)),
        ([["a", "2024"], ["x", "3"]], (True, Reason.YEARS, False)),
        ([["2023", "2024"], ["1", "3"]], (True, Reason.YEARS, False)),
        ([["1899", "2024"], ["1", "3"]], (False, Reason.VALUES_LIKE_OTHERS, True)),
        ([["1900", "2099"], ["1", "3"]], (True, Reason.YEARS, False)),
        ([["2100", "2024"], ["1", "3"]], (False, Reason.VALUES_LIKE_OTHERS, True)),
        ([["1", "2"], ["3", "4"]], (False, Reason.VALUES_LIKE_OTHERS, True)),
        ([["x", "2"], ["y", "4"]], (False, Reason.VALUES_LIKE_OTHERS, False)),
        ([["x", "x", "2"], ["y", "z", "4"]], (False, Reason.VALUES_LIKE_OTHERS, True)),
        ([["", "1"], ["5", "2"], ["", "3"]], (False, Reason.VALUES_LIKE_OTHERS, True)),
        ([["", "0", "1"], ["0", "7", "8"], ["1", "8", "9"]], (True, Reason.ROW_NUMBERS, True)),
        ([["", "0", "1"], ["x", "7", "8"], ["y", "8", "9"]], (True, Reason.COLUMN_NUMBERS, False)),
        ([["", "5", "1"], ["x", "7", "8"], ["y", "8", "9"]], (False, Reason.VALUES_LIKE_OTHERS, True)),
        ([["1", "2"], ["x", "y"]], (True, Reason.COLUMN_NUMBERS, False)),
        ([["0", "1", "2"], ["0.5", "1", "2"]], (False, Reason.VALUES_LIKE_OTHERS, False)),
        ([["a", "12/03/2024"], ["x", "7"]], (True, Reason.DATES_OVER_NUMBERS, False)),
        ([["5", "12/03/2024"], ["6", "7"]], (False, Reason.VALUES_LIKE_OTHERS, True)),
        ([["12/03/2024"], ["13/03/2024"]], (False, Reason.VALUES_LIKE_OTHERS, True)),
    ],
)
def test_whether_the_first_record_is_a_header(records: list[list[str]], expected: tuple[bool, Reason, bool]) -> None:
    assert has_header(records) == expected


def test_the_header_that_a_person_asks_for_is_no_decision() -> None:
    found = detect_dialect("1,2\n3,4\n", Corrections(header=True))
    assert (found.reading.header, [each.field for each in found.decisions]) == (True, ["separator"])
    assert detect_dialect("1,2\n3,4\n", NOTHING).decisions[1].chosen == "no"


@pytest.mark.parametrize(("sample", "even"), [("a,b\n1,2\n3", 1.0), ("a,b\n1,2\n3\n", 2 / 3), ("a,b", 1.0)])
def test_a_last_record_that_may_be_incomplete_does_not_count(sample: str, even: float) -> None:
    assert detect_dialect(sample, NOTHING).decisions[0].facts["share"] == pytest.approx(even)


def test_a_sample_without_records_has_the_usual_dialect() -> None:
    found = detect_dialect("\n\n", NOTHING)
    assert (found.reading.separator, found.reading.quote, found.reading.header) == (",", '"', True)
    assert found.decisions[1].reason is Reason.NO_LINE


def test_only_the_first_records_count() -> None:
    sample = "a,b\n" + "1,2\n" * (RECORDS - 1)
    assert detect_dialect(sample + "3\n", NOTHING).decisions[0].facts["share"] == 1.0
    assert detect_dialect(sample.removesuffix("1,2\n") + "3\n", NOTHING).decisions[0].facts["share"] < 1.0
