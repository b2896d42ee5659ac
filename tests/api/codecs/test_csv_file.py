"""CSV in and out: the file comes back as it was, with columns added; the refusal of a broken file names the line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import httpx
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tablee.errors import InvalidTable
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee.tables.cells.cell_format import CellFormat
from tablee.tables.cells.missing_markers import USUAL
from tablee_api.codecs.csv_file import CsvFile, from_rows
from tablee_api.inference.validate import BLOCK_ROWS

Refused = Callable[..., dict[str, Any]]
CSV = {"content-type": "text/csv"}
HEADER = "island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex,year"
LINE = "Torgersen,39.1,18.7,181,3750,male,2007"
FUZZ = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])


def post(api: httpx.Client, text: str | bytes, query: str = "") -> bytes:
    answer = api.post(f"/predict{query}", content=text, headers=CSV)
    assert answer.status_code == 200, answer.text
    return answer.content


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (f"{HEADER}\n{LINE}\n", None),
        (f"{HEADER}\n{LINE}", f"{HEADER}\n{LINE}\n"),
        (f"{HEADER}\r\n{LINE}\r\n", None),
        (f"\ufeff{HEADER}\n{LINE}\n", None),
        (f"\ufeff{HEADER}\n{LINE}\n".replace("island", '"island"'), None),
        (f"{HEADER}\n\n{LINE}\n\n", f"{HEADER}\n{LINE}\n"),
        (f"{HEADER}\n{LINE}\n".replace("39.1", " 39.10 ").replace("male", "NA"), None),
        (f"{HEADER}\r\n{LINE}\r\n".replace("Torgersen", '"Torgersen"').replace("2007", '"2007"'), None),
        (f'{HEADER},species\n{LINE},"Adelie, or\n""Gentoo"""\n', None),
        (f"{HEADER}\n{LINE}\n".replace("Torgersen", 'so-called "Torgersen"'), None),
    ],
)
def test_the_bytes_of_the_body_are_unchanged_in_the_answer(api: httpx.Client, sent: str, kept: str | None) -> None:
    body = post(api, sent.encode())
    names = b",prediction,probability_Adelie,probability_Chinstrap,probability_Gentoo"
    end = b"\r\n" if "\r\n" in sent else b"\n"
    table = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    head, tail = (kept or sent).encode().split(end, 1)
    added = ",".join(table[1][-4:]).encode()
    assert body == head + names + end + tail.removesuffix(end) + b"," + added + end


def test_columns_may_come_in_any_order(api: httpx.Client) -> None:
    turned = [",".join(reversed(line.split(","))) for line in (HEADER, LINE)]
    there = list(csv.DictReader(io.StringIO(post(api, f"{HEADER}\n{LINE}\n").decode())))
    back = list(csv.DictReader(io.StringIO(post(api, "\n".join(turned)).decode())))
    assert there == back


@pytest.mark.parametrize("marker", ["", *USUAL])
def test_missing_markers_are_missing_numbers(api: httpx.Client, marker: str) -> None:
    """The model of the test is of a release that kept no formats: in its columns of texts, only nothing is missing."""
    text = f"{HEADER}\n{LINE}\n".replace("male", marker).replace("39.1", marker)
    answer = api.post("/predict", content=text, headers=CSV | {"accept": "application/json"})
    warnings = {(each["column"], each["code"]) for each in answer.json()["warnings"]}
    assert warnings == {("bill_length_mm", "missing_value"), ("sex", "unseen_level" if marker else "missing_value")}


def test_missing_markers_are_those_of_the_column() -> None:
    columns = (
        CategoryColumn(name="a", levels=("FR", "NA"), cell_format=CellFormat()),
        CategoryColumn(name="b", levels=("x",), cell_format=CellFormat(missing=("NA", "?"))),
    )
    target = Target(name="y", problem_type=ProblemType.REGRESSION)
    found = CsvFile(b'a,b\nNA,NA\nFR,"NA"\n,?\n', Contract(model="m", columns=columns, target=target)).columns()
    assert {name: list(cells) for name, cells in found.items()} == {"a": ["NA", "FR", None], "b": [None, "NA", None]}


