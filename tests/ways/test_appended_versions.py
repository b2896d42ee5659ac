"""A later version of a data set has the same cells for the same rows, whatever format its file has, and rows that are
posted, too: the manifest says how the columns are written, and no file decides it anew."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import xlsx

from tablee.datasets.reading import Corrections
from tablee.datasets.store import Datasets
from tablee.errors import InvalidRows, InvalidTable
from tablee.storage.object_store import DirectoryStore
from tablee_data.readers import ingest
from tablee_data.transforms.append_files import FileAppender
from tablee_data.transforms.append_rows import append_rows
from ways.written import Written, quoted

Rows = Sequence[dict[str, Written]]


def as_csv(rows: Rows) -> bytes:
    lines = [",".join(map(quoted, rows[0]))]
    for row in rows:
        cells = [quoted(cell.text) if cell.quoted or "," in cell.text else cell.text for cell in row.values()]
        lines.append(",".join(cells))
    return "\n".join((*lines, "")).encode()


def typed(rows: Rows) -> list[dict[str, Any]]:
    return [{name: cell.typed for name, cell in row.items()} for row in rows]


def as_json_lines(rows: Rows) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in typed(rows))


def as_json(rows: Rows) -> bytes:
    return orjson.dumps(typed(rows))


def _table(rows: Rows) -> pa.Table:
    """With texts in a column that has values of several types, as Arrow wants one."""
    columns = {}
    for name in rows[0]:
        cells = [row[name] for row in rows]
        kinds = {type(cell.typed) for cell in cells} - {type(None)}
        is_mixed = len(kinds) > 1 and not kinds <= {int, float}
        values = [cell.text or None if is_mixed else cell.typed for cell in cells]
        columns[name] = pa.array(values, None if kinds else pa.string())
    return pa.table(columns)


def as_parquet(rows: Rows) -> bytes:
    out = io.BytesIO()
    pq.write_table(_table(rows), out)
    return out.getvalue()


def as_arrow(rows: Rows) -> bytes:
    out, table = io.BytesIO(), _table(rows)
    with pa.ipc.new_file(out, table.schema) as file:
        file.write_table(table)
    return out.getvalue()


def as_xlsx(rows: Rows) -> bytes:
    return xlsx([[*rows[0]], *[[cell.typed for cell in row.values()] for row in rows]])


FORMATS: dict[str, Callable[[Rows], bytes]] = {
    "csv": as_csv,
    "jsonl": as_json_lines,
    "json": as_json,
    "parquet": as_parquet,
    "arrow": as_arrow,
    "xlsx": as_xlsx,
}


class DataSet:
    """A data set of one file."""

    def __init__(self, folder: Path, body: bytes, ending: str, **asked: Any) -> None:
        self.folder = folder
        self.datasets = Datasets(DirectoryStore(folder / "objects"))
        file = folder / f"first.{ending}"
        file.write_bytes(body)
        corrections = Corrections.model_validate(asked)
        self.manifest, _ = ingest(self.datasets, "rows", file, filename=file.name, asked=corrections)

    def cells(self) -> dict[str, list[Any]]:
        return self.datasets.frame(self.manifest).to_dict(as_series=False)

    def appended(self, body: bytes, ending: str) -> dict[str, list[Any]]:
        """The cells of the rows of a file; the data set stays as it is."""
        with tempfile.TemporaryDirectory(dir=self.folder) as temporary:
            folder = Path(temporary)
            file = folder / f"later.{ending}"
            file.write_bytes(body)
            appender = FileAppender(
                self.datasets, "rows", folder, batch_filter=None, asked=Corrections(format=_FORMATS.get(ending))
            )
            appender.add(file, file.name)
            return pl.read_parquet(folder / "file-0.parquet").to_dict(as_series=False)

    def posted(self, rows: Rows) -> dict[str, list[Any]]:
        manifest, _ = append_rows(self.datasets, "rows", typed(rows))
        return self.datasets.frame(manifest).tail(len(rows)).to_dict(as_series=False)


_FORMATS: dict[str, Any] = {"csv": "csv", "jsonl": "jsonl", "json": "json"}
LEVELS = ("NA", "null", "1", "2", "X", "0.5", "  ", " a", "é", "10000000000000000")


def a_level(text: str) -> st.SearchStrategy[Written]:
    """A text, or the number that it is the shortest text of."""
    cells = [Written(text, text)]
    if text in ("1", "2"):
        cells += [Written(int(text), text), Written(float(text), text)]
    if text == "0.5":
        cells.append(Written(0.5, text))
    return st.sampled_from(cells)


LEVEL = st.sampled_from(LEVELS).flatmap(a_level) | st.just(Written(None, ""))
FLAG = st.sampled_from(
    [Written(True, "TRUE"), Written(False, "FALSE"), Written("TRUE", "TRUE"), Written("FALSE", "FALSE")]
)
NUMBER = st.sampled_from(
    [
        *(Written(value, str(value)) for value in (-99, -99.0, 5, 2.5, 1.125, 0, 1e15)),
        *(Written(None, "NA"), Written(None, "-99"), Written(None, "")),
    ]
)
WHOLE = st.integers(-3, 3).map(lambda value: Written(value, str(value)))
ROW = st.tuples(LEVEL, FLAG, NUMBER, WHOLE).map(
    lambda cells: dict(zip(("level", "flag", "v", "n"), cells, strict=True))
)
ROWS = st.lists(ROW, min_size=1, max_size=12)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> DataSet:
    """Levels that read as missing elsewhere, numbers that stand for a missing value, TRUE and FALSE."""
    lines = ["level,flag,v,n"]
    lines += [f"{LEVELS[at % 10]},{('TRUE', 'FALSE')[at % 2]},{(1.5, -99, 3)[at % 3]},{at}" for at in range(60)]
    columns = {"level": {"missing": []}, "v": {"missing": ["-99", "NA"]}}
    return DataSet(tmp_path_factory.mktemp("measured"), "\n".join(lines).encode(), "csv", columns=columns)


def expected(rows: Rows) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {"level": [], "flag": [], "v": [], "n": []}
    for row in rows:
        found["level"].append(row["level"].text or None)
        found["flag"].append(row["flag"].text)
        value = row["v"].typed
        found["v"].append(None if value in (None, -99) else float(value))
        found["n"].append(float(row["n"].typed))
    return found


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "xlsx"])
@settings(max_examples=12, deadline=None, suppress_health_check=[*HealthCheck])
@given(rows=ROWS)
def test_every_file_appends_the_same_cells(measured: DataSet, form: str, rows: Rows) -> None:
    assert measured.appended(FORMATS[form](rows), form) == expected(rows)


@settings(max_examples=4, deadline=None, suppress_health_check=[*HealthCheck])
@given(rows=ROWS)
def test_a_workbook_appends_the_same_cells(measured: DataSet, rows: Rows) -> None:
    whole = [row | {"n": Written(1, "1")} for row in rows]
    assert measured.appended(as_xlsx(whole), "xlsx") == expected(whole)


@settings(max_examples=10, deadline=None, suppress_health_check=[*HealthCheck])
@given(rows=ROWS)
def test_posted_rows_are_the_same_cells(measured: DataSet, rows: Rows) -> None:
    assert measured.posted(rows) == expected(rows)


FIRSTS = {
    "csv, no text is missing": (b"c,y\n" + b"NA,1\nFR,2\nDE,3\nIT,4\n" * 20, "csv", {"missing": [""]}),
    "csv, of the column": (b"c,y\nNA,1\nFR,2\nDE,3\n", "csv", {"columns": {"c": {"missing": []}}}),
    "workbook": (xlsx([["c", "y"], ["NA", 1], ["FR", 2]]), "xlsx", {}),
    "json lines": (b'{"c":"NA","y":1}\n{"c":"FR","y":2}\n', "jsonl", {}),
}


@pytest.mark.parametrize("first", FIRSTS)
def test_a_level_that_reads_as_missing_elsewhere_stays_one(tmp_path: Path, first: str) -> None:
    body, ending, asked = FIRSTS[first]
    data = DataSet(tmp_path, body, ending, **asked)
    assert data.cells()["c"][0] == "NA"
    rows = [{"c": Written("NA", "NA"), "y": Written(1, "1")}, {"c": Written("null", "null"), "y": Written(2, "2")}]
    for form, write in FORMATS.items():
        assert data.appended(write(rows), form)["c"] == ["NA", "null"], form


@pytest.mark.parametrize("pair", [("yes", "no"), ("Oui", "Non"), ("TRUE", "FALSE"), ("vrai", "faux"), ("t", "f")])
def test_true_and_false_are_the_texts_of_the_column(tmp_path: Path, pair: tuple[str, str]) -> None:
    lines = ["f,y", *(f"{text},1" for text in pair * 20)]
    data = DataSet(tmp_path, "\n".join(lines).encode(), "csv")
    rows = [{"f": Written(True, pair[0]), "y": Written(1, "1")}, {"f": Written(False, pair[1]), "y": Written(2, "2")}]
    for form, write in FORMATS.items():
        assert data.appended(write(rows), form)["f"] == [*pair], form
    assert data.posted(rows)["f"] == [*pair]


@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "parquet", "xlsx"])
@pytest.mark.parametrize(("marker", "value"), [("-99", -99), ("999", 999.0), ("-9999.0", -9999), ("0", 0)])
def test_a_number_may_stand_for_a_missing_value_in_a_first_file(
    tmp_path: Path, form: str, marker: str, value: float
) -> None:
    rows = [{"v": Written(each, f"{each}"), "y": Written(1, "1")} for each in (value, 5, 7.5)]
    data = DataSet(tmp_path, FORMATS[form](rows), form, columns={"v": {"missing": [marker]}})
    assert data.cells()["v"] == [None, 5.0, 7.5]
    assert data.posted(rows)["v"] == [None, 5.0, 7.5]


def test_a_marker_that_is_a_code_is_no_number(tmp_path: Path) -> None:
    data = DataSet(tmp_path, b"v,y\n7,1\n007,2\n8,3\n", "csv", columns={"v": {"missing": ["007"]}})
    assert data.cells()["v"] == [7.0, None, 8.0]


@pytest.mark.parametrize("text", ["1,125", "1.125,5", "2,5"])
def test_a_number_is_itself_beside_numbers_that_are_texts(tmp_path: Path, text: str) -> None:
    data = DataSet(tmp_path, b"v;y\n1.234,5;1\n2,25;2\n", "csv")
    number = data.manifest.cell_formats["v"].number
    assert number is not None
    assert (number.decimal, number.thousands) == (",", ".")
    for body, form in (
        (orjson.dumps([{"v": 1.125, "y": 1}, {"v": text, "y": 2}]), "json"),
        (xlsx([["v", "y"], [1.125, 1], [text, 2]]), "xlsx"),
    ):
        assert data.appended(body, form)["v"][0] == 1.125, form


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([["  ", 1], ["b", 2]], ["  ", "b"]),
        ([["a", 1], ["  ", 3], ["b", None]], ["a", "  ", "b"]),
        ([["a", 1], ["b", 2], ["\u00a0", 3]], ["a", "b", "\u00a0"]),
        ([["a", 1], ["  ", None], ["b", 2]], ["a", "b"]),
        ([["a", 1], [None, None], ["b", 2]], ["a", "b"]),
    ],
)
def test_blanks_are_a_text_in_a_workbook_as_elsewhere(tmp_path: Path, rows: list[Any], found: list[str]) -> None:
    data = DataSet(tmp_path, xlsx([["c", "y"], *rows]), "xlsx")
    assert data.cells()["c"] == found


def test_blanks_among_numbers_and_dates_of_a_workbook_are_missing(tmp_path: Path) -> None:
    body = xlsx([["n", "d", "y"], [1.125, "2024-01-02", 1], ["  ", " ", 2], [2.25, "2024-03-04", 3]])
    data = DataSet(tmp_path, body, "xlsx")
    assert data.cells() == {"n": [1.125, None, 2.25], "d": ["2024-01-02", None, "2024-03-04"], "y": [1.0, 2.0, 3.0]}
    assert not [each for each in data.manifest.decisions if not each.sure]


@pytest.mark.parametrize("sign", [" ", "  ", "\t"])
def test_blanks_in_a_column_of_dates_are_missing_in_csv(tmp_path: Path, sign: str) -> None:
    data = DataSet(tmp_path, f"d,y\n2024-01-02,1\n{sign},2\n2024-03-04,3\n".encode(), "csv", separator=",")
    assert data.cells()["d"] == ["2024-01-02", None, "2024-03-04"]


QUOTED = {
    "quoted csv": (b'c,y\n"NA",1\nFR,2\n"",3\n', "csv"),
    "quoted and not": (b'c,y\n"NA",1\nFR,2\nNA,3\n', "csv"),
    "json": (b'[{"c":"NA","y":1},{"c":"FR","y":2},{"c":null,"y":3}]', "json"),
    "workbook": (xlsx([["c", "y"], ["NA", 1], ["FR", 2], [None, 3]]), "xlsx"),
    "parquet": (as_parquet([{"c": Written(c, ""), "y": Written(1, "1")} for c in ("NA", "FR", None)]), "parquet"),
}


@pytest.mark.parametrize("first", QUOTED)
def test_a_person_may_say_that_a_quoted_or_typed_text_is_missing(tmp_path: Path, first: str) -> None:
    body, ending = QUOTED[first]
    data = DataSet(tmp_path, body, ending, columns={"c": {"missing": ["NA"]}})
    assert data.cells()["c"] == [None, "FR", None]
    assert [each.chosen for each in data.manifest.decisions if each.field == "missing"] in ([], ["missing"])
    rows = [{"c": Written("NA", "NA", quoted=True), "y": Written(1, "1")}]
    for form, write in FORMATS.items():
        assert data.appended(write(rows), form)["c"] == [None], form
    assert data.posted(rows)["c"] == [None]


def test_what_is_said_of_all_columns_leaves_a_quoted_text_a_text(tmp_path: Path) -> None:
    data = DataSet(tmp_path, b'c,y\n"NA",1\nFR,2\nNA,3\n', "csv", missing=["NA"])
    assert data.cells()["c"] == ["NA", "FR", None]


def test_a_posted_number_that_is_no_text_of_the_column_is_refused(tmp_path: Path) -> None:
    data = DataSet(tmp_path, b"c,y\n1,1\nX,2\n", "csv")
    assert data.posted([{"c": Written(1.0, "1"), "y": Written(1, "1")}])["c"] == ["1"]
    with pytest.raises(InvalidRows, match="got 3"):
        data.posted([{"c": Written(3, "3"), "y": Written(1, "1")}])
    with pytest.raises(InvalidRows, match="got true"):
        data.posted([{"c": Written(True, "true"), "y": Written(1, "1")}])


def test_a_boolean_among_numbers_is_refused(tmp_path: Path) -> None:
    data = DataSet(tmp_path, b"v,y\n1,1\n2,2\n", "csv")
    rows = [{"v": Written(True, "true"), "y": Written(1, "1")}]
    for form, write in FORMATS.items():
        with pytest.raises(InvalidTable):
            data.appended(write(rows), form)
