"""A model whose recipe reads dates, numbers and levels out of texts: every protocol gives the same bits."""

from __future__ import annotations

import dataclasses
import io
import json
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from zoo import PENGUINS, Trained, read

from tablee.models import bundle
from tablee.models.bundle import Golden
from tablee.models.contract import Contract, TextColumn
from tablee.recipes import Recipe
from tablee.recipes.fitted import FittedRecipe
from tablee.recipes.fitting import fit
from tablee_scoring import Model
from tablee_scoring.jvm import GENMODEL_VERSION

NAME = "textes"
STEPS = [
    {"kind": "parse_number", "column": "bill_length_mm", "decimal": ",", "units": {"mm": 1, "cm": 10}},
    {"kind": "clean_text", "column": "île", "to": "island"},
    {"kind": "parse_date", "column": "pesé le"},
    {"kind": "date_parts", "column": "pesé le", "parts": ["year"]},
    {"kind": "formula", "to": "year", "expression": "col('pesé le.year')"},
    {"kind": "drop", "columns": ["île", "pesé le", "pesé le.year"]},
]


def raw(penguins: pl.DataFrame) -> pl.DataFrame:
    """The penguins with dates, numbers and levels as texts, as in files written by hand."""
    return penguins.select(
        *(name for name in penguins.columns if name not in ("bill_length_mm", "island", "year", "rowid")),
        (pl.col("bill_length_mm").cast(pl.String).str.replace(".", ",", literal=True) + " mm").alias("bill_length_mm"),
        ("  " + pl.col("island") + " ").alias("île"),
        (pl.lit("12/03/") + pl.col("year").cast(pl.Int64).cast(pl.String)).alias("pesé le"),
    )


@dataclasses.dataclass(frozen=True)
class Written:
    """The model, its rows as texts, and the zoo's own model with its rows."""

    model: Model
    rows: pl.DataFrame
    plain: Trained
    plain_rows: pl.DataFrame
    directory: Path


@pytest.fixture(scope="module")
def written(zoo: dict[tuple[str, str], Trained], tmp_path_factory: pytest.TempPathFactory) -> Written:
    trained = zoo["binary", "gbm"]
    penguins = read(PENGUINS)
    rows = raw(penguins.select(trained.features))
    fitted = fit(Recipe.model_validate({"steps": STEPS}), rows)
    assert {feature.name for feature in fitted.features} == set(trained.features)
    kinds = {column.name: column for column in trained.contract.columns}
    columns = tuple(
        TextColumn(name=name, reads=fitted.reads_as(name))
        if name in fitted.step_inputs and rows.schema[name] == pl.String
        else kinds[name]
        for name in rows.columns
    )
    examples = tuple(rows.drop_nulls().head(2).to_dicts())
    contract = Contract(model=NAME, columns=columns, target=trained.contract.target, examples=examples)
    golden = trained.background
    first = raw(read(PENGUINS).select(trained.features).sample(150, seed=1))
    model = Model.from_mojo(trained.mojo, contract, recipe=fitted)
    block = model.validator.frame(first)
    directory = tmp_path_factory.mktemp("recipe") / NAME
    scores = model.score(block)
    assert (scores == trained.model.score(golden)).all(), "the recipe gives the MOJO the very numbers it had before"
    bundle.write(
        directory,
        mojo=trained.mojo,
        contract=contract,
        golden=Golden({name: first[name].to_list() for name in contract.names}, scores.tolist()),
        algorithm="gbm",
        version=GENMODEL_VERSION,
        recipe=fitted,
    )
    return Written(Model.load(directory), rows, trained, penguins, directory)


