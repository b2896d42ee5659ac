"""Samples of files: all rows of a small file, random rows of a large one, as they would be stored."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tablee.datasets.reading import Corrections
from tablee.errors import InvalidRequest, InvalidTable
from tablee_data.readers import read
from tablee_data.sampling.file_rows import sample_rows
from tablee_data.sampling.table_rows import SAMPLE_CELLS


@pytest.mark.parametrize("filename", ["clients.csv", "clients.parquet", "clients.jsonl"])
def test_the_sample_of_a_small_file_is_what_would_be_stored(filename: str, tmp_path: Path) -> None:
    file = tmp_path / filename
    table = pl.DataFrame({"ville": ["Évry", None], "prix": ["1 234,50", "7,00"], "né le": ["03/04/1990", "13/11/1985"]})
    match file.suffix:
        case ".csv":
            table.write_csv(file, separator=";")
        case ".parquet":
            table.write_parquet(file)
        case ".jsonl":
            table.write_ndjson(file)
    seen = sample_rows(file, filename=filename)
    read(file, tmp_path / "stored", filename=filename)
    assert seen.rows == 2
    assert seen.frame.equals(pl.read_parquet(tmp_path / "stored"))
    corrected = sample_rows(file, filename=filename, asked=Corrections(texts=("prix",)))
    assert corrected.frame["prix"].to_list() == table["prix"].to_list()


def test_the_sample_of_a_large_file_has_rows_of_every_part(tmp_path: Path) -> None:
    rows = SAMPLE_CELLS
    file = tmp_path / "long.csv"
    pl.DataFrame({"n": range(rows), "half": [str(index * 2 // rows) for index in range(rows)]}).write_csv(file)
    seen, again = sample_rows(file), sample_rows(file)
    assert seen.rows == rows
    assert SAMPLE_CELLS // 8 < seen.frame.height <= SAMPLE_CELLS // 2
    assert seen.frame["n"].is_sorted()
    assert seen.frame["n"].n_unique() == seen.frame.height
    assert seen.frame["half"].cast(int).mean() == pytest.approx(0.5, abs=0.02)
    assert seen.frame.equals(again.frame), "the same rows each time"


def test_invalid_tables_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "broken.csv"
    file.write_text("a,b\n1,2\n3\n")
    with pytest.raises(InvalidTable) as refused:
        sample_rows(file)
    assert (refused.value.place["line"], refused.value.place["column"]) == (3, "b")
    with pytest.raises(InvalidRequest, match="no column “z”"):
        sample_rows(file, asked=Corrections(texts=("z",)))
