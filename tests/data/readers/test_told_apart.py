"""The examples of a question tell all of its readings apart, whatever it asks."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablee.datasets.questions import answered, questions
from tablee.datasets.reading import Corrections, Reason
from tablee_data.inference.decisions.telling import telling_cells
from tablee_data.readers.sniff import sniff

ROWS = 12
COLUMNS: dict[str, tuple[list[str], str]] = {
    "thousands or decimals": ([f"{each + 1},500" for each in range(ROWS)], "decimal"),
    "day or month": ([f"{each % 12 + 1:02d}/{(each * 5) % 12 + 1:02d}/2024" for each in range(ROWS)], "dates"),
    "the first days are the same": (["01/01/2024"] * 9 + ["02/03/2024"], "dates"),
    "three orders": ([f"{each % 12 + 1:02d}-{(each * 5) % 12 + 1:02d}-24" for each in range(ROWS)], "dates"),
    "late and early years": (["12/03/45", "13/02/71", "31/12/68", "31/12/69"], "first_year"),
    "early years only": (["13/02/24", "31/12/03"], "first_year"),
    "late years only": (["13/02/71", "31/12/99"], "first_year"),
    "powers of ten or codes": (["1E5", "2E3", "4E7", "7E1"], "type"),
    "numbers without the given sign": (["1.10", "2.30", "14.5"], "type"),
}
"""By name: cells, and the field of the question about them."""


@pytest.mark.parametrize("name", COLUMNS)
def test_examples_of_readings_differ(tmp_path: Any, name: str) -> None:
    cells, field = COLUMNS[name]
    file = tmp_path / "file.csv"
    file.write_text("v;t\n" + "".join(f"{cell};x{row}\n" for row, cell in enumerate(cells)))
    asked = Corrections(decimal=",") if "given sign" in name else Corrections(separator=";")
    found = sniff(file, asked=asked)
    (question,) = (each for each in questions(found.decisions) if each.field == field)
    choices = (question.chosen, *question.alternatives)
    assert question.examples.keys() == set(choices)
    assert all(question.examples[one] != question.examples[other] for one, other in combinations(choices, 2))
    for choice in choices:
        after = sniff(file, asked=answered(asked, question, choice, found.decisions))
        assert not [each for each in questions(after.decisions) if (each.field, each.column) == (field, "v")]


@pytest.mark.parametrize("other", ["0.25", "1,250.5"])
def test_a_column_that_contradicts_the_sign_of_the_file_is_asked_about(tmp_path: Any, other: str) -> None:
    file = tmp_path / "file.csv"
    file.write_text("v;w;t\n" + "".join(f"{row},5;{other};x{row}\n" for row in range(20)))
    found = sniff(file, asked=Corrections(decimal=","))
    (question,) = questions(found.decisions)
    assert (question.column, question.field, question.chosen) == ("w", "type", "number")
    assert question.reason is Reason.OTHER_THAN_SAID
    assert found.kinds["w"] == "number"
    assert sniff(file, asked=answered(Corrections(decimal=","), question, "text")).kinds["w"] == "text"
    numbers = sniff(file, asked=answered(Corrections(decimal=","), question, "number"))
    assert (numbers.kinds["w"], numbers.rows, questions(numbers.decisions)) == ("number", found.rows, ())


@pytest.mark.parametrize(("contradicted", "sure"), [("0,5", True), ("0.25", False)])
def test_the_sign_of_the_file_decides_a_column_of_two_readings_and_says_so(
    tmp_path: Any, contradicted: str, sure: bool
) -> None:
    file = tmp_path / "file.csv"
    file.write_text("v;w;t\n" + "".join(f"{row + 1}.250;{contradicted};x{row}\n" for row in range(20)))
    found = sniff(file, asked=Corrections(decimal=","))
    (said,) = (each for each in found.decisions if each.column == "v")
    assert (said.reason, said.chosen, said.sure) == (Reason.SAID_OF_ALL, ",", sure)
    assert found.rows[0]["v"] == 1250.0


@given(st.lists(st.lists(st.integers(0, 2), min_size=4, max_size=4), min_size=1, max_size=5, unique_by=tuple))
def test_cells_tell_all_readings_apart(values: list[list[int]]) -> None:
    readings = {at: dict(zip("abcd", each, strict=True)) for at, each in enumerate(values)}
    cells = telling_cells(readings)
    seen = [tuple(each[cell] for cell in cells) for each in readings.values()]
    assert len(set(seen)) == len(seen)
    assert len(cells) <= max(len(values) - 1, 0)
