"""Files as people really have them: each gives exactly the right table, or a sentence that names line and column."""

from __future__ import annotations

import ast
import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from repository import ROOT

from tablee.datasets.reading import Corrections
from tablee.datasets.store import Datasets
from tablee.errors import InvalidTable
from tablee.storage.object_store import DirectoryStore
from tablee_data.readers import Limits, ingest

Cells = dict[str, list[Any]]


def utf8(text: str) -> bytes:
    return text.encode()


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def parquet(**columns: Any) -> bytes:
    out = io.BytesIO()
    pl.DataFrame(columns).write_parquet(out)
    return out.getvalue()


def encrypted(content: bytes) -> bytes:
    """A zip whose headers say that its file is encrypted."""
    archive = bytearray(zipped(table=content))
    archive[6] |= 1  # general purpose flags of the local header
    archive[archive.index(b"PK\x01\x02") + 8] |= 1  # and of the central directory
    return bytes(archive)


def broken_page() -> bytes:
    """A Parquet file whose footer is sound."""
    out = io.BytesIO()
    pl.DataFrame({"a": [f"text {at}" for at in range(1000)]}).write_parquet(out, compression="zstd")
    data = bytearray(out.getvalue())
    data[4:200] = bytes(196)
    return bytes(data)


AB = b"a,b\n1,x\n2,y\n"
AB_CELLS: Cells = {"a": [1.0, 2.0], "b": ["x", "y"]}
WIDE = ",".join(f"c{at}" for at in range(5000))
COMMON = b'192.0.2.7 - ana [10/Oct/2025:13:55:36 +0200] "GET /a?b=1 HTTP/1.1" 200 2326\n'
COMBINED = COMMON[:-1] + b' "https://example.org/" "Mozilla/5.0 (X11; \\"x\\")"\n'

