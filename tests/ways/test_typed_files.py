"""Typed cells of files to be predicted: each file gives what the API's JSON gives, or what it refuses is a warning."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest

from tablee.datasets.reading import Corrections
from tablee.errors import InvalidRows
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, TextColumn
from tablee.models.validation.frames import FrameValidator
from tablee.models.validation.rows import RowValidator
from tablee.tables.cells.cell_format import CellFormat, NumberFormat
from tablee_api.codecs import json_rows
from tablee_data import prediction_files
from ways.generated import TARGET, shown
from ways.test_appended_versions import FORMATS
from ways.ways import checked
from ways.written import Row, Written

CONTRACT = Contract(
    model="m",
    columns=(
        CategoryColumn(name="level", levels=("  ", "0.5", "1", "2", "NA", "X"), cell_format=CellFormat()),
        CategoryColumn(
            name="flag", levels=("FALSE", "TRUE"), cell_format=CellFormat(missing=("NA",), booleans=("TRUE", "FALSE"))
        ),
        CategoryColumn(name="earlier", levels=("False", "True")),
        NumberColumn(
            name="v",
            minimum=-100,
            maximum=100,
            cell_format=CellFormat(missing=("NA", "-99"), number=NumberFormat(decimal=",", thousands=".")),
        ),
        TextColumn(name="id", cell_format=CellFormat(missing=("-99",))),
        CategoryColumn(name="iso", levels=("DE", "FR"), cell_format=CellFormat(missing=("NA",), quoted_missing=True)),
    ),
    target=TARGET,
)
SIGNS = {"level": Written("X", "X"), "flag": Written("TRUE", "TRUE"), "earlier": Written("True", "True")}
PLAIN: Row = SIGNS | {"v": Written(1.5, "1,5"), "id": Written("a", "a"), "iso": Written("FR", "FR")}
CELLS: dict[str, tuple[str, list[Written], str | float | None]] = {
    "whole numbers": ("level", [Written(1, "1"), Written(1.0, "1"), Written("1", "1")], "1"),
    "parts": ("level", [Written(0.5, "0.5"), Written("0.5", "0.5")], "0.5"),
    "blanks": ("level", [Written("  ", "  ")], "  "),
    "a level NA": ("level", [Written("NA", "NA")], "NA"),
    "true": ("flag", [Written(True, "TRUE"), Written("TRUE", "TRUE")], "TRUE"),
    "false": ("flag", [Written(False, "FALSE")], "FALSE"),
    "levels of an earlier release": ("earlier", [Written(True, "True"), Written("True", "True")], "True"),
    "a number for missing": ("v", [Written(-99, "-99"), Written(-99.0, "-99,0")], None),
    "three decimals": ("v", [Written(1.125, "1,125")], 1.125),
    "a number as a code": ("id", [Written(7, "7"), Written(7.0, "7"), Written("7", "7")], "7"),
    "a number that is missing among texts": ("id", [Written(-99, "-99"), Written(-99.0, "-99")], None),
    "quotes do not matter": ("iso", [Written("NA", "NA", quoted=True), Written("NA", "NA")], None),
}


def by_json(rows: list[Row]) -> dict[str, Any]:
    typed = [{name: cell.typed for name, cell in row.items()} for row in rows]
    return shown(checked(CONTRACT, json_rows.parse(orjson.dumps({"rows": typed}), 100)))


def by_file(rows: list[Row], form: str, **asked: Any) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"rows.{form}"
        path.write_bytes(FORMATS[form](rows))
        fixed = {"separator": ",", "header": True, "encoding": "utf-8"} if form == "csv" else {}
        opened = prediction_files.open_file(path, path.name, CONTRACT, Corrections.model_validate(fixed | asked))
        cells = pl.concat([part.cells for part in opened.parts(1000)])
    return shown(FrameValidator(CONTRACT).frame(cells))


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("form", FORMATS)
def test_a_cell_is_the_same_alone_and_beside_others(form: str, kind: str) -> None:
    column, written, expected = CELLS[kind]
    for cell in written if form != "xlsx" else written[:1]:
        alone = [PLAIN | {column: cell}]
        among = [*alone, PLAIN, PLAIN | {column: Written(None, "")}]
        assert by_json(alone)["columns"][column] == [expected]
        # in a column of texts of Arrow, -99 is a text
        is_text = form in ("parquet", "arrow") and expected is None and column == "id"
        for rows in (alone,) if is_text else (alone, among):
            assert by_file(rows, form) == by_json(rows), cell


@pytest.mark.parametrize("value", [3, 1.5, True])
def test_a_value_that_is_no_level_is_refused_by_requests_and_a_warning_in_files(value: Any) -> None:
    rows = [PLAIN | {"level": Written(value, str(value))}]
    with pytest.raises(InvalidRows, match="level"):
        RowValidator(CONTRACT).rows([{name: cell.typed for name, cell in rows[0].items()}])
    for form in ("jsonl", "xlsx", "csv"):
        found = by_file(rows, form)
        assert (found["columns"]["level"], found["warned"]) == ([None], {"unseen_level": 1})


@pytest.mark.parametrize("form", FORMATS)
def test_a_person_may_say_that_a_text_of_the_file_is_missing(form: str) -> None:
    rows = [PLAIN | {"level": Written("NA", "NA", quoted=True)}, PLAIN]
    if form in ("parquet", "arrow"):
        pytest.skip("a file of Arrow is read as the model's data set alone")
    found = by_file(rows, form, columns={"level": {"missing": ["NA"]}})
    assert (found["columns"]["level"], found["warned"]) == ([None, "X"], {"missing_value": 1})