def test_json_rows_come_back_as_csv(api: httpx.Client, bundles: dict[str, Any]) -> None:
    row = dict(bundles["multiclass-gbm"].contract.examples[0])
    rows = [row, row | {"sex": None, "species": 'a "b",\nc'}]
    answer = api.post("/predict", json={"rows": rows}, headers={"accept": "text/csv"})
    read = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [each["species"] for each in read] == ["", 'a "b",\nc']
    assert [each["sex"] for each in read] == ["male", ""]
    scores = api.post("/predict", json={"rows": rows}).json()["predictions"]
    assert [float(each["probability_Adelie"]) for each in read] == [s["probabilities"]["Adelie"] for s in scores]


def test_unusual_names_and_values_are_written_as_csv() -> None:
    contract = Contract(
        model="m",
        columns=(NumberColumn(name="a,b", minimum=0, maximum=1), CategoryColumn(name='é "q"', levels=("x",))),
        target=Target(name="t", problem_type=ProblemType.REGRESSION),
        ignored=("t",),
    )
    rows = [{"a,b": 0.1, 'é "q"': "x\r\ny", "t": {"any": ["thing"]}}, {"a,b": None, 'é "q"': True}]
    body = from_rows(rows, contract, pl.DataFrame({"prediction": [1, 2]}))
    assert list(csv.reader(io.StringIO(body.decode(), newline=""))) == [
        ["a,b", 'é "q"', "t", "prediction"],
        ["0.1", "x\r\ny", '{"any":["thing"]}', "1"],
        ["", "true", "", "2"],
    ]


def test_a_long_file_is_scored_in_parts(api: httpx.Client) -> None:
    lines = [LINE.replace("3750", str(3000 + i)) for i in range(BLOCK_ROWS + 50)]
    whole = list(csv.DictReader(io.StringIO(post(api, "\n".join([HEADER, *lines])).decode())))
    assert len(whole) == len(lines)
    tail = list(csv.DictReader(io.StringIO(post(api, "\n".join([HEADER, *lines[-60:]])).decode())))
    assert whole[-60:] == tail


def test_wrong_cells_are_named_in_every_part_of_the_body(refused: Refused) -> None:
    lines = [LINE] * (BLOCK_ROWS + 10)
    lines[3] = LINE.replace("39.1", "thirty-nine")
    lines[-1] = LINE.replace("181", "1e999")
    problem = refused(422, "invalid_rows", content="\n".join([HEADER, *lines]), headers=CSV)
    assert problem["error_count"] == 2
    assert [(e["row"], e["column"], e["value"]) for e in problem["errors"]] == [
        (4, "bill_length_mm", "thirty-nine"),
        (BLOCK_ROWS + 10, "flipper_length_mm", "1e999"),
    ]


def test_missing_and_unknown_columns_are_named_once(refused: Refused) -> None:
    text = f"{HEADER}\n{LINE}\n".replace("sex", "gender")
    problem = refused(422, "invalid_rows", content=text, headers=CSV)
    assert [(e["row"], e["column"]) for e in problem["errors"]] == [(None, "sex"), (None, "gender")]
    text = f"{HEADER},colour\n{LINE},red\n"
    assert refused(422, "invalid_rows", content=text, headers=CSV)["errors"][0]["column"] == "colour"


def test_json_of_a_long_file_is_refused(refused: Refused) -> None:
    text = "\n".join([HEADER, *[LINE] * 5001])
    problem = refused(413, "too_many_rows", content=text, headers=CSV | {"accept": "application/json"})
    assert "Accept text/csv" in problem["hint"]
    problem = refused(413, "too_many_rows", content=text, headers=CSV, path="/predict?explain=1")
    assert "expected at most 200" in problem["detail"]


