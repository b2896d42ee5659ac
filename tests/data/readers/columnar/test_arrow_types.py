"""Columns of Parquet and Arrow files of every type: the right cells, or a refusal that names the column."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Context, Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tablee.datasets.privacy import Drop
from tablee.datasets.reading import Corrections, Reason
from tablee.errors import InvalidTable, TableeError
from tablee.tables.cells.cell_format import CellFormat, NumberFormat
from tablee_data.privacy.anonymiser import Anonymiser
from tablee_data.readers.sniff import sniff
from tablee_data.readers.table import Table, read

BIG = 2**53 + 1
PARIS = "Europe/Paris"


def written(folder: Path, table: pa.Table, **options: Any) -> Path:
    """A Parquet file, or one of Arrow if Parquet cannot hold the cells."""
    file = folder / "file.parquet"
    try:
        pq.write_table(table, file, **options)
    except pa.ArrowInvalid:
        with pa.ipc.new_file(file, table.schema) as out:
            out.write_table(table)
    return file


def column(folder: Path, array: pa.Array, **more: Any) -> list[Any]:
    """The stored cells of a file with this column."""
    return pl.read_parquet(target(folder, written(folder, pa.table({"a": array})), **more)[1])["a"].to_list()


def target(folder: Path, file: Path, **more: Any) -> tuple[Table, Path]:
    stored = folder / "stored.parquet"
    return read(file, stored, **more), stored


RIGHT: dict[str, tuple[pa.Array, list[Any]]] = {
    "int64": (pa.array([1, None, -3]), [1.0, None, -3.0]),
    "int64, the largest exact": (pa.array([2**53 - 1, 1 - 2**53]), [2.0**53 - 1, 1 - 2.0**53]),
    "int64, ids": (pa.array([BIG, 5, None]), [str(BIG), "5", None]),
    "int64, negative ids": (pa.array([-BIG, 5]), [str(-BIG), "5"]),
    "uint64, ids": (pa.array([2**64 - 1, 5], pa.uint64()), [str(2**64 - 1), "5"]),
    "float16": (pa.array([1.5, None], pa.float16()), [1.5, None]),
    "float32, not finite": (pa.array([0.5, float("inf"), float("nan")], pa.float32()), [0.5, None, None]),
    "float64, large": (pa.array([1e300, 2.0**60]), [1e300, 2.0**60]),
    "decimal32": (pa.array([Decimal("1.5")], pa.decimal32(5, 2)), [1.5]),
    "decimal128": (pa.array([Decimal("1.10"), None], pa.decimal128(10, 2)), [1.1, None]),
    "decimal128, many places": (
        pa.array([Decimal("0.1234567890123456789")], pa.decimal128(38, 19)),
        [0.1234567890123456789],
    ),
    "decimal256": (pa.array([Decimal("1.10"), None], pa.decimal256(50, 2)), [1.1, None]),
    "decimal128, ids": (
        pa.array([Decimal(BIG), Decimal("12345678901234567890")], pa.decimal128(38, 0)),
        [str(BIG), "12345678901234567890"],
    ),
    "decimal128, amounts beyond float64": (
        pa.array([Decimal("12345678901234567.89")], pa.decimal128(38, 2)),
        ["12345678901234567.89"],
    ),
    "a dictionary of numbers": (pa.array([7, 7, 9]).dictionary_encode(), [7.0, 7.0, 9.0]),
    "a dictionary of texts": (pa.array(["x", None, "x"]).dictionary_encode(), ["x", None, "x"]),
    "large_string": (pa.array(["é", None], pa.large_string()), ["é", None]),
    "string_view": (pa.array(["a longer text than fits", "b"], pa.string_view()), ["a longer text than fits", "b"]),
    "texts that stand for missing elsewhere": (pa.array(["NA", "null", "FR"]), ["NA", "null", "FR"]),
    "bool": (pa.array([True, False, None]), ["true", "false", None]),
    "null": (pa.nulls(2), [None, None]),
    "date32": (pa.array([dt.date(2024, 2, 11)]), ["2024-02-11"]),
    "date32, a far day": (pa.array([dt.date(9999, 12, 31), dt.date(1, 1, 1)]), ["9999-12-31", "0001-01-01"]),
    "date64": (pa.array([dt.date(2024, 2, 11)], pa.date64()), ["2024-02-11"]),
    "timestamp[s]": (pa.array([dt.datetime(2024, 2, 11, 8)], pa.timestamp("s")), ["2024-02-11T08:00:00"]),
    "timestamp[ns]": (pa.array([1_001], pa.timestamp("ns")), ["1970-01-01T00:00:00.000001001"]),
    "timestamp with a zone": (
        pa.array([dt.datetime(2024, 7, 1, tzinfo=dt.UTC)], pa.timestamp("us", PARIS)),
        ["2024-07-01T00:00:00"],
    ),
    "timestamp with an offset": (pa.array([0], pa.timestamp("ms", "+02:00")), ["1970-01-01T00:00:00"]),
    "timestamp with a zone that nobody knows": (pa.array([0], pa.timestamp("ms", "Mars/X")), ["1970-01-01T00:00:00"]),
    "time64": (pa.array([dt.time(1, 2, 3, 400)]), ["01:02:03.000400"]),
    "time32": (pa.array([dt.time(23, 59, 59)], pa.time32("s")), ["23:59:59"]),
    "duration": (pa.array([dt.timedelta(minutes=1.5), None]), [90.0, None]),
    "uuid": (pa.array([b"\0" * 15 + b"\1"], pa.uuid()), ["00000000-0000-0000-0000-000000000001"]),
    "bool8": (pa.array([1, None], pa.bool8()), ["true", None]),
}
"""By name: a column, and its cells."""

REFUSED: dict[str, tuple[pa.Array, str]] = {
    "binary": (pa.array([b"\x00\xff"]), "column_type"),
    "list": (pa.array([[1], None]), "column_type"),
    "struct": (pa.array([{"x": 1}]), "column_type"),
    "map": (pa.array([[("x", 1)]], pa.map_(pa.string(), pa.int64())), "column_type"),
    "fixed_size_binary": (pa.array([b"ab"], pa.binary(2)), "column_type"),
    "a year before 1": (pa.array([-800_000], pa.int32()).cast(pa.date32()), "year_out_of_range"),
    "a year of five digits": (pa.array([2**31 - 1], pa.int32()).cast(pa.date32()), "year_out_of_range"),
    "seconds far away": (pa.array([2**60], pa.timestamp("s")), "year_out_of_range"),
    "bytes that are no UTF-8 in a column of texts": (
        pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")]),
        "cell_not_utf_8",
    ),
}
"""By name: a column that is refused, and the reason."""


@pytest.mark.parametrize("name", RIGHT)
def test_a_column_of_a_type_has_the_right_cells(tmp_path: Path, name: str) -> None:
    array, cells = RIGHT[name]
    assert column(tmp_path, array) == cells


@pytest.mark.parametrize("name", RIGHT)
def test_a_file_of_arrow_has_the_same_cells(tmp_path: Path, name: str) -> None:
    array, cells = RIGHT[name]
    file = tmp_path / "file.arrow"
    with pa.ipc.new_file(file, pa.schema([("a", array.type)])) as out:
        out.write_batch(pa.record_batch([array], names=["a"]))
        out.write_batch(pa.record_batch([array], names=["a"]))
    table, stored = target(tmp_path, file)
    assert table.reading.format == "arrow"
    assert pl.read_parquet(stored)["a"].to_list() == cells * 2


@pytest.mark.parametrize("name", REFUSED)
def test_a_column_that_cannot_be_carried_is_refused_by_name_and_may_be_dropped(tmp_path: Path, name: str) -> None:
    array, reason = REFUSED[name]
    file = written(tmp_path, pa.table({"a": array, "b": list(range(len(array)))}))
    with pytest.raises(InvalidTable) as refused:
        target(tmp_path, file)
    assert (refused.value.reason, refused.value.place["column"]) == (reason, "a")
    assert "--drop a" in refused.value.hint
    _, stored = target(tmp_path, file, batch_filter=Anonymiser([Drop(column="a")]))
    assert pl.read_parquet(stored).columns == ["b"]
    assert sniff(file, dropped=["a"]).columns == ["a", "b"]


@pytest.mark.parametrize(
    "array",
    [pa.array([BIG, None]), pa.array([Decimal(BIG), None], pa.decimal128(38, 0)), pa.array([BIG, None], pa.uint64())],
    ids=["int64", "decimal", "uint64"],
)
@pytest.mark.parametrize("statistics", [True, False])
def test_ids_beyond_float64_are_texts_with_a_remark_and_the_other_choice_works(
    tmp_path: Path, array: pa.Array, statistics: bool
) -> None:
    file = written(tmp_path, pa.table({"id": array}), write_statistics=statistics)
    table, _ = target(tmp_path, file)
    (decision,) = [each for each in table.decisions if each.field == "type"]
    assert (decision.column, decision.chosen, decision.reason) == ("id", "text", Reason.CODES)
    assert decision.alternatives == ("number",)
    assert decision.examples == {"text": str(BIG), "number": str(2**53)}
    _, stored = target(tmp_path, file, asked=Corrections(numbers=("id",)))
    assert pl.read_parquet(stored)["id"].to_list() == [2.0**53, None]
    _, stored = target(tmp_path, file, asked=Corrections(texts=("id",)))
    assert pl.read_parquet(stored)["id"].to_list() == [str(BIG), None]


def test_texts_that_look_missing_are_said(tmp_path: Path) -> None:
    codes = pa.array(["NA", "FR", None, "NA"]).dictionary_encode()
    file = written(tmp_path, pa.table({"code": codes, "n": pa.array([1, 2, 3, 4])}))
    (found,) = [each for each in target(tmp_path, file)[0].decisions if each.field == "missing"]
    assert (found.column, found.chosen, found.reason) == ("code", "text", Reason.MARKER_IN_QUOTES)
    assert found.facts == {"value": "NA", "count": 2}


def test_the_first_inexact_number_may_be_far_below(tmp_path: Path) -> None:
    file = written(tmp_path, pa.table({"id": [*range(50_000), BIG]}), write_statistics=False, row_group_size=1000)
    assert target(tmp_path, file)[0].columns[0].kind != "number"


@pytest.mark.parametrize(
    ("array", "cells"),
    [
        (pa.array([75001, None]), ["75001", None]),
        (pa.array([75001.0, None, 0.5]), ["75001", None, "0.5"]),
        (pa.array([Decimal("1.10")], pa.decimal128(5, 2)), ["1.10"]),
        (pa.array([b"text in bytes"]), ["text in bytes"]),
        (pa.array([b"ab"], pa.binary(2)), ["ab"]),
        (pa.array([dt.timedelta(seconds=2)]), ["2"]),
    ],
)
def test_a_column_may_be_asked_for_as_text(tmp_path: Path, array: pa.Array, cells: list[Any]) -> None:
    assert column(tmp_path, array, asked=Corrections(texts=("a",))) == cells


def test_bytes_asked_for_as_text_must_be_text(tmp_path: Path) -> None:
    with pytest.raises(InvalidTable, match="row 2: the bytes"):
        column(tmp_path, pa.array([b"ab", b"\xff"]), asked=Corrections(texts=("a",)))


def test_the_index_of_pandas_is_left_out_with_a_remark(tmp_path: Path) -> None:
    metadata = {b"pandas": json.dumps({"index_columns": ["__index_level_0__"]}).encode()}
    table = pa.table({"x": [1, 3], "__index_level_0__": [0, 2]}).replace_schema_metadata(metadata)
    found, stored = target(tmp_path, written(tmp_path, table))
    assert pl.read_parquet(stored).columns == ["x"]
    (decision,) = [each for each in found.decisions if each.reason == Reason.PANDAS_INDEX]
    assert (decision.column, decision.chosen, decision.sure) == ("__index_level_0__", "left_out", True)
    _, stored = target(tmp_path, tmp_path / "file.parquet", batch_filter=Anonymiser([Drop(column="__index_level_0__")]))
    assert pl.read_parquet(stored).columns == ["x"]


INDEXES: dict[str, tuple[dict[str, pa.Array], list[str]]] = {
    "days": ({"__index_level_0__": pa.array([dt.datetime(2024, 1, 1), None])}, ["__index_level_0__"]),
    "dates": ({"__index_level_0__": pa.array([dt.date(2024, 1, 1), None])}, ["__index_level_0__"]),
    "names": ({"__index_level_0__": pa.array(["a", "b"])}, ["__index_level_0__"]),
    "categories": ({"__index_level_0__": pa.array(["a", "b"]).dictionary_encode()}, ["__index_level_0__"]),
    "fractions": ({"__index_level_0__": pa.array([0.5, 1.5])}, ["__index_level_0__"]),
    "several levels": (
        {"__index_level_0__": pa.array(["a", "a"]), "__index_level_1__": pa.array([1, 2])},
        ["__index_level_0__", "__index_level_1__"],
    ),
    "a name": ({"day": pa.array([1, 2])}, ["day"]),
    "row numbers": ({"__index_level_0__": pa.array([0, 1])}, []),
    "numbers of some rows": ({"__index_level_0__": pa.array([5, 9], pa.int32())}, []),
}
"""By name: an index as pandas writes it, and which of its levels are columns."""


@pytest.mark.parametrize("name", INDEXES)
def test_an_index_that_says_something_is_a_column(tmp_path: Path, name: str) -> None:
    index, kept = INDEXES[name]
    file = written(tmp_path, pa.table({"x": pa.array([1.5, 2.5]), **index}))
    found, stored = target(tmp_path, file)
    assert pl.read_parquet(stored).columns == ["x", *kept]
    assert [each.column for each in found.decisions if each.reason == Reason.PANDAS_INDEX] == [
        each for each in index if each not in kept
    ]


def test_a_dictionary_whose_indices_lead_nowhere_is_a_broken_file(tmp_path: Path) -> None:
    array = pa.DictionaryArray.from_arrays(pa.array([0, 5], pa.int32()), pa.array(["a"]), safe=False)
    file = tmp_path / "file.arrow"
    with pa.ipc.new_file(file, pa.schema([("a", array.type)])) as out:
        out.write_batch(pa.record_batch([array], names=["a"]))
    with pytest.raises(InvalidTable) as refused:
        target(tmp_path, file)
    assert refused.value.reason == "broken_arrow_behind_row"


def test_a_name_that_is_no_utf_8_is_a_broken_file(tmp_path: Path) -> None:
    file = written(tmp_path, pa.table({"nameabc": [1, 2]}))
    file.write_bytes(file.read_bytes().replace(b"nameabc", b"name\xfcbc"))
    with pytest.raises(InvalidTable) as refused:
        target(tmp_path, file)
    assert refused.value.reason == "broken_parquet"


def test_row_numbers_of_pandas_may_be_kept(tmp_path: Path) -> None:
    name = "__index_level_0__"
    file = written(tmp_path, pa.table({"x": [1, 3], name: [5, 7]}))
    for asked, cells in ((Corrections(numbers=(name,)), [5.0, 7.0]), (Corrections(texts=(name,)), ["5", "7"])):
        found, stored = target(tmp_path, file, asked=asked)
        assert pl.read_parquet(stored)[name].to_list() == cells
        assert not [each for each in found.decisions if each.field == "columns"]
    _, stored = target(tmp_path, file, known={name: CellFormat(number=NumberFormat())})
    assert pl.read_parquet(stored)[name].to_list() == [5.0, 7.0]


@pytest.mark.parametrize("kind", [pa.float16(), pa.float32(), pa.float64()])
@pytest.mark.parametrize("encoded", [False, True])
def test_infinities_are_missing_with_a_remark(tmp_path: Path, kind: pa.DataType, encoded: bool) -> None:
    array = pa.array([1.5, float("inf"), None, float("-inf"), float("nan")], pa.float64()).cast(kind)
    array = array.dictionary_encode() if encoded and kind != pa.float16() else array
    file = written(tmp_path, pa.table({"a": array, "b": [1, 2, 3, 4, 5]}))
    found, stored = target(tmp_path, file)
    assert pl.read_parquet(stored)["a"].to_list() == [1.5, None, None, None, None]
    (remark,) = [each for each in found.decisions if each.field == "missing"]
    assert (remark.column, remark.facts) == ("a", {"value": "inf", "count": 2})


@pytest.mark.parametrize(("zone", "said"), [(PARIS, True), ("+05:30", True), ("UTC", False), ("+00:00", False)])
def test_times_of_another_zone_are_said_to_be_in_utc(tmp_path: Path, zone: str, said: bool) -> None:
    array = pa.array([dt.datetime(2024, 7, 1, tzinfo=dt.UTC)], pa.timestamp("us", zone))
    found, _ = target(tmp_path, written(tmp_path, pa.table({"a": array})))
    remarks = [(each.column, each.chosen, each.facts) for each in found.decisions if each.reason == Reason.ZONE]
    assert remarks == [("a", "UTC", {"zone": zone})] * said


def test_a_column_behind_nested_ones_is_judged_by_its_own_statistics(tmp_path: Path) -> None:
    nested = pa.array([{"x": [1], "y": 2}, {"x": [], "y": 3}])
    file = written(tmp_path, pa.table({"s": nested, "a.b": [1, 2], "id": [BIG, 1]}))
    table, stored = target(tmp_path, file, batch_filter=Anonymiser([Drop(column="s")]))
    assert pl.read_parquet(stored).to_dict(as_series=False) == {"a.b": [1.0, 2.0], "id": [str(BIG), "1"]}
    assert [each.column for each in table.decisions if each.field == "type"] == ["id"]


def test_a_column_that_was_a_number_before_takes_no_number_that_float64_changes(tmp_path: Path) -> None:
    file = written(tmp_path, pa.table({"id": [1, BIG]}))
    with pytest.raises(InvalidTable, match="row 2: a whole number too large"):
        target(tmp_path, file, known={"id": CellFormat(number=NumberFormat())})


def test_a_column_that_was_of_texts_before_stays_one(tmp_path: Path) -> None:
    assert column(tmp_path, pa.array([75001, None]), known={"a": CellFormat()}) == ["75001", None]


def test_an_arrow_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file.feather"
    with pa.ipc.new_file(file, pa.schema([("a", pa.int64())])) as out:
        out.write_batch(pa.record_batch([pa.array([1])], names=["a"]))
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(InvalidTable, match="the Arrow file is broken"):
        target(tmp_path, file)


_EXACT = Context(prec=100)
INTEGERS = {f"{sign}int{bits}": (sign, bits) for sign in ("", "u") for bits in (8, 16, 32, 64)}


@st.composite
def arrays(draw: st.DrawFn) -> pa.Array:
    """A column of any type with any cells."""
    rows = 4
    kind = draw(st.sampled_from([*INTEGERS, "float", "decimal", "text", "bytes", "bool", "moment", "day", "list"]))

    def cells(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(st.none() | values, min_size=rows, max_size=rows))

    if kind in INTEGERS:
        sign, bits = INTEGERS[kind]
        low, high = (0, 2**bits - 1) if sign else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        return pa.array(cells(st.integers(low, high)), getattr(pa, kind)())
    if kind == "float":
        return pa.array(cells(st.floats()), pa.float64())
    if kind == "decimal":
        precision = draw(st.integers(1, 76))
        scale = draw(st.integers(0, precision))
        limit = 10**precision - 1
        made = pa.decimal256 if precision > 38 or draw(st.booleans()) else pa.decimal128
        return pa.array(
            [
                None if each is None else Decimal(each).scaleb(-scale, context=_EXACT)
                for each in cells(st.integers(-limit, limit))
            ],
            made(precision, scale),
        )
    if kind == "text":
        found = pa.array(cells(st.text(max_size=5)), draw(st.sampled_from([pa.string(), pa.large_string()])))
        return found.dictionary_encode() if draw(st.booleans()) else found
    if kind == "bytes":
        return pa.array(cells(st.binary(max_size=3)), pa.binary())
    if kind == "bool":
        return pa.array(cells(st.booleans()))
    if kind == "moment":
        unit, zone = draw(st.sampled_from(["s", "ms", "us", "ns"])), draw(st.sampled_from([None, "UTC", PARIS]))
        return pa.array(cells(st.integers(-(2**63), 2**63 - 1)), pa.int64()).cast(pa.timestamp(unit, zone))
    if kind == "day":
        return pa.array(cells(st.integers(-(2**31), 2**31 - 1)), pa.int32()).cast(pa.date32())
    return pa.array(cells(st.lists(st.integers(0, 3), max_size=2)), pa.list_(pa.int64()))


@settings(deadline=None, max_examples=150)
@given(columns=st.lists(arrays(), min_size=1, max_size=4))
def test_whatever_the_types_no_value_is_changed_in_silence(
    tmp_path_factory: pytest.TempPathFactory, columns: list[pa.Array]
) -> None:
    folder = tmp_path_factory.mktemp("arrow")
    table = pa.table({f"c{at}": array for at, array in enumerate(columns)})
    try:
        _, stored = target(folder, written(folder, table))
    except TableeError:
        return
    for before, after in zip(columns, pl.read_parquet(stored), strict=True):
        for old, new in zip(before if pa.types.is_timestamp(before.type) else before.to_pylist(), after, strict=True):
            assert _is_same(old, new), (before.type, old, new)


def _is_same(old: Any, new: Any) -> bool:
    """Whether a stored cell is what the file says."""
    if isinstance(old, pa.Scalar):
        if not old.is_valid:
            return new is None
        ticks = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[old.type.unit]
        seconds, rest = divmod(old.value, ticks)
        whole = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=seconds)
        head, _, digits = new.partition(".")
        return head == whole.isoformat() and int((digits or "0").ljust(9, "0")) == rest * 10**9 // ticks
    if old in (None, "") or (isinstance(old, float) and not abs(old) < float("inf")):
        return new is None
    if isinstance(old, bool):
        return bool(new == str(old).lower())
    if isinstance(old, int) and isinstance(new, float):
        return int(new) == old
    if isinstance(old, Decimal):
        return float(old) == new and abs(old) < 2**53 if isinstance(new, float) else Decimal(new) == old
    return bool(new == (old if isinstance(old, float | str) else str(old)))


@pytest.mark.parametrize(
    ("texts", "asked"),
    [
        (["1.5", "2.5", None], True),
        (["1,5", "12", "3"], True),
        (["1", "2", "3"], True),
        (["007", "012"], False),
        (["1E5", "2E6"], False),
        (["1.5", "x"], False),
        (["a", "b"], False),
        (["2024-01-31", "2024-02-01"], False),
    ],
)
def test_numbers_that_are_written_as_texts_are_asked_about(
    tmp_path: Path, texts: list[str | None], asked: bool
) -> None:
    file = written(tmp_path, pa.table({"a": texts}))
    table, stored = target(tmp_path, file)
    assert pl.read_parquet(stored)["a"].to_list() == texts
    found = [each for each in table.decisions if not each.sure]
    assert [(each.reason, each.chosen, each.alternatives) for each in found] == (
        [(Reason.NUMBERS_AS_TEXT, "text", ("number",))] if asked else []
    )
    if asked:
        table, stored = target(tmp_path, file, asked=Corrections(numbers=("a",)))
        numbers = [None if text is None else float(text.replace(",", ".")) for text in texts]
        assert pl.read_parquet(stored)["a"].to_list() == numbers
        assert all(each.sure for each in table.decisions)


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_refusal_advises_is_not_refused_with_the_same_advice(tmp_path: Path, name: str) -> None:
    file = written(tmp_path, pa.table({"a": REFUSED[name][0], "b": list(range(len(REFUSED[name][0])))}))
    with pytest.raises(InvalidTable) as refused:
        target(tmp_path, file)
    advice = str(refused.value.hint)
    try:
        target(tmp_path, file, asked=Corrections(texts=("a",)))
    except InvalidTable as error:
        assert "text" not in str(error.hint).replace("no text", "")
        assert "as text" not in advice or error.reason == "cell_not_utf_8"
    else:
        assert "as text" in advice
