"""One row, many rows, JSON, CSV and the model itself: the same numbers, bit for bit, for every kind of model."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import polars as pl
import pytest

from tablee_scoring import Model

PROBLEMS = ("binary", "multiclass", "regression")
ALGORITHMS = ("gbm", "drf", "xgboost", "glm", "deeplearning", "stackedensemble")


@pytest.fixture(params=[f"{p}-{a}" for p in PROBLEMS for a in ALGORITHMS])
def made(request: pytest.FixtureRequest, bundles: dict[str, Any]) -> Any:
    return bundles[request.param]


def test_json_csv_and_model_agree(made: Any, api: httpx.Client) -> None:
    name, frame = made.contract.model, made.trained.rows.select(made.trained.features)
    model = Model.load(made.directory, made.digest)
    expected = model.predict(model.validator.columns(frame.to_dict(as_series=False), frame.height))
    url = f"/models/{name}/predict"

    many = api.post(url, json={"rows": frame.to_dicts()})
    assert many.status_code == 200, many.text
    assert scores(many.json()["predictions"], expected.classes) == expected.scores.tolist()
    assert [each["prediction"] for each in many.json()["predictions"]] == expected.values

    some = range(0, frame.height, 40)
    ones = [api.post(url, json={"row": frame.row(i, named=True)}).json()["predictions"][0] for i in some]
    assert scores(ones, expected.classes) == [expected.scores[i].tolist() for i in some]

    table = api.post(url, content=frame.write_csv(null_value="NA"), headers={"content-type": "text/csv"})
    assert table.status_code == 200, table.text
    rows = list(csv.DictReader(io.StringIO(table.text)))
    names = [f"probability_{label}" for label in expected.classes] or ["prediction"]
    assert [[float(row[column]) for column in names] for row in rows] == expected.scores.tolist()
    assert table.headers["tablee-warning-count"] == str(many.json()["warning_count"])


def scores(items: list[dict[str, Any]], classes: tuple[str, ...]) -> list[list[float]]:
    return [[item["probabilities"][label] for label in classes] or [item["prediction"]] for item in items]


def test_explanations_add_up(made: Any, api: httpx.Client) -> None:
    rows = made.trained.rows.select(made.trained.features)[[0, 100, 200, 500]]
    url = f"/models/{made.contract.model}/predict?explain=true"
    answer = api.post(url, json={"rows": rows.to_dicts()})
    assert answer.status_code == 200, answer.text
    for item in answer.json()["predictions"]:
        reasons = item["explanation"]
        assert set(reasons["contributions"]) == set(made.contract.names)
        assert reasons["output"] == pytest.approx(reasons["bias"] + sum(reasons["contributions"].values()))
        if reasons["scale"] == "value":
            assert reasons["output"] == pytest.approx(item["prediction"], rel=1e-6)
        elif reasons["scale"] == "probability":
            assert reasons["output"] == pytest.approx(item["probabilities"][reasons["class"]], abs=1e-6)

    table = api.post(url, content=rows.write_csv(null_value="NA"), headers={"content-type": "text/csv"})
    read = pl.read_csv(io.StringIO(table.text))
    for name in made.contract.names:
        assert read[f"contribution_{name}"].to_list() == [
            item["explanation"]["contributions"][name] for item in answer.json()["predictions"]
        ]
    assert read["bias"].to_list() == [item["explanation"]["bias"] for item in answer.json()["predictions"]]