@pytest.mark.parametrize(
    ("body", "said", "line"),
    [
        (b"", "the file is empty", None),
        (b"\n\n", "the file is empty", None),
        (HEADER.encode(), "no row below it", None),
        (f"{HEADER}\n{LINE},extra\n".encode(), "8 cells where the header has 7", 2),
        (f"{HEADER}\n{LINE}\nTorgersen,1\n".encode(), "2 cells where the header has 7", 3),
        (f"{HEADER}\n\0{LINE}\n".encode(), "a NUL byte", 2),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not UTF-8", 1),
        (f'{HEADER}\n"{LINE}\n'.encode(), "never closed", None),
        (f"{HEADER},sex\n{LINE},male\n".encode(), "“sex” stands there twice", 1),
        (HEADER.replace(",", ";").encode(), "not separated by commas", 1),
        (f"{HEADER}\n{LINE}\n".encode("utf-16-le"), "a NUL byte", 1),
    ],
)
def test_a_broken_file_is_refused(refused: Refused, body: bytes, said: str, line: int | None) -> None:
    problem = refused(422, "invalid_table", content=body, headers=CSV)
    assert said in problem["detail"]
    if line is not None:
        assert problem["line"] == line


NOTHING_READ = Contract(model="m", columns=(), target=Target(name="t", problem_type=ProblemType.REGRESSION))

CELLS = st.sampled_from(["", "1", "NA", "x", '"x"', '"a,b"', '"a\nb"', '"a""b"', 'a"b', " ", '""', "é", '"\r\n"', "'"])


@FUZZ
@given(
    rows=st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1)),
    end=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
    bom=st.booleans(),
)
def test_only_columns_are_added(rows: list[list[str]], end: str, last: bool, bom: bool) -> None:
    """Each record's own text is unchanged with all its quotes; only blank lines are left out."""
    header = [f'"{chr(97 + i)},"' for i in range(len(rows[0]))]
    text = end.join(",".join(row) for row in [header, *rows]) + end * last
    body = (b"\xef\xbb\xbf" if bom else b"") + text.encode()
    try:
        file = CsvFile(body, NOTHING_READ)
    except InvalidTable:
        return
    filled = [record for row in rows if (record := ",".join(row)).strip("\r\n")]
    lines = [",".join(header) + ",new", *(f"{record},{number}" for number, record in enumerate(filled))]
    added = file.as_csv(NOTHING_READ, pl.DataFrame({"new": range(file.rows)}))
    assert added.decode("utf-8-sig") == end.join(lines) + end
    assert added.startswith(b"\xef\xbb\xbf") == bom


@FUZZ
@given(body=st.binary(max_size=300))
@example(b'"')
@example(b'a\n"')
@example(b"a\r1")
@example(b"\xef\xbb\xbf")
def test_any_bytes_are_answered(api: httpx.Client, body: bytes) -> None:
    answer = api.post("/predict", content=body, headers=CSV)
    assert 400 <= answer.status_code < 500, answer.text


@FUZZ
@given(cells=st.lists(st.text(max_size=8), min_size=7, max_size=7), explain=st.booleans())
def test_any_cells_are_answered(api: httpx.Client, cells: list[str], explain: bool) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([HEADER.split(","), cells])
    answer = api.post(f"/predict?explain={str(explain).lower()}", content=buffer.getvalue().encode(), headers=CSV)
    assert answer.status_code in (200, 422), answer.text


def test_numbers_of_the_answer_parse_to_the_same_numbers(api: httpx.Client) -> None:
    lines = [LINE.replace("39.1", f"{39 + i / 7}") for i in range(300)]
    text = "\n".join([HEADER, *lines])
    as_json = api.post("/predict", content=text, headers=CSV | {"accept": "application/json"}).json()
    frame = pl.read_csv(post(api, text))
    for label in ("Adelie", "Chinstrap", "Gentoo"):
        assert frame[f"probability_{label}"].to_list() == [
            item["probabilities"][label] for item in as_json["predictions"]
        ]
