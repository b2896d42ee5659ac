"""Rows of requests that are appended to a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tablee.datasets.privacy import Drop
from tablee.datasets.store import Datasets
from tablee.errors import InvalidRequest, InvalidRows
from tablee_data.privacy import Anonymiser
from tablee_data.readers import ingest
from tablee_data.transforms.append_rows import append_rows

DROP = Anonymiser([Drop(column="mail")])
FILE = "mail;n;born\nada@example.org;1,5;10/12/1815\n"


@pytest.fixture
def people(datasets: Datasets, tmp_path: Path) -> Datasets:
    (tmp_path / "people.csv").write_text(FILE)
    ingest(datasets, "people", tmp_path / "people.csv", filename="people.csv")
    return datasets


def test_rows_take_the_kinds_of_their_columns(people: Datasets) -> None:
    rows = [{"n": 2, "born": "1990-01-31", "mail": ""}, {"n": None, "born": "02/01/1990", "mail": "NA"}]
    manifest, new = append_rows(people, "people", rows, by="form")
    assert new
    frame = people.frame(manifest)
    assert frame["n"].to_list() == [1.5, 2.0, None]
    assert frame["born"].to_list() == ["1815-12-10", "1990-01-31", "1990-01-02"]
    assert frame["mail"].to_list() == ["ada@example.org", None, "NA"]
    assert [column.kind for column in manifest.columns] == ["category", "number", "date"]
    assert (manifest.rows, manifest.by, len(people.versions("people"))) == (3, "form", 2)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"n": "1"}, "n"),
        ({"n": True}, "n"),
        ({"n": 2**60}, "n"),
        ({"mail": 1}, "mail"),
        ({"born": "01/31/1990"}, "born"),
        ({"born": "1990-02-31"}, "born"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_cells_that_do_not_fit_are_refused(people: Datasets, row: dict[str, Any], column: str) -> None:
    with pytest.raises(InvalidRows) as refused:
        append_rows(people, "people", [{}, row])
    assert [(cell.row, cell.column) for cell in refused.value.cells] == [(2, column)]
    assert len(people.versions("people")) == 1


def test_rows_are_refused_where_the_version_was_anonymised(datasets: Datasets, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(FILE)
    ingest(
        datasets,
        "people",
        tmp_path / "people.csv",
        filename="people.csv",
        batch_filter=Anonymiser([Drop(column="mail")]),
    )
    with pytest.raises(InvalidRequest, match="personal data was taken out"):
        append_rows(datasets, "people", [{"n": 2}])
