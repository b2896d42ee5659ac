"""One model predicts the same by HTTP with JSON, HTTP with CSV, the command line and MLflow's own pyfunc."""

from __future__ import annotations

import csv
import gzip
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from french import rewritten, shares
from repository import PENGUINS

ROWS = 344
PYFUNC = """
import json, logging, sys
import mlflow, pandas
logging.disable(logging.WARNING)
mlflow.set_tracking_uri(sys.argv[1])
model = mlflow.pyfunc.load_model("models:/penguins@champion")
frame = pandas.read_csv(sys.argv[2], float_precision="round_trip")
names = [column["name"] for column in json.loads(model.metadata.get_input_schema().to_json())]
print(model.predict(frame[names].astype({"year": float})).to_json(orient="records", double_precision=15))
"""


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """The file as JSON rows."""
    with PENGUINS.open(encoding="utf-8", newline="") as file:
        return [
            {name: _value(name, text) for name, text in row.items() if name != "species"}
            for row in csv.DictReader(file)
        ]


def _value(name: str, text: str) -> Any:
    if text == "NA":
        return None
    return text if name in ("island", "sex") else float(text)


def test_json_csv_command_and_pyfunc_agree(stack: Any, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    answer = httpx.post(f"{stack.api_url}/predict", json={"rows": rows}, timeout=60).raise_for_status().json()
    assert len(answer["predictions"]) == ROWS
    by_json = [found["probabilities"] for found in answer["predictions"]]

    out = tmp_path / "des prédictions.csv"
    done = stack.cli("predict", "penguins", PENGUINS, "--out", out, "--json")
    assert (done.code, done.json["rows"], done.json["version"]) == (0, ROWS, answer["version"])
    with out.open(encoding="utf-8", newline="") as file:
        by_command = list(csv.DictReader(file))
    assert [row["prediction"] for row in by_command] == [found["prediction"] for found in answer["predictions"]]
    for row, probabilities in zip(by_command, by_json, strict=True):
        assert {label: float(row[f"probability_{label}"]) for label in probabilities} == probabilities

    packed, back = tmp_path / "manchots.csv.gz", tmp_path / "manchots.csv"
    packed.write_bytes(gzip.compress(rewritten(PENGUINS)))
    refused = stack.cli("predict", "penguins", packed, "--out", back, "--json")
    assert (refused.code, refused.problem["reason"]) == (1, "other_number_format")
    assert stack.cli("predict", "penguins", packed, "--out", back, "--decimal", ",").code == 0
    assert shares(back.read_text(encoding="cp1252"), ";", ",") == [list(found.values()) for found in by_json]

    parquet = tmp_path / "rows.parquet"
    pl.read_csv(PENGUINS, null_values="NA").write_parquet(parquet)
    answered = tmp_path / "answers.parquet"
    assert stack.cli("predict", "penguins", parquet, "--out", answered).code == 0
    labels = [f"probability_{label}" for label in by_json[0]]
    by_parquet = pl.read_parquet(answered).select(labels).rename(lambda name: name.removeprefix("probability_"))
    assert by_parquet.to_dicts() == by_json

    script = [sys.executable, "-W", "ignore", "-c", PYFUNC, stack.mlflow_url, str(PENGUINS)]
    said = subprocess.run(script, capture_output=True, text=True, timeout=300, check=True)
    for row, probabilities in zip(json.loads(said.stdout), by_json, strict=True):
        found = {label: row.get(f"probability_{label}", row.get(label)) for label in probabilities}
        assert found == pytest.approx(probabilities, abs=1e-14)  # pandas writes 15 digits


def test_reasons_sum_to_the_prediction(stack: Any, rows: list[dict[str, Any]]) -> None:
    answer = httpx.post(f"{stack.api_url}/predict?explain=true", json={"row": rows[0]}, timeout=60).json()
    explanation = answer["predictions"][0]["explanation"]
    total = math.fsum([explanation["bias"], *explanation["contributions"].values()])
    assert total == pytest.approx(explanation["output"], abs=1e-6)


def test_a_row_on_the_command_line(stack: Any) -> None:
    cells = "island=Biscoe bill_length_mm=47.2 bill_depth_mm=13.7 flipper_length_mm=214 body_mass_g=4925 sex= year=2009"
    done = stack.cli("predict", "penguins", "--row", *cells.split(), "--explain", "--json")
    assert done.code == 0
    assert done.json["predictions"][0]["prediction"] == "Gentoo"
    assert [warning["code"] for warning in done.json["warnings"]] == ["missing_value"]
    assert "Gentoo" in stack.cli("predict", "penguins", "--row", *cells.split(), "--explain").out


def test_invalid_rows_are_refused_with_row_and_column(stack: Any, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    lines = PENGUINS.read_text().splitlines()
    lines[200] = lines[200].replace("Biscoe,", "Biscoe,many", 1)
    file.write_text("\n".join(lines))
    done = stack.cli("predict", "penguins", file, "--out", tmp_path / "out.csv", "--json")
    assert (done.code, done.problem["code"]) == (1, "invalid_rows")
    assert (done.problem["errors"][0]["row"], done.problem["errors"][0]["column"]) == (200, "bill_length_mm")
    assert not (tmp_path / "out.csv").exists()
    file.write_text("a,b\n1\n")
    done = stack.cli("data", "add", file, "--json")
    assert (done.code, done.problem["code"], done.problem["line"]) == (1, "invalid_table", 2)
    assert stack.cli("data", "show", "bad", "--json").problem["code"] == "dataset_not_found"
