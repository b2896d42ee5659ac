"""JSON documents of every form: the right table, or a refusal that says what is wrong and where."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tablee.datasets.privacy import Drop
from tablee.datasets.reading import Corrections, Reason
from tablee.errors import InvalidTable
from tablee_data.privacy.anonymiser import Anonymiser
from tablee_data.readers.json.structure import outline, records
from tablee_data.readers.table import Table, read

AB = {"a": [1.0, 2.0], "b": ["x", None]}
ROWS = [{"a": 1, "b": "x"}, {"a": 2, "b": None}]
BIG = 2**53 + 1


def stored(folder: Path, content: bytes, drop: str | None = None, **asked: Any) -> tuple[Table, dict[str, Any]]:
    file, target = folder / "file", folder / "stored.parquet"
    file.write_bytes(content)
    batch_filter = Anonymiser([Drop(column=drop)]) if drop else None
    table = read(file, target, filename="x.csv", asked=Corrections.model_validate(asked), batch_filter=batch_filter)
    return table, pl.read_parquet(target).to_dict(as_series=False)


RIGHT: dict[str, tuple[bytes, dict[str, list[Any]]]] = {
    "a list": (json.dumps(ROWS).encode(), AB),
    "a list over many lines": (json.dumps(ROWS, indent=2).encode(), AB),
    "a list with a mark and Windows' line breaks": (b"\xef\xbb\xbf" + b'[\r\n{"a":1,"b":"x"},\r\n{"a":2}\r\n]\r\n', AB),
    "a list in UTF-16": (json.dumps(ROWS).encode("utf-16"), AB),
    "a list in a member": (json.dumps({"count": 2, "next": None, "data": ROWS}).encode(), AB),
    "a list in a member, others behind": (
        json.dumps({"meta": {"x": [1, 2]}, "data": ROWS, "n": 2}, indent=1).encode(),
        AB,
    ),
    "objects that follow each other": ("\n".join(json.dumps(row, indent=1) for row in ROWS).encode(), AB),
    "columns": (json.dumps({"a": [1, 2], "b": ["x", None]}).encode(), AB),
    "columns over many lines": (json.dumps({"a": [1, 2], "b": ["x", None]}, indent=1).encode(), AB),
    "columns by row, as pandas writes": (json.dumps({"a": {"0": 1, "5": 2}, "b": {"0": "x", "5": None}}).encode(), AB),
    "columns by the names of rows": (
        b'{"pop":{"FR":67,"DE":83,"IT":59},"cap":{"FR":"Paris","DE":"Berlin","IT":"Rome"}}',
        {"column_1": ["FR", "DE", "IT"], "pop": [67.0, 83.0, 59.0], "cap": ["Paris", "Berlin", "Rome"]},
    ),
    "rows by name": (
        b'{"FR": {"pop": 67, "cap": "Paris"}, "DE": {"pop": 83, "cap": "Berlin"}}',
        {"column_1": ["FR", "DE"], "pop": [67.0, 83.0], "cap": ["Paris", "Berlin"]},
    ),
    "rows by number, as pandas writes": (b'{"0":{"a":1,"b":"x"},"1":{"a":2,"b":null}}', AB),
    "rows by number, with gaps": (b'{"1":{"a":1,"b":"x"},"7":{"a":2,"b":null}}', AB),
    "rows by year": (
        b'{"2019":{"pop":67,"gdp":2},"2020":{"pop":68,"gdp":3}}',
        {"column_1": [2019.0, 2020.0], "pop": [67.0, 68.0], "gdp": [2.0, 3.0]},
    ),
    "more rows by name than columns, all numbers": (
        b'{"FR":{"pop":67,"area":5},"DE":{"pop":83,"area":3},"IT":{"pop":59,"area":3}}',
        {"column_1": ["FR", "DE", "IT"], "pop": [67.0, 83.0, 59.0], "area": [5.0, 3.0, 3.0]},
    ),
    "rows by name, some without a value": (
        b'{"u1":{"a":1,"b":"x","c":true},"u2":{"a":2,"b":null}}',
        {"column_1": ["u1", "u2"], "a": [1.0, 2.0], "b": ["x", None], "c": ["true", None]},
    ),
    "rows by name with a column of the name of names": (
        b'{"u1":{"column_1":1,"b":"x"},"u2":{"column_1":2,"b":"y"}}',
        {"column_2": ["u1", "u2"], "column_1": [1.0, 2.0], "b": ["x", "y"]},
    ),
    "one object over many lines": (json.dumps({"a": 1, "b": "x"}, indent=1).encode(), {"a": [1.0], "b": ["x"]}),
    "lines": (b'{"a":1,"b":"x"}\n{"a":2}\n', AB),
    "one line": (b'{"a":1,"b":"x"}', {"a": [1.0], "b": ["x"]}),
    "brackets and quotes in texts": (
        json.dumps([{"t": '}]{[",\\'}, {"t": "\\"}], indent=1).encode(),
        {"t": ['}]{[",\\', "\\"]},
    ),
    "names in need of order": (b'[{" a ":1,"a":2}]', {"a": [1.0], "a_2": [2.0]}),
    "whole numbers beyond float64": (b'[{"id":%d},{"id":5}]' % BIG, {"id": [str(BIG), "5"]}),
    "whole numbers beyond 64 bits": (
        b'[{"id":123456789012345678901234567890}]',
        {"id": ["123456789012345678901234567890"]},
    ),
    "the same in lines": (b'{"id":123456789012345678901}\n{"id":null}\n', {"id": ["123456789012345678901", None]}),
    "decimals with many places": (b'[{"m":0.12345678901234567890}]', {"m": [0.1234567890123456789]}),
    "numbers with more digits than float64 holds": (
        b'[{"m":12345678901234567.89},{"m":1.5}]',
        {"m": ["12345678901234567.89", "1.5"]},
    ),
    "large numbers that float64 holds": (b'[{"m":9500000000000000.0},{"m":1.5}]', {"m": [9.5e15, 1.5]}),
    "exponents": (b'[{"m":1e300},{"m":1E5}]', {"m": [1e300, 1e5]}),
    "the largest whole number that fits": (b'[{"m":9007199254740991}]', {"m": [2.0**53 - 1]}),
    "NaN as Python writes it": (b'[{"m":NaN},{"m":1.5},{"m":-Infinity}]', {"m": [None, 1.5, None]}),
    "booleans": (b'[{"m":true},{"m":false}]', {"m": ["true", "false"]}),
    "NA is a text": (b'[{"c":"NA","n":1},{"c":"FR","n":2}]', {"c": ["NA", "FR"], "n": [1.0, 2.0]}),
    "members that only some have": (b'[{"a":1},{"b":"x"}]', {"a": [1.0, None], "b": [None, "x"]}),
}
"""By name: a file, and its table."""

REFUSED: dict[str, tuple[bytes, str, int | None]] = {
    "cut off": (b'[{"a":1},\n{"a":2}', "cut_json", None),
    "cut off in a text": (b'[{"a":"x', "cut_json", None),
    "an empty list": (b"[]", "no_rows", None),
    "an empty list in a member": (b'{"data": []}', "no_rows", None),
    "no comma": (b'[{"a":1}\n{"a":2}]', "json_between", 2),
    "a comma too many": (b'[{"a":1},]', "json_between", 1),
    "a number among objects": (b'[{"a":1},\n2]', "json_between", 2),
    "text behind": (b'[{"a":1}]\nx', "json_between", 2),
    "two lists behind each other": (b'[{"a":1}]\n[{"a":2}]', "json_between", 2),
    "lists as rows": (b'[["a","b"],[1,2]]', "json_rows_are_lists", 1),
    "two lists of rows": (b'{"x":[{"a":1}],"y":[{"a":2}]}', "json_several_lists", None),
    "columns of different lengths": (b'{"a":[1,2],"b":[1]}', "json_uneven_columns", 1),
    "objects of different names": (b'{"a":{"x":1,"y":2,"z":3},"b":{"u":1,"v":2}}', "json_uneven_columns", 1),
    "a name twice in an object that is a row": (b'{"a":{"x":1,"x":2},"b":{"x":3}}', "json_repeated_name", 1),
    "an object in a row": (b'[{"a":1},\n{"a":{"b":1}}]', "nested_object", 2),
    "a list in a row": (b'[\n{"a":[1]}]', "nested_list", 2),
    "a list in the only row": (b'{"a":1,"tags":["x"]}', "nested_list", 1),
    "a broken object": (b'[{"a":1},\n{"a":}]', "not_json", 2),
    "rows without members": (b"[{},{}]", "no_values", 1),
}
"""By name: a file that is refused, the reason, and the line."""


@pytest.mark.parametrize("name", RIGHT)
def test_a_document_gives_the_right_table(tmp_path: Path, name: str) -> None:
    content, cells = RIGHT[name]
    assert stored(tmp_path, content)[1] == cells


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_document_is_refused_with_its_line(tmp_path: Path, name: str) -> None:
    content, reason, line = REFUSED[name]
    with pytest.raises(InvalidTable) as refused:
        stored(tmp_path, content)
    assert (refused.value.reason, refused.value.place["line"]) == (reason, line)


def test_what_a_number_would_lose_and_what_looks_missing_is_said(tmp_path: Path) -> None:
    rows = b'{"m":12345678901234567.89,"c":"NA"}\n{"m":1.5,"c":"FR"}\n{"m":2,"c":"NA"}\n'
    decisions = {each.column: each for each in stored(tmp_path, rows)[0].decisions if each.column}
    assert (decisions["m"].chosen, decisions["m"].reason) == ("text", Reason.CODES)
    assert decisions["m"].facts == {"example": "12345678901234567.89"}
    assert (decisions["c"].chosen, decisions["c"].reason) == ("text", Reason.MARKER_IN_QUOTES)
    assert decisions["c"].facts == {"value": "NA", "count": 2}
    assert stored(tmp_path, rows, numbers=["m"])[1]["m"] == [12345678901234567.89, 1.5, 2.0]


def test_the_form_is_said(tmp_path: Path) -> None:
    def said(content: bytes) -> list[Reason | None]:
        return [each.reason for each in stored(tmp_path, content)[0].decisions if each.field == "format"]

    assert said(b'[{"a":1}]') == [Reason.JSON_DOCUMENT]
    assert said(b'{"n":1,"data":[{"a":1}]}') == [Reason.JSON_DOCUMENT, Reason.JSON_MEMBER]
    assert said(b'{"a":[1]}') == [Reason.JSON_DOCUMENT, Reason.JSON_COLUMNS]
    assert said(b'{"a":1}\n{"a":2}') == [Reason.JSON_LINES]


def test_nan_is_missing_with_a_remark(tmp_path: Path) -> None:
    table, _ = stored(tmp_path, b'[{"m":NaN},{"m":1.5},{"m":Infinity}]')
    facts = [each.facts for each in table.decisions if each.field == "missing"]
    assert facts == [{"value": "NaN", "count": 1}, {"value": "Infinity", "count": 1}]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'{"a":1,"a":2}\n{"a":3}\n', 1),
        (b'{"a":1,"b":2}\n{"a":3,"b":4,"a":3}\n', 2),
        (b'{"a" : 1, "a" : 2}\n', 1),
        (b'[{"a":1},\n{"a":1,"a":null}]', 2),
        (b'{"\\u0061":1,"a":2}\n', 1),
        (b'{"a":[1,2],"b":[3,4],"a":[5,6]}', 1),
        (b'{"a":12345678901234567890,"a":1}\n', 1),
    ],
)
def test_a_name_twice_in_an_object_is_refused(tmp_path: Path, content: bytes, line: int) -> None:
    with pytest.raises(InvalidTable) as refused:
        stored(tmp_path, content)
    assert (refused.value.reason, refused.value.place["line"]) == ("json_repeated_name", line)
    assert refused.value.place["column"] == "a"


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        (b'{"a":"x\\":y"}\n{"a":"\\"b\\":1"}\n', {"a": ['x":y', '"b":1']}),
        (b'{"a\\"":1,"b\\\\":2}\n', {'a"': [1.0], "b\\": [2.0]}),
        (b'{"a" : 1, "b"\t:2}\n', {"a": [1.0], "b": [2.0]}),
        (b'{"a":":","b":"\\\\"}\n', {"a": [":"], "b": ["\\"]}),
    ],
)
def test_signs_within_texts_are_no_names(tmp_path: Path, content: bytes, cells: dict[str, Any]) -> None:
    assert stored(tmp_path, content)[1] == cells


def test_a_dropped_column_may_hold_names_twice(tmp_path: Path) -> None:
    content = b'{"a":1,"tags":{"x":1,"x":2}}\n{"a":2,"tags":1,"tags":2}\n'
    assert stored(tmp_path, content, drop="tags")[1] == {"a": [1.0, 2.0]}


def test_options_are_heard(tmp_path: Path) -> None:
    content = b'[{"a":1,"b":{"c":2}},{"a":2,"b":[1]}]'
    with pytest.raises(InvalidTable) as refused:
        stored(tmp_path, content)
    assert "--drop b" in refused.value.hint
    assert stored(tmp_path, content, drop="b")[1] == {"a": [1.0, 2.0]}
    assert stored(tmp_path, b'[{"a":7},{"a":8.5}]', texts=["a"])[1] == {"a": ["7", "8.5"]}
    assert stored(tmp_path, b'{"a":7}\n{"a":8.5}\n', texts=["a"])[1] == {"a": ["7", "8.5"]}


TEXTS = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(['"', "\\", "{", "]", "\\\\", ",", "}]"])
VALUES = st.none() | st.booleans() | st.integers(-9, 9) | TEXTS
NESTED = st.recursive(VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))


@settings(deadline=None)
@given(
    rows=st.lists(st.dictionaries(TEXTS, NESTED, max_size=3), max_size=4),
    indent=st.sampled_from([None, 0, 2]),
    ascii_only=st.booleans(),
    size=st.integers(1, 50),
)
def test_objects_are_found_wherever_blocks_are_cut(
    rows: list[dict[str, Any]], indent: int | None, ascii_only: bool, size: int
) -> None:
    def blocks(value: Any) -> list[bytes]:
        text = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
        return [text[at : at + size] for at in range(0, len(text), size)]

    def found(value: Any, depth: int, parent: int = 0) -> list[Any]:
        return [json.loads(text) for _, text in records(blocks(value), depth, parent)]

    assert found(rows, 2) == rows
    wrapped = {"n": 1, "before": {"x": [1]}, "data": rows, "after": [[2]]}
    assert found(wrapped, 3, 1) == rows
    assert [each.name for each in outline(blocks(wrapped)).members] == ["before", "data", "after"]
    follow = [block for row in rows for block in [*blocks(row), b"\n"]]
    assert [json.loads(text) for _, text in records(follow, 1)] == rows


def test_a_large_list_is_read_in_constant_memory(tmp_path: Path) -> None:
    row = b'{"a": 1.5, "b": "some text that is as long as many are"}'
    file = tmp_path / "file"
    file.write_bytes(b"[" + b",\n".join([row] * 200_000) + b"]")
    blocks = (file.read_bytes()[at : at + (1 << 20)] for at in range(0, file.stat().st_size, 1 << 20))
    pieces = [*blocks]
    tracemalloc.start()
    assert sum(1 for _ in records(pieces, 2)) == 200_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 << 20


KEYED = {
    "rows by name": b'{"FR": {"pop": 67, "cap": "Paris"}, "DE": {"pop": 83, "cap": "Berlin"}}',
    "rows by number": b'{"0":{"a":1,"b":"x"},"1":{"a":2,"b":"y"}}',
    "columns by number": b'{"a":{"0":1,"1":2},"b":{"0":"x","1":"y"}}',
    "one of each": b'{"a":{"x":1}}',
    "400 rows": json.dumps({f"user{number}": {"a": number, "b": 1} for number in range(400)}).encode(),
}


@pytest.mark.parametrize("name", KEYED)
def test_objects_that_may_be_rows_or_columns_are_asked_about(tmp_path: Path, name: str) -> None:
    table, cells = stored(tmp_path, KEYED[name])
    asked = [each for each in table.decisions if not each.sure]
    assert [each.field for each in asked] == ["keyed"]
    assert {asked[0].chosen, *asked[0].alternatives} == asked[0].examples.keys() == {"yes", "no"}
    assert stored(tmp_path, KEYED[name], keyed=asked[0].chosen == "yes")[1] == cells
    other, transposed = stored(tmp_path, KEYED[name], keyed=asked[0].chosen == "no")
    assert transposed != cells
    assert all(each.sure for each in other.decisions)


def test_objects_that_cannot_be_columns_are_rows(tmp_path: Path) -> None:
    table, _ = stored(tmp_path, b'{"u1":{"a":1,"b":"x"},"u2":{"a":2}}')
    assert [(each.chosen, each.sure) for each in table.decisions if each.field == "keyed"] == [("yes", True)]