@pytest.fixture(scope="module")
def client(
    written: Written,
    make_registry: Callable[[], Any],
    start_api: Callable[..., AbstractContextManager[Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[httpx.Client]:
    model_registry = make_registry()
    model_registry.register(NAME, written.directory)
    with start_api(model_registry, {NAME: 1}, tmp_path_factory.mktemp("cache")) as running:
        yield running.client


def probabilities(answer: httpx.Response) -> list[list[float]]:
    assert answer.status_code == 200, answer.text
    return [list(each["probabilities"].values()) for each in answer.json()["predictions"]]


def test_the_recipe_travels_with_the_bundle(written: Written) -> None:
    manifest = bundle.verify(written.directory)
    assert bundle.RECIPE in manifest.files
    assert bundle.read_recipe(written.directory, manifest) == written.model.recipe


def test_json_csv_parquet_streams_and_protocols_agree_bit_for_bit(client: httpx.Client, written: Written) -> None:
    rows = written.rows.drop_nulls().head(120)
    expected = written.model.score(written.model.validator.frame(rows)).tolist()
    assert probabilities(client.post("/predict", json={"rows": rows.to_dicts()})) == expected
    assert [probabilities(client.post("/predict", json={"row": row}))[0] for row in rows.to_dicts()] == expected
    assert probabilities(client.post("/predict", json={"columns": rows.to_dict(as_series=False)})) == expected

    answer = client.post("/predict", content=rows.write_csv().encode(), headers={"content-type": "text/csv"})
    table = pl.read_csv(io.BytesIO(answer.content))
    names = [f"probability_{label}" for label in written.model.contract.target.classes]
    assert table.select(names).rows() == [tuple(each) for each in expected]

    lines = "\n".join(json.dumps(row) for row in rows.to_dicts()).encode()
    answer = client.post("/predict", content=lines, headers={"content-type": "application/x-ndjson"})
    answered = [json.loads(line) for line in answer.text.splitlines()]
    assert [list(each["probabilities"].values()) for each in answered] == expected

    kinds = {pl.Float64: "FP64", pl.Int64: "INT64", pl.String: "BYTES"}
    inputs = [
        {"name": each.name, "datatype": kinds[each.dtype], "shape": [len(each)], "data": each.to_list()}
        for each in rows
    ]
    answer = client.post(f"/v2/models/{NAME}/infer", json={"inputs": inputs})
    outputs = {each["name"]: each["data"] for each in answer.json()["outputs"]}
    assert list(zip(*(outputs[name] for name in names), strict=True)) == [tuple(each) for each in expected]
    metadata = client.get(f"/v2/models/{NAME}").json()
    assert {each["name"]: each["datatype"] for each in metadata["inputs"]}["pesé le"] == "BYTES"


def test_the_texts_say_what_the_numbers_said(client: httpx.Client, written: Written) -> None:
    plain = written.plain_rows.select(written.plain.features)
    expected = written.plain.model.score(written.plain.block_of(plain)).tolist()
    assert probabilities(client.post("/predict", json={"rows": written.rows.to_dicts()})) == expected


def test_what_cannot_be_read_is_scored_as_missing_with_a_warning(client: httpx.Client, written: Written) -> None:
    row = written.rows.drop_nulls().row(0, named=True)
    odd = row | {"pesé le": "32/13/2024", "bill_length_mm": "long", "île": " Ré "}
    alone = client.post("/predict", json={"row": odd}).json()
    warned = {(each["column"], each["code"], each["value"]) for each in alone["warnings"]}
    assert warned == {
        ("pesé le", "unreadable_text", "32/13/2024"),
        ("bill_length_mm", "unreadable_text", "long"),
        ("île", "unseen_level", " Ré "),
    }
    many = client.post("/predict", json={"rows": [row, odd, row]}).json()
    assert many["predictions"][1] == alone["predictions"][0]
    assert {(each["row"], each["column"], each["code"]) for each in many["warnings"]} == {
        (2, column, code) for column, code, _ in warned
    }
    missing = client.post("/predict", json={"row": odd | dict.fromkeys(("pesé le", "bill_length_mm", "île"))}).json()
    assert missing["predictions"] == alone["predictions"]
    assert {each["code"] for each in missing["warnings"]} == {"missing_value"}
    assert client.post("/predict", json={"row": row | {"île": ""}}).json()["warnings"][0]["code"] == "missing_value"


def test_a_number_in_a_text_column_is_refused(client: httpx.Client, written: Written) -> None:
    row = written.rows.drop_nulls().row(0, named=True)
    for cell in (39.1, True, ["39,1"]):
        problem = client.post("/predict", json={"row": row | {"bill_length_mm": cell}}).json()
        assert problem["code"] == "invalid_rows"
        assert problem["errors"][0]["expected"] == "a text with a number"


def test_reasons_are_those_of_the_columns_people_send(client: httpx.Client, written: Written) -> None:
    row = written.rows.drop_nulls().row(0, named=True)
    answer = client.post("/predict?explain=true", json={"row": row}).json()["predictions"][0]["explanation"]
    assert set(answer["contributions"]) == set(written.rows.columns)
    plain = written.plain_rows.select(written.plain.features).drop_nulls().row(0, named=True)
    block = written.plain.model.validator.rows([plain])
    own = written.plain.model.explain(block, written.plain.model.score(block))[0]
    assert answer["contributions"]["pesé le"] == own.contributions["year"]
    assert answer["contributions"]["île"] == own.contributions["island"]
    assert struct.pack("d", answer["output"]) == struct.pack("d", own.output)


def test_the_model_shows_its_steps_and_its_schema(client: httpx.Client, written: Written) -> None:
    detail = client.get(f"/models/{NAME}").json()
    assert FittedRecipe.model_validate(detail["recipe"]) == written.model.recipe
    assert {column["name"]: column.get("reads") for column in detail["contract"]["columns"]}["pesé le"] == "date"
    schema = client.get("/openapi.json").json()["components"]["schemas"][f"{NAME}-row"]["properties"]["pesé le"]
    assert schema["type"] == ["string", "null"]
    assert schema["description"].startswith("A text with a date")
