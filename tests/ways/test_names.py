"""Whatever the columns, levels and classes of a data set are called, every part can carry it.

That H2O and MOJOs can carry it, too, is tested in `tests/train/test_names.py`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from odd_names import NAMES

from tablee.models import bundle
from tablee.models.bundle import Golden
from tablee.models.columns import CategoryColumn, NumberColumn
from tablee.models.contract import Contract, Target
from tablee.models.problem import ProblemType
from tablee_api.codecs.compiled_json import CompiledDecoder, OrdinaryDecoder, decoder_of
from tablee_api.trial import questions
from ways.over_http import SENDERS
from ways.toy import ToyModel, toy_api
from ways.ways import WAYS
from ways.written import SPELLING, Row, Written

CLASSES = ('no\\"', "{} é", "%s %b", "__proto__", "😀\u2028", "a,b;c")
LEVELS = ("NA", 'a "b"', "%s", "{x}", "\\", "a\nb", "😀", "=1+1", "x" * 5000)
CONTRACT = Contract(
    model="odd",
    columns=tuple(
        NumberColumn(name=name, minimum=-5, maximum=5) if at % 2 else CategoryColumn(name=name, levels=LEVELS)
        for at, name in enumerate(NAMES)
    ),
    target=Target(name='label "é" \\', problem_type=ProblemType.MULTICLASS, classes=CLASSES),
    ignored=('label "é" \\', "\\ignored\\"),
    examples=tuple({name: 1 if at % 2 else "%s" for at, name in enumerate(NAMES)} for _ in range(2)),
)
ROWS: list[Row] = [
    {name: Written(number / 4, str(number / 4)) if at % 2 else Written(level, level) for at, name in enumerate(NAMES)}
    for number, level in enumerate(LEVELS)
]
MODEL = ToyModel(CONTRACT)
SCORES = [MODEL._scores([row[name].typed for name in NAMES]) for row in ROWS]


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with toy_api(CONTRACT) as running:
        yield running.client


@pytest.mark.parametrize("way", WAYS)
def test_every_way_in(way: str) -> None:
    columns = WAYS[way](CONTRACT, ROWS).columns
    assert {name: list(columns[name]) for name in NAMES} == {name: [row[name].typed for row in ROWS] for name in NAMES}


@pytest.mark.parametrize("sender", SENDERS)
def test_every_route(client: httpx.Client, sender: str) -> None:
    assert SENDERS[sender](client, CONTRACT, ROWS) == SCORES


@pytest.fixture
def spelt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names as they stand in the file that the data set was made of: with blanks and line breaks around."""
    monkeypatch.setattr(SPELLING, "of", lambda name: f" {name}\u00a0\n")


@pytest.mark.parametrize("way", WAYS)
def test_names_as_the_file_had_them_are_put_in_order_on_every_way_in(way: str, spelt: None) -> None:
    columns = WAYS[way](CONTRACT, ROWS).columns
    assert {name: list(columns[name]) for name in NAMES} == {name: [row[name].typed for row in ROWS] for name in NAMES}


@pytest.mark.parametrize("sender", SENDERS)
def test_names_as_the_file_had_them_are_put_in_order_on_every_route(
    client: httpx.Client, sender: str, spelt: None
) -> None:
    assert SENDERS[sender](client, CONTRACT, ROWS) == SCORES


def test_a_name_in_two_spellings_is_refused(client: httpx.Client) -> None:
    row = {name: cell.typed for name, cell in ROWS[1].items()}
    answer = client.post("/predict", json={"row": row | {" 2010": 1}})
    assert [each["column"] for each in answer.json()["errors"]] == [" 2010"]
    del row["2010"]
    answer = client.post("/predict", json={"row": row | {" 2010": 1, "2010 ": 2}})
    assert [each["column"] for each in answer.json()["errors"]] == ["2010 "]


def test_a_contract_that_cannot_be_compiled_is_served_by_the_ordinary_path() -> None:
    with pytest.raises(ValueError, match="must not contain"):
        CompiledDecoder(CONTRACT)
    assert isinstance(decoder_of(CONTRACT), OrdinaryDecoder)
    plain = [column for column in CONTRACT.columns if not set(column.name) & set('"\\')]
    assert isinstance(decoder_of(CONTRACT.model_copy(update={"columns": tuple(plain)})), CompiledDecoder)


