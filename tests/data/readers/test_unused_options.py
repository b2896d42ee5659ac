"""Every option for reading × every format: it is used, refused, or told not to be used, and told only then."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest

from tablee.datasets.reading import Corrections, Decision, Reason
from tablee.errors import InvalidRequest, InvalidTable
from tablee_data.readers.sniff import sniff

TABLE: Final = pl.DataFrame({"day": ["03/04/24", "05/06/24"], "n": [1.5, 2.5], "t": ["1,500", "2,500"]})
VALUES: Final[dict[str, Any]] = {
    "encoding": "cp500",
    "separator": "/",
    "quote": "'",
    "escape": "\\",
    "comment": "0",
    "decimal": ",",
    "thousands": ",",
    "header": False,
    "skipped_lines": 1,
    "units_row": True,
    "footer_rows": 1,
    "sheet": "none of this name",
    "keyed": True,
    "missing": ("1,500",),
    "day_first": False,
    "first_year": 1900,
}
FORMATS: Final = ("csv", "jsonl", "json", "xlsx", "parquet", "arrow")
CELLS: Final = frozenset(("separator", "quote", "escape", "comment"))
PLACE: Final = frozenset(("header", "skipped_lines", "units_row", "footer_rows"))
NUMBERS: Final = frozenset(("decimal", "thousands"))
UNUSED: Final = {
    "csv": frozenset(("sheet", "keyed")),
    "jsonl": CELLS | PLACE | {"sheet", "keyed"},
    "json": CELLS | PLACE | {"sheet", "keyed"},  # a list of objects: nothing in it has a key
    "xlsx": CELLS | NUMBERS | {"encoding", "keyed"},
    "parquet": CELLS | PLACE | NUMBERS | {"sheet", "keyed", "encoding"},
    "arrow": CELLS | PLACE | NUMBERS | {"sheet", "keyed", "encoding"},
}
"""By format: what is told not to be used."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("formats")
    written: dict[str, io.BytesIO] = {form: io.BytesIO() for form in FORMATS}
    TABLE.write_csv(written["csv"], separator=";")
    TABLE.write_ndjson(written["jsonl"])
    TABLE.write_json(written["json"])
    TABLE.write_excel(written["xlsx"])
    TABLE.write_parquet(written["parquet"])
    TABLE.write_ipc(written["arrow"])
    for form, content in written.items():
        (folder / f"file.{form}").write_bytes(content.getvalue())
    return {form: folder / f"file.{form}" for form in FORMATS}


def told(decisions: tuple[Decision, ...]) -> list[str]:
    return [each.field for each in decisions if each.reason is Reason.DOES_NOT_APPLY]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("field", VALUES)
def test_an_option_is_used_or_refused_or_told(files: dict[str, Path], form: str, field: str) -> None:
    before = sniff(files[form], files[form].name)
    asked = Corrections.model_validate({field: VALUES[field]})
    if field in UNUSED[form]:
        after = sniff(files[form], files[form].name, asked)
        assert told(after.decisions) == [field]
        rest = tuple(each for each in after.decisions if each.reason is not Reason.DOES_NOT_APPLY)
        assert (after.reading, after.rows, rest) == (before.reading, before.rows, before.decisions)
        return
    try:
        after = sniff(files[form], files[form].name, asked)
    except (InvalidTable, InvalidRequest):
        return
    assert told(after.decisions) == []
    assert (after.reading, after.rows, after.decisions) != (before.reading, before.rows, before.decisions)


@pytest.mark.parametrize("form", ["xlsx", "parquet", "arrow"])
def test_another_format_is_told(files: dict[str, Path], form: str) -> None:
    assert told(sniff(files[form], files[form].name, Corrections(format="csv")).decisions) == ["format"]


@pytest.mark.parametrize("form", [each for each in FORMATS if each != "csv"])
@pytest.mark.parametrize("field", ["decimal", "thousands"])
def test_signs_of_a_column_of_numbers_are_told(files: dict[str, Path], form: str, field: str) -> None:
    asked = Corrections.model_validate({"columns": {"n": {field: ","}}})
    (said,) = (
        each for each in sniff(files[form], files[form].name, asked).decisions if each.reason is Reason.DOES_NOT_APPLY
    )
    assert (said.field, said.column, said.sure) == (field, "n", True)
