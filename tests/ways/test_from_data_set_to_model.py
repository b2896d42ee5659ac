"""From a file that somebody adds to the rows of a model: what the reader decided holds on every way in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tablee.datasets.privacy import Drop
from tablee.datasets.reading import Corrections
from tablee.datasets.store import Datasets
from tablee.errors import InvalidTable
from tablee.jobs.training import TrainingRequest, Trainings
from tablee.models.contract import CategoryColumn, Contract, TextColumn
from tablee.models.validation.block import WarningCode
from tablee.models.validation.frames import FrameValidator
from tablee.recipes import Recipe
from tablee.recipes.left_out import remarks
from tablee.storage.object_store import DirectoryStore
from tablee_api.codecs import json_rows
from tablee_api.codecs.csv_file import CsvFile
from tablee_data import prediction_files
from tablee_data.privacy.anonymiser import Anonymiser
from tablee_data.readers import ingest
from tablee_data.transforms.append_rows import append_rows
from tablee_train.data.partitions import Partitions
from tablee_train.data.preparation import prepare
from tablee_train.settings import TrainSettings
from ways.over_http import SENDERS
from ways.toy import ToyApi, score, toy_api
from ways.ways import WAYS, Way, checked
from ways.written import Row, Written, quoted


class Learnt:
    """A data set, and the contract that a training makes of it."""

    def __init__(
        self,
        folder: Path,
        text: str,
        target: str,
        *,
        recipe: Recipe | None = None,
        request: TrainingRequest | None = None,
        in_memory_mib: int = 512,
        **options: Any,
    ) -> None:
        self.objects = DirectoryStore(folder / "objects")
        self.datasets = Datasets(self.objects)
        file = folder / "rows.csv"
        file.write_text(text, encoding="utf-8")
        self.manifest = ingest(self.datasets, "rows", file, filename=file.name, **options)[0]
        asked = request or TrainingRequest(dataset="rows", target=target, max_models=1, seed=1, recipe=recipe or "auto")
        state = Trainings(self.objects).create(asked)
        settings, partitions = TrainSettings(in_memory_mib=in_memory_mib), Partitions(self.objects, state.id)
        ready = prepare(state, self.datasets, settings, partitions, lambda share: None)
        self.contract, self.remarks = ready.plan.contract, remarks(self.manifest, target)

    def posted(self, row: dict[str, Any]) -> dict[str, Any]:
        """The last row of the data set after a row was added to it by a request."""
        manifest, _ = append_rows(self.datasets, "rows", [row])
        found: dict[str, Any] = self.datasets.frame(manifest).row(-1, named=True)
        return found


@pytest.fixture(scope="module")
def api() -> Iterator[ToyApi]:
    level = CategoryColumn(name="x", levels=("a",))
    with toy_api(Contract.model_validate(_any(level))) as running:
        yield running


def _any(column: CategoryColumn) -> dict[str, Any]:
    return {"model": "rows", "columns": (column,), "target": {"name": "y", "problem_type": "regression"}}


def everywhere(api: ToyApi, contract: Contract, rows: Sequence[Row], *, without: Sequence[str] = ()) -> dict[str, Any]:
    """The columns that every way in makes of the rows, which must be the same for all.

    :param without: ways that cannot carry these rows.
    """
    found: dict[str, Any] = {}
    ways: dict[str, Way] = {name: way for name, way in WAYS.items() if name not in without}
    for name, way in ways.items():
        columns = {column: list(values) for column, values in way(contract, rows).columns.items()}
        found = found or columns
        assert columns == found, name
    regression = contract.model_copy(update={"target": contract.target.model_copy(update=_REGRESSION)})
    api.serve(regression)
    expected = [[score(cells)] for cells in zip(*found.values(), strict=True)]
    for name, sender in SENDERS.items():
        assert sender(api.client, regression, rows) == expected, name
    return found


_REGRESSION = {"problem_type": "regression", "classes": (), "integer": False}
WORDS = ("NA", "null", "None", "01", "1", 'say "hi"', "😀")


@pytest.fixture
def levels(tmp_path: Path) -> Learnt:
    """A data set in which nothing but an empty cell is missing."""
    lines = ["mot,valeur,résultat?"]
    lines += [f"{quoted(WORDS[at % 7])},{at % 11 / 4},{'oui' if at % 7 in (0, 2, 5) else 'non'}" for at in range(280)]
    return Learnt(tmp_path, "\n".join(lines), "résultat?", asked=Corrections(missing=("",)))


def test_a_level_that_reads_as_missing_elsewhere_is_a_level_everywhere(levels: Learnt, api: ToyApi) -> None:
    column = levels.contract.column("mot")
    assert isinstance(column, CategoryColumn)
    assert set(column.levels) == set(WORDS)
    rows = [{"mot": Written(word, word), "valeur": Written(0.5, "0.5")} for word in WORDS]
    rows.append({"mot": Written(None, ""), "valeur": Written(1.5, "1.5")})
    rows.append({"mot": Written("NA", "NA"), "valeur": Written(None, "")})
    found = everywhere(api, levels.contract, rows)
    assert found == {"mot": [*WORDS, None, "NA"], "valeur": [0.5] * 7 + [1.5, None]}
    assert levels.posted({"mot": "NA", "valeur": 1.0, "résultat?": "oui"})["mot"] == "NA"


@pytest.fixture
def american(tmp_path: Path) -> Learnt:
    """Dates with the month first, as the days beyond the 12th say."""
    lines = ["sold,qty,amount"]
    lines += [f"{1 + at % 12:02}/{1 + at % 28:02}/2023,{at % 9},{at % 12 * 100 + at % 7}" for at in range(400)]
    return Learnt(tmp_path, "\n".join(lines), "amount")


def test_days_and_months_are_those_of_the_data_set_everywhere(american: Learnt, api: ToyApi) -> None:
    column = american.contract.column("sold")
    assert isinstance(column, TextColumn)
    assert column.cell_format.date is not None
    assert (column.cell_format.date.pattern, column.earliest, column.latest) == ("%m/%d/%Y", "2023-01-01", "2023-12-28")
    shown = ("11/02/2023", "02/11/2023", "2023-11-02")
    rows = [{"sold": Written(text, text), "qty": Written(3.0, "3")} for text in shown]
    assert everywhere(api, american.contract, rows)["sold"] == ["2023-11-02", "2023-02-11", "2023-11-02"]
    assert american.posted({" sold": "11/02/2023", "qty": 3, "amount": 1})["sold"] == "2023-11-02"


def test_a_date_beyond_the_training_is_reported_everywhere(american: Learnt) -> None:
    texts = ("12/28/2023", "12/29/2023", "12/31/2022", "01/01/2023", "2031-05-01")
    rows = [{"sold": Written(text, text), "qty": Written(3.0, "3")} for text in texts]
    for name, way in WAYS.items():
        block = way(american.contract, rows)
        assert block.warned == {WarningCode.RANGE: 3}, name
        if block.warnings:
            assert [(each.row, each.column, each.value) for each in block.warnings] == [
                (2, "sold", "2023-12-29"),
                (3, "sold", "2022-12-31"),
                (5, "sold", "2031-05-01"),
            ], name


def test_a_date_beyond_the_training_is_counted(american: Learnt, api: ToyApi) -> None:
    regression = american.contract.model_copy(update={"model": "counted"})
    api.serve(regression)
    before = counted(api)
    rows = [{"sold": "2031-05-01", "qty": 3}, {"sold": "12/29/2023", "qty": 3}, {"sold": "5/5/2023", "qty": 3}]
    answer = api.client.post("/models/counted/predict", json={"rows": rows}).json()
    assert [(each["row"], each["code"], each["value"]) for each in answer["warnings"]] == [
        (1, "out_of_range", "2031-05-01"),
        (2, "out_of_range", "2023-12-29"),
    ]
    now = counted(api)
    assert {code: now[code] - before[code] for code in now} == {code.value: 2 * (code is RANGE) for code in WarningCode}


def counted(api: ToyApi) -> dict[str, float]:
    """The metric of warnings of the model `counted`, by code: one series for each code, whatever the cells are."""
    lines = api.client.get("/metrics").text.splitlines()
    found = [line for line in lines if 'model_name="counted"' in line and "warning" in line and "_created" not in line]
    series = {line.partition('code="')[2].partition('"')[0]: float(line.rpartition(" ")[2]) for line in found}
    assert len(series) == len(found), found
    return series


RANGE = WarningCode.RANGE


def test_a_text_that_is_no_date_is_a_warning_for_programs(american: Learnt) -> None:
    rows = [{"sold": Written("13/13/2023", "13/13/2023"), "qty": Written(3.0, "3")}]
    for name in ("json", "compiled_json", "lane", "csv", "ndjson", "arrow", "v2", "kserve_v1", "invocations_csv"):
        block = WAYS[name](american.contract, rows)
        assert (block.columns["sold"][0], block.warned) == (None, {WarningCode.UNREADABLE: 1}), name


def test_a_file_with_the_day_first_is_asked_about(american: Learnt, tmp_path: Path) -> None:
    file = tmp_path / "later.csv"
    file.write_text("sold,qty\n" + "".join(f"{day}/02/2023,3\n" for day in range(1, 29)))
    with pytest.raises(InvalidTable) as refused:
        prediction_files.open_file(file, file.name, american.contract)
    assert refused.value.reason == "other_date_format"
    opened = prediction_files.open_file(file, file.name, american.contract, Corrections(dates={"sold": "%d/%m/%Y"}))
    assert next(opened.parts(100)).cells["sold"][12] == "2023-02-13"


def test_numbers_dates_and_flags_of_a_french_file(tmp_path: Path, api: ToyApi) -> None:
    lines = ["montant;né le;abonné;département;y"]
    for at in range(300):
        sign, lived = ("oui", "non")[at % 2], f"{1 + at % 28:02}/{1 + at % 12:02}/{50 + at % 50:02}"
        lines.append(f"{1 + at % 5} {at % 7}00,{at % 9};{lived};{sign};0{1 + at % 9};{at % 13}")
    learnt = Learnt(tmp_path, "\n".join(lines), "y", asked=Corrections(first_year=1930, day_first=True))
    formats = learnt.contract.cell_formats
    assert formats["montant"].number is not None
    assert (formats["montant"].number.decimal, formats["abonné"].booleans) == (",", ("oui", "non"))
    assert formats["né le"].date is not None
    assert (formats["né le"].date.pattern, formats["né le"].date.first_year) == ("%d/%m/%y", 1930)
    row = {
        "montant": Written(1234.5, "1\u00a0234,5"),
        "né le": Written("03/02/51", "03/02/51"),
        "abonné": Written("oui", "oui"),
        "département": Written("01", "01"),
    }
    found = everywhere(api, learnt.contract, [row])
    assert found == {"montant": [1234.5], "né le": ["1951-02-03"], "abonné": ["oui"], "département": ["01"]}
    flagged = {name: cell.typed for name, cell in row.items()} | {"abonné": False}
    body = json_rows.orjson.dumps({"row": flagged})
    assert checked(learnt.contract, json_rows.parse(body, 1)).columns["abonné"] == ["non"]


def test_a_column_that_was_removed_as_personal_may_be_sent(tmp_path: Path) -> None:
    lines = ["nom,âge,y"] + [f"Nom {at},{20 + at % 50},{at % 13}" for at in range(200)]
    learnt = Learnt(tmp_path, "\n".join(lines), "y", batch_filter=Anonymiser([Drop(column="nom")]))
    assert (learnt.contract.names, set(learnt.contract.ignored)) == (("âge",), {"y", "nom"})
    body = json_rows.orjson.dumps({"rows": [{"âge": 30, "nom": "Élise"}, {"âge": 31, "nom": ["any", "thing"]}]})
    assert checked(learnt.contract, json_rows.parse(body, 9)).columns["âge"] == [30.0, 31.0]
    assert CsvFile("nom,âge\nÉlise,30\n".encode(), learnt.contract).check(FrameValidator(learnt.contract), 0, 1, 1)
    file = tmp_path / "later.csv"
    file.write_text("nom,âge,ville\nÉlise,30,Lyon\n")
    opened = prediction_files.open_file(file, file.name, learnt.contract)
    assert opened.left_out == ("ville",), "what the model does not know is left out and named"