RIGHT: dict[str, tuple[bytes, Cells]] = {
    # encodings
    "UTF-8": (utf8("ville,n\nÉvry,1\n"), {"ville": ["Évry"], "n": [1.0]}),
    "UTF-8 with a broken letter": (
        utf8("a,b\n1,éàè\n2,éàù\n") + b"3,\xe9\n",
        {"a": [1.0, 2.0, 3.0], "b": ["éàè", "éàù", "\ufffd"]},
    ),
    "UTF-8 with mark": (b"\xef\xbb\xbf" + AB, AB_CELLS),
    "UTF-16 with mark, little": ("a,b\n1,x\n2,y\n".encode("utf-16"), AB_CELLS),
    "UTF-16 with mark, big": (b"\xfe\xff" + "a,b\n1,x\n2,y\n".encode("utf-16-be"), AB_CELLS),
    "UTF-32 with mark": ("a,b\n1,x\n2,y\n".encode("utf-32"), AB_CELLS),
    "UTF-32 without mark, big": ("a,b\n1,x\n2,y\n".encode("utf-32-be"), AB_CELLS),
    "UTF-16 without Western letters": (
        "город,n\nМосква,12345\nКазань,13456\n".encode("utf-16-le"),
        {"город": ["Москва", "Казань"], "n": [12345.0, 13456.0]},
    ),
    "UTF-16 without mark, little": ("a,b\n1,x\n2,y\n".encode("utf-16-le"), AB_CELLS),
    "UTF-16 without mark, big": ("a,b\n1,x\n2,y\n".encode("utf-16-be"), AB_CELLS),
    "Windows-1252": ("ville;prix\nÉvry;12,5 €\n".encode("cp1252"), {"ville": ["Évry"], "prix": ["12,5 €"]}),
    "Latin-1": ("ville,n\nNîmes,1\n".encode("latin-1"), {"ville": ["Nîmes"], "n": [1.0]}),
    "the first accent after megabytes": (
        b"a,b\n" + b"1,x\n" * 600_000 + "2,é\n".encode("cp1252"),
        {"a": [1.0] * 600_000 + [2.0], "b": ["x"] * 600_000 + ["é"]},
    ),
    # separators, quotes, lines
    "semicolons": (b"a;b\n1;x\n2;y\n", AB_CELLS),
    "tabs": (b"a\tb\n1\tx\n2\ty\n", AB_CELLS),
    "bars": (b"a|b\n1|x\n2|y\n", AB_CELLS),
    "Excel's sep line": (b"sep=;\r\na;b\r\n1;x\r\n2;y\r\n", AB_CELLS),
    "one column": (b"a\n1\n2\n", {"a": [1.0, 2.0]}),
    "one column of sentences": (b"a\nhello, world\nx\n", {"a": ["hello, world", "x"]}),
    "quotes": (b'a,b\n"1","x, y"\n', {"a": [1.0], "b": ["x, y"]}),
    "quotes in quotes": (b'a,b\n1,"say ""no"""\n', {"a": [1.0], "b": ['say "no"']}),
    "line break in quotes": (b'a,b\n1,"x\ny"\n2,z\n', {"a": [1.0, 2.0], "b": ["x\ny", "z"]}),
    "quotes inside of a cell": (b'a,b\n1,5" pipe\n2,6" and 7"\n', {"a": [1.0, 2.0], "b": ['5" pipe', '6" and 7"']}),
    "single quotes": (b"a,b\n'1','x, y'\n'2','z'\n", {"a": [1.0, 2.0], "b": ["x, y", "z"]}),
    "apostrophes": (utf8("a,b\n1,l'eau\n2,d'or\n"), {"a": [1.0, 2.0], "b": ["l'eau", "d'or"]}),
    "Windows lines": (b"a,b\r\n1,x\r\n2,y\r\n", AB_CELLS),
    "old Mac lines": (b"a,b\r1,x\r2,y\r", AB_CELLS),
    "mixed lines": (b"a,b\r\n1,x\n2,y\r", AB_CELLS),
    "no last line break": (b"a,b\n1,x\n2,y", AB_CELLS),
    "blank lines": (b"\n\na,b\n\n1,x\n\n2,y\n\n", AB_CELLS),
    "the end mark of DOS": (b"a,b\n1,x\n2,y\n\x1a", AB_CELLS),
    "spaces around numbers": (b"a,b\n 1 ,x\n2 ,y\n", AB_CELLS),
    "no header": (b"1,2\n3,4\n", {"column_1": [1.0, 3.0], "column_2": [2.0, 4.0]}),
    "no header, decimal commas": (b"1,5;2,5\n3,5;4,5\n", {"column_1": [1.5, 3.5], "column_2": [2.5, 4.5]}),
    "years as header": (b"ville,2023,2024\nLyon,1,2\n", {"ville": ["Lyon"], "2023": [1.0], "2024": [2.0]}),
    "twice the same name": (b"a,b,a\n1,2,3\n", {"a": [1.0], "b": [2.0], "a_2": [3.0]}),
    "no name": (b"a,,c\n1,2,3\n", {"a": [1.0], "column_2": [2.0], "c": [3.0]}),
    "5,000 columns": (
        utf8(f"{WIDE}\n{','.join('1' * 5000)}\n"),
        {f"c{at}": [1.0] for at in range(5000)},
    ),
    "a row without a value": (b"a,b\n1,x\n,\n", {"a": [1.0], "b": ["x"]}),
    # numbers
    "decimal commas": (b"a;b\n1,5;x\n-2,25;y\n", {"a": [1.5, -2.25], "b": ["x", "y"]}),
    "thousands: space": (b"a;b\n1 234,5;x\n2;y\n", {"a": [1234.5, 2.0], "b": ["x", "y"]}),
    "thousands: no-break space": (utf8("a;b\n1\u00a0234,5;x\n2;y\n"), {"a": [1234.5, 2.0], "b": ["x", "y"]}),
    "thousands: narrow no-break space": (
        utf8("a;b\n1\u202f234\u202f567;x\n2;y\n"),
        {"a": [1234567.0, 2.0], "b": ["x", "y"]},
    ),
    "thousands: dot": (b"a;b\n1.234,5;x\n12.345.678;y\n", {"a": [1234.5, 12345678.0], "b": ["x", "y"]}),
    "thousands: comma": (b'a,b\n"1,234.5",x\n2,y\n', {"a": [1234.5, 2.0], "b": ["x", "y"]}),
    "thousands: apostrophe": (utf8("a;b\n1'234.5;x\n2’345.5;y\n"), {"a": [1234.5, 2345.5], "b": ["x", "y"]}),
    "points and semicolons, ambiguous": (b"a;b\n1.234;x\n5.678;y\n", {"a": [1234.0, 5678.0], "b": ["x", "y"]}),
    "three decimals, with others that tell": (b"a;b\n1.234;2.5\n5.678;3.25\n", {"a": [1.234, 5.678], "b": [2.5, 3.25]}),
    "French missing markers": (
        utf8("a;b;c\n1,5;n.c.;NC\nn.c.;NC;x\n-;4;NC\nNC;-;y\n"),
        {"a": [1.5, None, None, None], "b": [None, None, 4.0, None], "c": ["NC", "x", "NC", "y"]},
    ),
    "post codes": (b"cp,n\n01000,1\n75001,2\n", {"cp": ["01000", "75001"], "n": [1.0, 2.0]}),
    "a code far below": (
        b"code,n\n" + b"17,1\n" * 900_000 + b"007,2\n",
        {"code": ["17"] * 900_000 + ["007"], "n": [1.0] * 900_000 + [2.0]},
    ),
    "a word far below": (
        b"a,n\n" + b"1.5,1\n" * 900_000 + b"x,2\n",
        {"a": ["1.5"] * 900_000 + ["x"], "n": [1.0] * 900_000 + [2.0]},
    ),
    "a decimal comma far below": (
        b"a;n\n" + b"17;1\n" * 900_000 + b"1,5;2\n",
        {"a": [17.0] * 900_000 + [1.5], "n": [1.0] * 900_000 + [2.0]},
    ),
    "telephone numbers": (
        b"tel,n\n+33612345678,1\n0612345678,2\n",
        {"tel": ["+33612345678", "0612345678"], "n": [1.0, 2.0]},
    ),
    "numbers too large for float64": (
        b"id,n\n12345678901234567890,1\n12345678901234567891,2\n",
        {"id": ["12345678901234567890", "12345678901234567891"], "n": [1.0, 2.0]},
    ),
    "infinity is a word": (b"a,n\ninf,1\n2,2\n", {"a": ["inf", "2"], "n": [1.0, 2.0]}),
    "exponents": (b"a,n\n1e-05,1\n2.5E3,2\n", {"a": [1e-05, 2500.0], "n": [1.0, 2.0]}),
    "formulas": (b"a,b\n=1+1,@x\n+cmd|x,-2+3\n", {"a": ["=1+1", "+cmd|x"], "b": ["@x", "-2+3"]}),
    # dates
    "days first": (b"d;n\n12/03/2024;1\n25/12/2024;2\n", {"d": ["2024-03-12", "2024-12-25"], "n": [1.0, 2.0]}),
    "months first": (b"d,n\n03/25/2024,1\n12/01/2024,2\n", {"d": ["2024-03-25", "2024-12-01"], "n": [1.0, 2.0]}),
    "ambiguous, in a French file": (
        b"d;x\n03/04/2024;1,5\n01/02/2024;2,5\n",
        {"d": ["2024-04-03", "2024-02-01"], "x": [1.5, 2.5]},
    ),
    "ambiguous, beside days first": (
        b"d,e\n03/04/2024,25/12/2024\n01/02/2024,1/1/2024\n",
        {"d": ["2024-04-03", "2024-02-01"], "e": ["2024-12-25", "2024-01-01"]},
    ),
    "ambiguous, beside months first": (
        b"d,e\n03/04/2024,12/25/2024\n01/02/2024,1/1/2024\n",
        {"d": ["2024-03-04", "2024-01-02"], "e": ["2024-12-25", "2024-01-01"]},
    ),
    "moments": (
        b"d,n\n2024-03-12 10:00:00,1\n2024-03-13 11:30:00,2\n",
        {"d": ["2024-03-12T10:00:00", "2024-03-13T11:30:00"], "n": [1.0, 2.0]},
    ),
    "moments with zones": (
        b"d,n\n2024-03-12T10:00:00+01:00,1\n2024-03-13T11:30:00+02:00,2\n",
        {"d": ["2024-03-12T09:00:00", "2024-03-13T09:30:00"], "n": [1.0, 2.0]},
    ),
    "no such day": (b"d,n\n31/02/2024,1\n01/02/2024,2\n", {"d": ["31/02/2024", "01/02/2024"], "n": [1.0, 2.0]}),
    # packing, formats, wrong names
    "gzip": (gzip.compress(AB), AB_CELLS),
    "zip of one file": (zipped(table=AB), AB_CELLS),
    "zip from a Mac": (zipped(**{"table.csv": AB, "__MACOSX/._table.csv": b"x"}), AB_CELLS),
    "JSON lines": (b'{"a": 1, "b": "x"}\n{"b": "y", "a": 2}\n', AB_CELLS),
    "JSON lines, uneven": (b'{"a": 1}\n\n{"b": true}\n', {"a": [1.0, None], "b": [None, "true"]}),
    "JSON lines, texts that are numbers": (b'{"a": "1,5", "b": "007"}\n', {"a": [1.5], "b": ["007"]}),
    "Parquet": (parquet(a=[1, 2], b=["x", None]), {"a": [1.0, 2.0], "b": ["x", None]}),
    "common log": (
        COMMON,
        {
            "host": ["192.0.2.7"],
            "identity": [None],
            "user": ["ana"],
            "time": ["2025-10-10T11:55:36"],
            "method": ["GET"],
            "path": ["/a?b=1"],
            "protocol": ["HTTP/1.1"],
            "request": [None],
            "status": [200.0],
            "bytes": [2326.0],
        },
    ),
}

