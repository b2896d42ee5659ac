"""Names of columns are checked, and new ones are not taken."""

from __future__ import annotations

import pytest

from tablee.errors import InvalidTable
from tablee.tables.column_names import MAX_NAME, check_names, clean_name, ordered_names, unique_names


@pytest.mark.parametrize(
    ("names", "column", "said"),
    [
        (["a", " "], "2", "line 3: column 2 has no name"),
        (["a", "b", "a"], "a", "line 3: column “a” stands there twice"),
        (["__target"], "__target", "line 3: column “__target” has a name that is kept for the platform"),
    ],
)
def test_names_that_no_table_may_have_are_refused(names: list[str], column: str, said: str) -> None:
    with pytest.raises(InvalidTable, match=said) as refused:
        check_names(names, 3)
    assert (refused.value.place["line"], refused.value.place["column"]) == (3, column)


def test_one_underscore_and_case_make_other_names() -> None:
    assert check_names(["_a", "A", "a", "a "], None) == ["_a", "A", "a", "a "]


def test_a_table_has_a_limit_of_columns_only_if_one_is_given() -> None:
    names = [f"c{at}" for at in range(4)]
    assert check_names(names, 1) == check_names(names, 1, limit=4) == names
    with pytest.raises(InvalidTable, match="line 1: 4 columns"):
        check_names(names, 1, limit=3)


def test_new_names_are_unlike_all_others() -> None:
    assert unique_names(["prediction", "p"], ["prediction", "prediction_1"]) == ["prediction_2", "p"]
    assert unique_names(["p", "p"], []) == ["p", "p_1"]


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        (" age ", "age"),
        ("\u00a0prix\u202f", "prix"),
        ("line\r\n  break", "line break"),
        ("a\tb", "a b"),
        ("\ufeffid", "id"),
        ("zero\u200bwidth\u2060", "zerowidth"),
        ("soft\u00adhyphen", "softhyphen"),
        ("e\u0301te\u0301", "été"),
        ("\u200e\u05e9\u200f", "\u05e9"),
        ("👨\u200d👩", "👨\u200d👩"),
        ("\u200d a \u200c", "a"),
        ("bell\x07", "bell"),
        ("two  blanks", "two  blanks"),
        ('"q"\\ ü', '"q"\\ ü'),
        ("\u200b", ""),
    ],
)
def test_a_clean_name_is_what_people_see(name: str, clean: str) -> None:
    assert clean_name(name) == clean == clean_name(clean)


@pytest.mark.parametrize(
    ("names", "given"),
    [
        (["a", "b"], ["a", "b"]),
        (["amount", "amount"], ["amount", "amount_2"]),
        (["a", "a", "a_2"], ["a", "a_3", "a_2"]),
        (["a", " a"], ["a", "a_2"]),
        (["", "a", " "], ["column_1", "a", "column_3"]),
        (["column_2", ""], ["column_2", "column_2_2"]),
        (["__proto__", "__index_level_0__"], ["__proto__", "__index_level_0__"]),
    ],
)
def test_names_are_put_in_order(names: list[str], given: list[str]) -> None:
    found, originals = ordered_names(names)
    assert found == given
    assert originals == {at: name for at, name in enumerate(names) if name != given[at]}
    assert check_names(found, 1) == found
    assert ordered_names(found) == (found, {})


def test_a_very_long_name_is_refused() -> None:
    assert check_names(["x" * MAX_NAME], 1)
    with pytest.raises(InvalidTable, match="more than 300 characters"):
        check_names(["x" * (MAX_NAME + 1)], 1)
