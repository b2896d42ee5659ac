"""A file is stored as a version of a data set: once, in constant memory, through a batch filter."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from repository import PENGUINS

from tablee.datasets.privacy import Drop, Mask, PersonalData
from tablee.datasets.reading import Corrections, Reason
from tablee.datasets.store import Datasets
from tablee.errors import InvalidRequest, InvalidTable, TableeError
from tablee.storage.object_store import DirectoryStore
from tablee.tables.cells.cell_format import DateFormat
from tablee_data.privacy import Anonymiser
from tablee_data.readers import ingest, read, sniff


def test_the_same_bytes_read_the_same_way_are_the_same_version(datasets: Datasets, tmp_path: Path) -> None:
    first, new = ingest(datasets, "penguins", PENGUINS, filename="penguins.csv", by="ana")
    again, new_again = ingest(datasets, "penguins", PENGUINS, filename="other.txt")
    assert (new, new_again, again) == (True, False, first)
    texts = Corrections(texts=("year",))
    other, new_other = ingest(datasets, "penguins", PENGUINS, filename="penguins.csv", asked=texts)
    assert (new_other, other.version != first.version, other.options) == (True, True, texts)


def test_columns_are_summarised(datasets: Datasets) -> None:
    manifest, _ = ingest(datasets, "penguins", PENGUINS, filename="penguins.csv")
    columns = {column.name: column for column in manifest.columns}
    assert (manifest.rows, len(columns), manifest.bytes) == (344, 8, PENGUINS.stat().st_size)
    assert [c.kind for c in manifest.columns] == ["category"] * 2 + ["number"] * 4 + ["category", "number"]
    assert (columns["sex"].missing, columns["sex"].distinct) == (11, 2)
    assert columns["flipper_length_mm"].integer
    assert not columns["bill_length_mm"].integer
    assert columns["species"].top[0] == ("Adelie", 152)
    frame = datasets.frame(manifest)
    mean = columns["bill_length_mm"].mean
    assert mean is not None
    assert np.isclose(mean, frame["bill_length_mm"].mean())
    assert frame["bill_length_mm"].null_count() == 2


def test_free_text_is_not_a_category(datasets: Datasets, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("id,kind\n" + "".join(f"client-{i},{'ab'[i % 2]}\n" for i in range(200)))
    manifest, _ = ingest(datasets, "texts", file, filename="t.csv")
    assert [column.kind for column in manifest.columns] == ["text", "category"]


def test_the_number_of_many_distinct_values_is_estimated(datasets: Datasets, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    pl.DataFrame({"id": [f"c{i}" for i in range(100_000)], "n": np.arange(100_000) / 7}).write_csv(file)
    manifest, _ = ingest(datasets, "many", file, filename="t.csv")
    for column in manifest.columns:
        assert not column.distinct_exact
        assert abs(column.distinct / 100_000 - 1) < 0.04
    assert (manifest.columns[0].kind, manifest.columns[0].top) == ("text", ())


def test_a_persons_decisions_are_followed(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(b"d;a;b\n03/04/2024;1.234;nix\n05.06.2024;5.678;2\n")
    asked = Corrections(missing=("nix",), decimal=".", texts=("a",))
    table = read(file, tmp_path / "out.parquet", asked=asked)
    frame = pl.read_parquet(tmp_path / "out.parquet")
    assert frame["a"].to_list() == ["1.234", "5.678"]
    assert frame["b"].to_list() == [None, 2.0]
    assert table.reading.cells["d"].date is None
    with pytest.raises(InvalidTable, match="“d” is no date written as dd/mm/yyyy") as refused:
        read(file, tmp_path / "out.parquet", asked=Corrections(dates={"d": "%d/%m/%Y"}))
    assert refused.value.place == {"line": 3, "column": "d", "value": "05.06.2024", "expected": "%d/%m/%Y"}


def test_a_decision_that_the_file_leaves_open_is_not_sure(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("d,n\n03/04/2024,1\n01/02/2024,2\n")
    table = read(file, tmp_path / "out.parquet")
    found = next(decision for decision in table.decisions if decision.field == "dates")
    assert (found.column, found.chosen, found.alternatives, found.sure) == ("d", "%d/%m/%Y", ("%m/%d/%Y",), False)
    assert found.reason is Reason.NOTHING_TELLS
    table = read(file, tmp_path / "out.parquet", asked=Corrections(day_first=False))
    assert table.reading.cells["d"].date == DateFormat(pattern="%m/%d/%Y")


BATCH_FILTER = Anonymiser([Drop(column="name"), Mask(column="mail")])


def test_a_batch_filter_is_applied_before_anything_is_stored(
    datasets: Datasets, store: DirectoryStore, tmp_path: Path
) -> None:
    file = tmp_path / "t.csv"
    file.write_text("name,mail,n\n" + "Ada Lovelace,ada@example.org,1\n" * 50)
    manifest, _ = ingest(datasets, "people", file, filename="t.csv", batch_filter=BATCH_FILTER)
    plain, _ = ingest(datasets, "others", file, filename="t.csv")
    assert manifest.anonymised is not None
    found = manifest.anonymised.findings
    assert [(each.column, each.kind) for each in found or ()] == [("mail", PersonalData.EMAIL)]
    assert manifest.anonymised == BATCH_FILTER.anonymised.model_copy(update={"findings": found})
    assert manifest.version != plain.version
    assert datasets.frame(manifest).columns == ["mail", "n"]
    for key in store.list("datasets/people/"):
        assert b"Lovelace" not in store.get(key)
        assert b"example.org" not in store.get(key)


def test_decisions_show_no_cell_that_the_batch_filter_hides(datasets: Datasets, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("born,code,n\n" + "01/02/33,007,1\n" * 5)
    for action, fields in (
        (Mask(column="born"), {"dates", "first_year", "type"}),
        (Drop(column="born"), {"type"}),  # of a dropped column nothing is said
    ):
        guard = Anonymiser([action, Mask(column="code")])
        manifest, _ = ingest(datasets, f"people-{action.kind}", file, filename="t.csv", batch_filter=guard)
        hidden = [each for each in manifest.decisions if each.column]
        assert {each.field for each in hidden} == fields
        assert all(not each.facts and not each.examples and each.reason is not None for each in hidden)
        assert not re.search("2033|1933|007", manifest.model_dump_json())


def test_decisions_about_a_file_show_no_text_of_it_if_columns_are_hidden(datasets: Datasets, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    text = (
        "Export of Ada Lovelace\n\nname,mail,n\nEva,eva@example.org,1\nPaul,paul@example.org,2\nTotal,Eva and Paul,3\n"
    )
    file.write_text(text)
    manifest, _ = ingest(datasets, "people", file, filename="t.csv", batch_filter=BATCH_FILTER)
    assert {"skipped_lines", "footer_rows"} <= {each.field for each in manifest.decisions}
    assert not any(word in manifest.model_dump_json() for word in ("Lovelace", "Eva", "Paul"))


@pytest.mark.parametrize(
    ("content", "asked"),
    [
        ("name,mail,n\nAda Lovelace,ada@example.org,1\nAda Lovelace,ada@example.org\n", Corrections()),
        ("name,mail,n\nAda Lovelace,ada@example.org,1\n", Corrections(dates={"name": "%Y-%m-%d"})),
        ('name,mail,n\nAda Lovelace,"ada@example.org"x,1\n', Corrections()),
    ],
)
def test_errors_do_not_quote_what_the_batch_filter_hides(
    datasets: Datasets, tmp_path: Path, content: str, asked: Corrections
) -> None:
    file = tmp_path / "t.csv"
    file.write_text(content)
    with pytest.raises(InvalidTable) as refused:
        ingest(datasets, "people", file, filename="t.csv", asked=asked, batch_filter=BATCH_FILTER)
    told = str(refused.value.problem())
    assert refused.value.place["line"] in (2, 3)
    assert "Ada" not in told
    assert "example.org" not in told


CELL = st.one_of(
    st.integers(-(10**17), 10**17).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.floats(-1e6, 1e6).map(lambda x: f"{x:.2f}".replace(".", ",")),
    st.sampled_from(["", "NA", "-", "NC", "007", "1 234", "1.234", "12/03/2024", "x", "-0", "+3", "1e5", "0", " 5"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=5),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.lists(CELL, min_size=1, max_size=3), min_size=1, max_size=3), turns=st.integers(1, 40))
@example(kinds=[[";", ";", "0"]], turns=3)
def test_the_result_does_not_depend_on_the_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kinds: list[list[str]], turns: int
) -> None:
    """Small blocks often change the types inferred so far, so that the file is read twice."""
    names = [f"c{at}" for at in range(len(kinds))]
    rows = [[column[turn % len(column)] for column in kinds] for turn in range(turns)]
    file = tmp_path / "t.csv"
    pl.DataFrame(rows, schema=names, orient="row").write_csv(file, separator=";", quote_style="non_numeric")
    found: list[Any] = []
    for block in (1 << 20, 16):
        monkeypatch.setattr("tablee_data.readers.content.BLOCK", block)
        try:
            table = read(file, tmp_path / "out.parquet", asked=Corrections(separator=";", quote='"', header=True))
            found.append((table.reading, pl.read_parquet(tmp_path / "out.parquet").to_dict(as_series=False)))
        except TableeError as error:
            found.append(error.problem())
    assert found[0] == found[1]


def test_the_name_is_checked_before_the_file_is_read(datasets: Datasets, store: DirectoryStore) -> None:
    with pytest.raises(InvalidRequest, match="cannot be a name"):
        ingest(datasets, "A B", PENGUINS, filename="p.csv")
    assert store.list("") == []


PEAK = """
import resource, sys
from pathlib import Path
from tablee_data.readers import read
read(Path(sys.argv[1]), Path(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the most memory a process had is asked of Linux")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    frame = pl.DataFrame(
        {f"n{at}": random.normal(size=100_000) for at in range(8)} | {"t": random.choice(["é", "b"], 100_000)}
    )
    peaks = []
    for times in (3, 15):
        file = tmp_path / f"{times}.csv"
        with file.open("wb") as out:
            for turn in range(times):
                frame.write_csv(out, include_header=not turn)
        command = [sys.executable, "-c", PEAK, str(file), str(tmp_path / "out.parquet")]
        peaks.append(int(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    assert peaks[1] < 1.3 * peaks[0]


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_a_column_is_dropped_by_the_name_that_its_refusal_says(datasets: Datasets, tmp_path: Path, form: str) -> None:
    """The name in the file has blanks around it, which are removed before anybody sees it."""
    file = tmp_path / f"t.{form}"
    frame = pl.DataFrame({"a": [1.5, 2.5], " tags ": [["x"], ["y"]]})
    if form == "parquet":
        frame.write_parquet(file)
    else:
        frame.write_ndjson(file)
    with pytest.raises(InvalidTable) as refused:
        ingest(datasets, "t", file, filename=file.name)
    column = refused.value.facts["column"]
    assert (column, refused.value.hint_key) == ("tags", "drop_column")
    for name in (column, " tags ") if form == "parquet" else (column,):
        guard = Anonymiser([Drop(column=name)])
        assert sniff(file, file.name, batch_filter=guard).columns == ["a"]
        manifest, _ = ingest(datasets, "t", file, filename=file.name, batch_filter=guard)
        assert [each.name for each in manifest.columns] == ["a"]


@pytest.mark.parametrize("odd", ["12a", "x", "1.5.2"])
def test_a_preview_takes_an_odd_cell_as_reading_does(tmp_path: Path, odd: str) -> None:
    file = tmp_path / "odd.csv"
    file.write_text("v;w\n" + "".join(f"{odd if at == 12_345 else at};1\n" for at in range(20_000)))
    found = sniff(file)
    table = read(file, tmp_path / "odd.parquet")
    assert found.decisions == table.decisions
    assert found.kinds == {"v": "text", "w": "number"}