REFUSED: dict[str, tuple[bytes, str, int | None, str | None, str]] = {
    "empty": (b"", "empty_file", None, None, "the file is empty"),
    "blank lines alone": (b"\n\n\n", "empty_file", None, None, "the file is empty"),
    "header alone": (b"a,b\n", "no_rows_below_header", None, None, "no row below"),
    "too few cells": (b"a,b,c\n1,2,3\n4,5\n", "too_few_cells", 3, "c", "2 cells where the header has 3"),
    "too many cells": (b"a,b\n1,2\n3,4,5\n", "too_many_cells", 3, "b", "3 cells where the header has 2"),
    "ragged far below": (
        b"a,b\n" + b"1,2\n" * 3_000_000 + b"3\n",
        "too_few_cells",
        3_000_002,
        "b",
        "1 cells where the header has 2",
    ),
    "ragged below a line break in quotes": (
        b'a,b\n1,"x\ny"\n2\n',
        "too_few_cells",
        4,
        "b",
        "1 cells where the header has 2",
    ),
    "NUL": (b"a,b\n1,\x002\n", "nul_byte", 2, None, "NUL byte"),
    "NUL far below": (b"a,b\n" + b"1,2\n" * 600_000 + b"1,\x00\n", "nul_byte", 600_002, None, "NUL byte"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\xff\xfe" * 100, "other_file_type", 1, None, "a picture"),
    "binary": (bytes(range(1, 256)) * 20, "control_character", 1, None, "no text file"),
    "a PDF": (b"%PDF-1.7\n", "other_file_type", 1, None, "a PDF document"),
    "a web page": (b"<!DOCTYPE html><table></table>", "markup", 1, None, "XML or HTML"),
    "unclosed quote": (b'a,b\n1,"two\n3,4\n', "unclosed_quote", 2, None, "a quote is opened and never closed"),
    "unclosed quote, and others behind": (
        b'a,b\n1,"two\n3,"x"\n',
        "text_after_quote",
        2,
        None,
        "after a closing quote",
    ),
    "unclosed quote, for megabytes": (
        b'a,b\n1,"two\n' + b"3,4\n" * 9_000_000,
        "unclosed_quote",
        2,
        None,
        "never closed",
    ),
    "text after a quote": (b'a,b\n1,"two"x\n', "text_after_quote", 2, None, "after a closing quote"),
    "a name of the platform's": (b"a,__target\n1,2\n", "reserved_name", 1, "__target", "kept for the platform"),
    "a very long name": (b"a," + b"b" * 301 + b"\n1,2\n", "long_name", 1, None, "more than 300 characters"),
    "a value in a column without a name": (
        b"a,b,\n" + b"1,2,\n" * 300 + b"1,2,x\n",
        "value_without_name",
        302,
        "column_3",
        "the last column has no name",
    ),
    "too many columns": (
        utf8(",".join(f"c{at}" for at in range(10_001)) + "\n"),
        "too_many_columns",
        1,
        None,
        "10,001 columns",
    ),
    "half a UTF-16 letter": ("a,b\n1,2\n".encode("utf-16") + b"x", "not_in_encoding", 3, None, "are not UTF-16-LE"),
    "broken gzip": (gzip.compress(AB)[:-9], "broken_packing", None, None, "the gzip data is broken"),
    "gzip of nothing": (gzip.compress(b""), "empty_packed_file", None, None, "the packed file is empty"),
    "gzip bomb": (
        gzip.compress(b"a,b\n" + b"1,2\n" * 25_000_000),
        "unpacks_too_far",
        None,
        None,
        "unfolds to more than",
    ),
    "zip of two files": (zipped(a=AB, b=AB), "several_members", None, None, "holds 2 files"),
    "zip of nothing": (zipped(), "several_members", None, None, "holds 0 files"),
    "broken zip": (zipped(a=AB)[:-9], "broken_packing", None, None, "the zip data is broken"),
    "JSON lines, broken": (b'{"a": 1}\n{"a": }\n', "not_json", 2, None, "no JSON"),
    "JSON lines, nested": (b'{"a": 1}\n{"a": {"b": 1}}\n', "nested_object", 2, "a", "holds an object"),
    "JSON lines, a list": (b'{"a": 1}\n[1]\n', "not_json_object", 2, None, "a list"),
    "Parquet, broken": (parquet(a=[1])[:-9], "broken_parquet", None, None, "the Parquet file is broken"),
    "Parquet, nested": (parquet(a=[[1]]), "column_type", None, "a", "of the type"),
    "a log with another line": (COMMON * 30 + b"x\n", "not_a_log_line", 31, "host", "no line of a log"),
    "a line of megabytes": (
        b",".join([b"x" * 900_000] * 20),
        "long_record",
        1,
        None,
        "a record of more than 16,777,216 bytes begins here",
    ),
    "an encrypted zip": (encrypted(AB), "encrypted_member", None, None, "“table” in the archive is encrypted"),
    "JSON lines, a list within": (b'{"a": 1}\n{"a": [1]}\n', "nested_list", 2, "a", "“a” holds a list"),
    "JSON lines without values": (b"{}\n", "no_values", 1, None, "no row has a value"),
    "Parquet in gzip": (gzip.compress(parquet(a=[1])), "packed_parquet", None, None, "a Parquet file in gzip or zip"),
    "Arrow, broken": (b"ARROW1\0\0" + b"x" * 50, "broken_arrow", None, None, "the Arrow file is broken"),
    "Arrow in gzip": (gzip.compress(b"ARROW1\0\0"), "packed_arrow", None, None, "an Arrow file in gzip or zip"),
    "Parquet without rows": (parquet(a=[]), "no_parquet_rows", None, None, "the Parquet file has no row"),
    "Parquet with a broken page": (
        broken_page(),
        "broken_parquet_behind_row",
        None,
        None,
        "the Parquet file is broken behind row 0",
    ),
}
"""By name: the file, the reason of its error, line, column, and words of its sentence."""

ASKED: dict[str, tuple[bytes, Corrections, str]] = {
    "no JSON lines": (b"\n", Corrections(format="jsonl"), "no_rows"),
    "no lines of a log": (b"\n", Corrections(format="common_log"), "no_log_lines"),
    "no mark of UTF-16": (b"a,b\n1,xy\n", Corrections(encoding="utf-16"), "undecodable"),
    "no date": (b"a,b\n1,x\n", Corrections(dates={"b": "%Y"}), "not_a_date"),
    "no line left": (b"a,b\n1,x\n", Corrections(skipped_lines=9), "all_left_out"),
}
"""By name: a file that is refused as it is asked to be read, what is asked, and the reason."""


def stored(datasets: Datasets, file: Path, content: bytes, **more: Any) -> Cells:
    file.write_bytes(content)
    manifest, new = ingest(datasets, "nasty", file, filename=file.name, limits=Limits(ratio=100), **more)
    assert new
    frame = datasets.frame(manifest)
    assert manifest.rows == frame.height
    assert [column.name for column in manifest.columns] == frame.columns
    for column, series in zip(manifest.columns, frame, strict=True):
        assert (column.kind == "number") == (series.dtype == pl.Float64)
        assert column.missing == series.null_count()
        assert column.distinct == series.drop_nulls().n_unique() or not column.distinct_exact
    return frame.to_dict(as_series=False)


@pytest.mark.parametrize("name", RIGHT)
def test_an_unusual_file_gives_the_right_table(datasets: Datasets, tmp_path: Path, name: str) -> None:
    content, cells = RIGHT[name]
    assert stored(datasets, tmp_path / "file.csv", content) == cells


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_file_is_refused_with_its_place(
    datasets: Datasets, store: DirectoryStore, tmp_path: Path, name: str
) -> None:
    content, reason, line, column, words = REFUSED[name]
    with pytest.raises(InvalidTable) as refused:
        stored(datasets, tmp_path / "file.csv", content)
    assert words in refused.value.detail
    assert refused.value.reason == reason
    assert refused.value.place["line"] == line
    if reason != "long_name":
        assert refused.value.place["column"] == column
    assert store.list("") == []


@pytest.mark.parametrize("name", ASKED)
def test_a_file_that_is_not_what_was_asked_for_is_refused(datasets: Datasets, tmp_path: Path, name: str) -> None:
    content, asked, reason = ASKED[name]
    with pytest.raises(InvalidTable) as refused:
        stored(datasets, tmp_path / "file.csv", content, asked=asked)
    assert refused.value.reason == reason


def raised(module: Path) -> set[str]:
    """The reasons of `InvalidTable` in the source of a module."""
    calls = [node for node in ast.walk(ast.parse(module.read_text("utf-8"))) if isinstance(node, ast.Call)]
    reasons = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "InvalidTable"]
    texts = [node for reason in reasons for node in ast.walk(reason) if isinstance(node, ast.Constant)]
    return {node.value for node in texts if isinstance(node.value, str)}


