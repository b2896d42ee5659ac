"""The trial of a bundle: served as the API serves it, asked over HTTP, and compared bit for bit."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from english_words import english_words
from ways.toy import ToyModel
from zoo import small

from tablee.errors import InvalidRequest
from tablee.i18n import Translator
from tablee.i18n.message import Message
from tablee.models.bundle import Golden
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target, TextColumn
from tablee.models.problem import ProblemType
from tablee.models.validation.block import Block
from tablee.tables.cells.cell_format import CellFormat, DateFormat, NumberFormat
from tablee_api import trial
from tablee_api.models.served_model import ServedModel
from tablee_scoring.predictions import Predictions

CONTRACT = Contract(
    model="tried",
    columns=(
        NumberColumn(
            name="prix; net",
            minimum=0,
            maximum=1,
            cell_format=CellFormat(number=NumberFormat(decimal=",", thousands="."), missing=("n.c.",)),
        ),
        CategoryColumn(name='ville "x"', levels=("NA", "a\nb"), cell_format=CellFormat(missing=("NA",))),
        TextColumn(
            name="né le",
            reads="date",
            earliest="2023-01-01",
            latest="2023-12-31",
            cell_format=CellFormat(date=DateFormat(pattern="%m/%d/%Y")),
        ),
    ),
    target=Target(name="y", problem_type=ProblemType.BINARY, classes=("non", 'ou"i')),
)
FR = Translator("fr")
ROWS: dict[str, list[Any]] = {
    "prix; net": [1.5, None, 1500.0, -1e-7, 1234567.125],
    'ville "x"': ["NA", "a\nb", None, "NA", "NA"],
    "né le": ["2023-11-02", None, "2023-02-11", "2023-02-11", "2023-12-31"],
}


def tried(contract: Contract, rows: dict[str, list[Any]], model: Any = None, **change: float) -> Message:
    """What the trial finds; `change` puts another score at a row (`row2=0.5`)."""
    toy = ToyModel(contract)
    scores = [toy._scores(cells) for cells in zip(*rows.values(), strict=True)]
    for name, value in change.items():
        scores[int(name.removeprefix("row")) - 1][0] = value
    served = ServedModel(contract.model, 1, "", model or toy)
    found = asyncio.run(trial._serve(served, Golden(rows, scores)))
    assert english_words(found.said(FR)) == set()
    return found


def test_a_model_that_answers_its_golden_rows_passes() -> None:
    assert tried(CONTRACT, ROWS) == Message("trial.answered", {"rows": 5})


def test_a_single_column_whose_name_looks_like_another_dialect_passes() -> None:
    columns = (NumberColumn(name="a;b|c", minimum=0, maximum=1),)
    assert tried(CONTRACT.model_copy(update={"columns": columns}), {"a;b|c": [1.0, None]}).key == "trial.answered"


def test_numbers_with_three_decimals_pass_where_the_decimal_sign_is_undecided() -> None:
    columns = (NumberColumn(name="n", minimum=0, maximum=1, cell_format=CellFormat(number=NumberFormat(decimal=None))),)
    rows = {"n": [12.125, -1.5, 1234567.125, 1e-7, None, 3.0]}
    assert tried(CONTRACT.model_copy(update={"columns": columns}), rows).key == "trial.answered"


def test_another_score_is_found_in_each_form() -> None:
    single = tried(CONTRACT, ROWS, row2=0.123)
    assert (single.key, single.facts["row"], single.facts["type"]) == ("trial.other_scores", 2, "application/json")
    many = {name: values * 10 for name, values in ROWS.items()}
    assert tried(CONTRACT, many, row45=0.5).facts["row"] == 45, "a row that is not sent alone"


class Strange(ToyModel):
    """Predicts in a way that the API cannot answer with."""

    def __init__(self, *, rows: int = 0, error: Exception | None = None) -> None:
        super().__init__(CONTRACT)
        self.single_row, self._rows, self._error = self, rows, error

    def encode(self, cells: Any) -> Any:
        return None  # everything takes the ordinary path

    def predict(self, given: Any) -> Any:
        if self._error is not None:
            raise self._error
        made: Predictions = super().predict(given)
        kept = slice(0, len(made) - self._rows)
        return Predictions(made.scores[kept], made.classes, None if made.picked is None else made.picked[kept])


def test_what_the_api_refuses_is_told() -> None:
    found = tried(CONTRACT, ROWS, Strange(error=InvalidRequest("no_member")))
    assert (found.key, found.facts["status"]) == ("trial.refused", 422)
    assert "golden rows as application/json with status 422: row 1" in str(found)
    assert found.facts["cause"].code == "invalid_rows"
    assert "statut 422\u00a0: ligne de données 1" in found.said(FR)


def test_a_lost_row_is_told() -> None:
    found = tried(CONTRACT, ROWS, Strange(rows=1))
    assert found.key == "trial.other_rows", found


def test_a_score_that_is_no_number_is_told() -> None:
    class NoNumber(Strange):
        def predict(self, given: Block) -> Predictions:
            return Predictions(
                np.full((given.rows, 2), np.nan), CONTRACT.target.classes, np.zeros(given.rows, np.int64)
            )

    assert tried(CONTRACT, ROWS, NoNumber()).key == "trial.refused"


def test_a_model_that_cannot_describe_itself_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("no document")

    monkeypatch.setattr("tablee_api.app.describe", broken)
    assert tried(CONTRACT, ROWS) == Message("trial.no_document", {"status": 500})


def test_an_answer_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise ValueError("there is no such thing")

    monkeypatch.setattr(trial, "_scores", broken)
    assert "«\u00a0there is no such thing\u00a0»" in tried(CONTRACT, ROWS).said(FR)


def test_a_bundle_that_cannot_be_loaded_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(trial.jvm, "start", lambda: None)
    found = trial.run(tmp_path)
    assert found.key == "trial.not_loaded"
    assert english_words(found.said(FR)) == set()


@pytest.mark.jvm
def test_the_program_says_what_it_found(tmp_path: Path) -> None:
    small.write_bundles(tmp_path)
    command = [sys.executable, "-m", "tablee_api.trial"]
    good = subprocess.run([*command, str(tmp_path / "first")], capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout.splitlines()[-1])["key"] == "trial.answered"
    (tmp_path / "second" / "golden.parquet").unlink()
    bad = subprocess.run([*command, str(tmp_path / "second")], capture_output=True, text=True, check=False)
    found = json.loads(bad.stdout.splitlines()[-1])
    assert (bad.returncode, found["key"], found["facts"]["cause"]["code"]) == (1, "trial.not_loaded", "bundle_corrupt")
