"""Names of columns are checked, and new ones are not taken."""

from __future__ import annotations

import pytest

from tablee.errors import InvalidTable
from tablee.tables.column_names import check_names, unique_names


@pytest.mark.parametrize(
    ("names", "column", "said"),
    [
        (["a", " "], "2", "line 3: column 2 has no name"),
        (["a", "b", "a"], "a", "line 3: column «a» stands there twice"),
        (["__a"], "__a", "line 3: column «__a» begins with two underscores"),
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
