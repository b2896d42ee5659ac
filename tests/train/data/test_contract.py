"""The contract that is made from the training rows, and blocks of rows that fit it."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import Anonymised, Drop, Mask
from tablee.datasets.reading import EarlierReading
from tablee.errors import InvalidRequest
from tablee.models.contract import CategoryColumn, NumberColumn
from tablee.models.validation.rows import RowValidator
from tablee.tables.cells.cell_format import CellFormat, NumberFormat
from tablee_data.statistics.summaries import ColumnSummaries
from tablee_train.data.column_stats import TableStats
from tablee_train.data.contract import ContractDraft, build_contract, complete
from tablee_train.data.rows import block, golden_rows
from tablee_train.data.target import detect_problem

FRAME = pl.DataFrame(
    {
        'l\'âge "moyen"': [float(i) if i % 4 else None for i in range(80)],
        "prix": [i / 7 for i in range(80)],
        "ville": [None if i % 5 == 0 else ["Paris", "Lyon", "Besançon, 25"][i % 3] for i in range(80)],
        "membre": ["true", "false"] * 40,
        "note": [f"texte libre {i}" for i in range(80)],
        "vide": [None] * 80,
        "constante": ["même"] * 80,
        "à part": [float(i) for i in range(80)],
        "y": [["oui", "non"][i % 2] for i in range(80)],
    },
    schema_overrides={"vide": pl.String},
)


def drawn(
    frame: pl.DataFrame = FRAME,
    ignored: tuple[str, ...] = ("à part",),
    target: str = "y",
    anonymised: Anonymised | None = None,
) -> ContractDraft:
    summaries = ColumnSummaries(frame.schema, ())
    summaries.add(frame)
    manifest = DatasetManifest(
        name="data",
        version="1",
        rows=frame.height,
        columns=summaries.all(),
        filename="data.csv",
        bytes=1,
        sha256="0",
        created=datetime.now(UTC),
        anonymised=anonymised,
    )
    problem = detect_problem(frame.columns, [frame[target]], target, "auto", "auto")
    rows = problem.with_target(frame)
    return build_contract("model", problem, TableStats.of([rows]), rows, manifest, ignored)


def test_columns_are_described_as_seen() -> None:
    contract = drawn().contract
    assert contract.names == ('l\'âge "moyen"', "prix", "ville", "membre")
    age, price, town, member = contract.columns
    earlier = EarlierReading(reader="intake/1")  # the manifest has no reading
    texts = CellFormat(missing=earlier.missing[1:])
    numbers = CellFormat(missing=(*texts.missing, *earlier.missing_numbers), number=NumberFormat())
    assert age == NumberColumn(
        name='l\'âge "moyen"', integer=True, minimum=1, maximum=79, missing=0.25, cell_format=numbers
    )
    assert isinstance(price, NumberColumn)
    assert not price.integer
    levels = ("Besançon, 25", "Lyon", "Paris")
    assert town == CategoryColumn(name="ville", levels=levels, missing=0.2, cell_format=texts)
    assert isinstance(member, CategoryColumn)
    assert member.levels == ("false", "true")


def test_what_is_left_out_has_a_reason() -> None:
    drawing = drawn()
    assert set(drawing.contract.ignored) == {"note", "vide", "constante", "à part", "y"}
    said = {name: str(reason) for name, reason in drawing.left_out.items()}
    assert said["note"].startswith("it is free text")
    assert said["vide"] == "it is empty"
    assert said["constante"] == "it has one value only"
    assert said["à part"] == "as requested"


def test_columns_that_were_removed_on_the_way_in_may_be_sent() -> None:
    actions = (Drop(column="nom"), Mask(column="prix"), Drop(column="à part"))
    contract = drawn(anonymised=Anonymised(actions=actions, fingerprint="f")).contract
    assert contract.ignored[-1] == "nom"
    assert contract.ignored.count("à part") == 1
    row = contract.examples[0] | {"nom": {"any": "thing"}}
    assert RowValidator(contract).rows([row]).warning_count == 0


def test_examples_are_rows_the_contract_accepts() -> None:
    contract = drawn().contract
    assert len(contract.examples) == 5
    assert RowValidator(contract).rows(list(contract.examples)).warning_count == 0
    assert all(isinstance(row['l\'âge "moyen"'], int) for row in contract.examples)


@pytest.mark.parametrize(
    ("frame", "ignored", "words"),
    [
        (FRAME, ("nulle part",), "no column “nulle part” to ignore"),
        (FRAME, ("y",), "is to be predicted and cannot be ignored"),
        (FRAME.select("y"), (), "no column is left to learn from"),
        (FRAME.select("y", "vide", "note"), (), "“vide”: it is empty, “note”: it is free text"),
    ],
)
def test_refusals(frame: pl.DataFrame, ignored: tuple[str, ...], words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        drawn(frame, ignored)


def test_classes_and_threshold_come_from_the_trained_model() -> None:
    contract = complete(drawn().contract, ("oui", "non"), 0.4)
    assert (contract.target.classes, contract.threshold) == (("oui", "non"), 0.4)
    assert complete(drawn(target="prix").contract, (), 0.5).threshold is None


def test_blocks_know_only_the_levels_of_the_contract() -> None:
    contract = drawn().contract
    rows = FRAME.head(3).with_columns(pl.Series("ville", ["Paris", "Nantes", None]))
    made = block(rows, contract)
    assert made.columns["ville"] == ["Paris", None, None]
    assert made.columns['l\'âge "moyen"'] == [None, 1.0, 2.0]
    assert made.rows == 3
    assert list(made.columns) == list(contract.names)


def test_golden_rows_hold_gaps_and_every_level() -> None:
    contract = drawn().contract
    rows = golden_rows(FRAME.tail(60), FRAME.head(20), contract, limit=30)
    assert rows.height <= 30
    assert rows.columns == list(contract.names)
    assert rows['l\'âge "moyen"'].null_count()
    assert rows["ville"].null_count()
    assert set(rows["ville"].drop_nulls()) == {"Paris", "Lyon", "Besançon, 25"}
    assert golden_rows(FRAME, FRAME.head(0), contract, limit=500).height == 80