@pytest.mark.parametrize("count", [1, 50_000])
def test_any_number_of_levels(count: int) -> None:
    column = CategoryColumn(name="c", levels=tuple(sorted(str(at) for at in range(count))))
    decoder = decoder_of(CONTRACT.model_copy(update={"columns": (column,)}))
    assert decoder.cells(b'{"row":{"c":"0"}}') == ("0",)


def test_every_document_of_the_api(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()["components"]["schemas"]
    assert list(document["odd-row"]["properties"]) == [*NAMES, *CONTRACT.ignored]
    assert list(document["odd-prediction"]["properties"]["probabilities"]["properties"]) == list(CLASSES)
    assert client.get("/models/odd").json()["contract"] == CONTRACT.model_dump(mode="json")
    tensors = client.get("/v2/models/odd").json()
    assert [each["name"] for each in tensors["inputs"]] == list(NAMES)
    assert [each["name"] for each in tensors["outputs"]] == ["prediction", *(f"probability_{name}" for name in CLASSES)]
    assert "odd" in client.get("/metrics").text


def test_explanations_and_csv(client: httpx.Client) -> None:
    row = {name: cell.typed for name, cell in ROWS[1].items()}
    explained = client.post("/predict?explain=true", json={"row": row}).json()["predictions"][0]["explanation"]
    assert list(explained["contributions"]) == list(NAMES)
    table = client.post("/predict?explain=true", json={"row": row}, headers={"accept": "text/csv"}).text
    header, record = csv.reader(io.StringIO(table, newline=""))
    added = [f"probability_{name}" for name in CLASSES] + [f"contribution_{name}" for name in NAMES]
    assert [name.removesuffix("_1") for name in header[len(NAMES) + 1 :]] == [*added, "bias"]
    assert [float(cell) for cell in record[-len(NAMES) - 1 : -1]] == [float(at) for at in range(len(NAMES))]


def test_errors_and_warnings_name_the_column(client: httpx.Client) -> None:
    for name in NAMES:
        row = {each: cell.typed for each, cell in ROWS[1].items()}
        refused = client.post("/predict", json={"row": row | {name: [1]}})
        assert (refused.status_code, refused.json()["errors"][0]["column"]) == (422, name)
        warned = client.post("/predict", json={"row": row | {name: None}}).json()
        assert [(each["column"], each["code"]) for each in warned["warnings"]] == [(name, "missing_value")]


def test_bundles(tmp_path: Path) -> None:
    mojo = tmp_path / "any.zip"
    mojo.write_bytes(b"a model")
    golden = Golden({name: [row[name].typed for row in ROWS] for name in NAMES}, SCORES)
    folder = tmp_path / "bundle"
    digest = bundle.write(folder, mojo=mojo, contract=CONTRACT, golden=golden, algorithm="gbm", version="3")
    bundle.verify(folder, digest)
    assert bundle.read_contract(folder) == CONTRACT
    read = bundle.read_golden(folder, CONTRACT)
    assert (read.rows, read.scores) == (golden.rows, golden.scores)


def test_the_questions_of_a_trial_get_the_scores_of_training(client: httpx.Client) -> None:
    golden = Golden({name: [row[name].typed for row in ROWS] for name in NAMES}, SCORES)
    asked: list[Any] = list(questions(CONTRACT, golden))
    assert [each.kind for each in asked] == ["application/json"] * (len(ROWS) + 1) + ["text/csv"]
    for each in asked:
        headers = {"content-type": each.kind, "accept": each.kind}
        answer = client.post("/predict", content=each.body, headers=headers)
        assert answer.status_code == 200, answer.text


@pytest.mark.filterwarnings("ignore:.*Any type hint is inferred:UserWarning")
def test_the_signature_of_the_logged_model() -> None:
    from tablee_scoring import pyfunc  # MLflow warns while it is imported

    signature = pyfunc.signature(CONTRACT)
    assert signature.inputs.input_names() == list(NAMES)
    again = type(signature).from_dict(signature.to_dict())
    assert again == signature