def test_every_reason_of_the_readers_is_tried() -> None:
    readers, tables = ROOT / "packages/data/src/tablee_data", ROOT / "packages/core/src/tablee/tables"
    modules = [*(readers / "readers").rglob("*.py"), *(readers / "inference").glob("*.py"), tables / "column_names.py"]
    modules += [tables / "csv" / name for name in ("chunks.py", "parsing.py")]
    reasons = set().union(*map(raised, modules))
    tried = {reason for _, reason, *_ in REFUSED.values()} | {reason for *_, reason in ASKED.values()}
    tried |= {"nested_object", "nested_list"}  # the raise has a variable
    reasons = {reason for reason in reasons if "workbook" not in reason} - {"office_document"}  # see test_workbooks
    tried |= {"formulas_without_results"}  # see test_workbooks
    reasons = {reason for reason in reasons if "json_" not in reason and "_json" not in reason}  # test_documents
    reasons -= {"inexact_integer"}  # a column that was of numbers before: see test_arrow_types
    reasons -= {"unnamed_column", "repeated_name"}  # readers of CSV put names in order; see test_column_names
    tried |= {"code_among_numbers"}  # tests/data/inference/test_types.py
    tried |= {"several_number_formats"}  # tests/data/transforms/test_append_files.py
    # the readers make line breaks uniform before Python's parser sees them, and Arrow takes all that Python's takes
    assert reasons - tried == {"malformed_csv", "unreadable_csv_from_here"}
    assert len(reasons) > 30


def test_a_combined_log(datasets: Datasets, tmp_path: Path) -> None:
    cells = stored(datasets, tmp_path / "access.log", COMBINED)
    assert (cells["referer"], cells["user_agent"]) == (["https://example.org/"], ['Mozilla/5.0 (X11; \\"x\\")'])
