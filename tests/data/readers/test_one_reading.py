"""A cell is the same when it is stored, when a file with it is predicted, and when it comes as CSV to the API."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tablee.datasets.reading import Reading
from tablee.errors import InvalidTable
from tablee.models.columns import CategoryColumn, Column, NumberColumn, TextColumn
from tablee.models.contract import Contract, Target
from tablee.models.problem import ProblemType
from tablee.models.validation.frames import FrameValidator
from tablee.tables.cells.cell_format import CellFormat, DateFormat, NumberFormat
from tablee.tables.csv.reader import read_rows
from tablee_data.inference.conversion import convert
from tablee_data.inference.types import ColumnTypes
from tablee_data.prediction_files.text_file import TextPredictionFile
from tablee_data.readers.content import Source
from tablee_data.readers.csv.reader import CsvReader

FORMATS = {
    "amount": CellFormat(missing=("NA", "-"), number=NumberFormat(decimal=",", thousands=" ")),
    "count": CellFormat(missing=("NA", "-99"), number=NumberFormat()),
    "level": CellFormat(missing=("NA",)),
    "kept": CellFormat(),
    "padded": CellFormat(missing=("NA",), trimmed=True),
    "day": CellFormat(missing=("NA", "-"), date=DateFormat(pattern="%d/%m/%Y")),
}
_NUMBERS = st.sampled_from(
    ["1", "-2", '"2,5"', '"1 234,5"', "1234.5", "NA", '"NA"', "-", "", '""', " 7 ", "-99", " -99", '"-99"']
)
_TEXTS = st.sampled_from(["a", " a", "NA", '"NA"', " NA", '" NA "', "", '""', " ", "-", "-99", '"x, ""y"""', "é"])
_DAYS = st.sampled_from(
    ["12/03/2024", "2024-03-12", '"01/02/2024"', " 1/2/2024 ", "NA", '"NA"', "-", "", "2024-03-12T10:00:00Z"]
)
CELLS = {name: _NUMBERS if each.number else _DAYS if each.date else _TEXTS for name, each in FORMATS.items()}


def column(name: str, levels: tuple[str, ...]) -> Column:
    each = FORMATS[name]
    if each.number is not None:
        return NumberColumn(name=name, minimum=-1e9, maximum=1e9, cell_format=each)
    if each.date is not None or name == "padded":
        return TextColumn(name=name, cell_format=each)
    return CategoryColumn(name=name, levels=levels, cell_format=each)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_all_ways_in_give_the_same_cells(tmp_path: Path, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from([*FORMATS]), min_size=2, max_size=4, unique=True))
    row = st.tuples(*(CELLS[name] for name in names)).filter(lambda cells: any(cell.strip(' "') for cell in cells))
    rows = data.draw(st.lists(row, min_size=1, max_size=5))  # files may have empty rows, which are left out
    body = "".join(",".join(row) + "\n" for row in (names, *rows)).encode()
    file = tmp_path / "t.csv"
    file.write_bytes(body)
    source = Source.of(file)
    reading = Reading(cells={name: FORMATS[name] for name in names})
    try:
        blocks = [convert(block, ColumnTypes(reading, ())) for block in CsvReader(source, reading).blocks()]
    except InvalidTable as error:  # "1,5" where the decimal sign is a point
        assert error.reason == "not_a_number"
        return
    stored = pl.concat(blocks)
    levels = tuple(sorted({text for name in ("level", "kept") if name in names for text in stored[name].drop_nulls()}))
    contract = Contract(
        model="m",
        columns=tuple(column(name, levels) for name in names),
        target=Target(name="y", problem_type=ProblemType.REGRESSION),
    )
    validator = FrameValidator(contract)
    by_api = read_rows(body, contract.cell_formats)
    form = TextPredictionFile(source, "t.csv", contract, reading, (), names, (), len(rows))
    expected = {name: stored[name].to_list() for name in names}
    for frame in (by_api, form.beginning(10)):
        block = validator.frame(frame)
        assert {name: list(block.columns[name]) for name in names} == expected
        assert all(each.code == "missing_value" for each in block.warnings)
