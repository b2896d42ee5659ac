"""`tablee predict`: requests, output, result files and exit codes."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tablee.models.contract import Contract


def serve_predictions(server: Any, contract: Contract, versions: list[int] | None = None) -> None:
    """Answer predictions: `prediction` is the number of the row. Each call gets the next version; the last version is
    repeated."""
    left = list(versions or [1])

    def predict(request: Any) -> tuple[Any, int, dict[str, str]]:
        version = left.pop(0) if len(left) > 1 else left[0]
        rows = pl.read_ipc_stream(request.body)
        assert rows.schema == {"âge": pl.Float64, "ville": pl.String}
        if (at := rows["ville"].index_of("bad")) is not None:
            cell = {"row": at + 1, "column": "ville", "value": "bad", "expected": "another"}
            return {"code": "invalid_rows", "detail": "…", "errors": [cell], "error_count": 1}, 422, {}
        answer = pl.DataFrame({"prediction": ["oui"] * rows.height, "probability_oui": [0.75] * rows.height})
        out = io.BytesIO()
        answer.write_ipc_stream(out)
        headers = {"Tablee-Model": "clients", "Tablee-Version": str(version), "Tablee-Warning-Count": "1"}
        return out.getvalue(), 200, headers

    server.on("POST /models/clients/predict", predict)
    card = {"name": "clients", "version": 1, "contract": contract.model_dump(mode="json")}
    server.on("GET /models/clients", card)


def records(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture
def long_file(tmp_path: Path) -> Path:
    file = tmp_path / "rows é.csv"
    file.write_text("âge,ville\n" + "".join(f'{row},"Ly\non"\n' for row in range(50_000)), encoding="utf-8")
    return file


def test_a_long_file_is_predicted_in_parts(
    server: Any, tablee: Any, contract: Contract, long_file: Path, tmp_path: Path
) -> None:
    serve_predictions(server, contract)
    out = tmp_path / "out.csv"
    done = tablee("predict", "clients", long_file, "--out", out, "--url", server.url, "--json")
    assert (done.code, done.json["rows"], done.json["warning_count"]) == (0, 50_000, 3)
    rows = records(out)
    assert [row["âge"] for row in rows] == [str(number) for number in range(50_000)]
    assert {row["prediction"] for row in rows} == {"oui"}
    piped = tablee("predict", "clients", long_file, "--url", server.url)
    assert piped.out == out.read_text(encoding="utf-8")


def test_the_predictions_of_a_parquet_file_are_a_parquet_file(
    server: Any, tablee: Any, contract: Contract, tmp_path: Path
) -> None:
    def predict(request: Any) -> tuple[Any, int, dict[str, str]]:
        rows = pl.read_ipc_stream(request.body)
        answer = pl.DataFrame({"prediction": ["oui"] * rows.height, "probability_oui": rows["âge"] / 100_000})
        out = io.BytesIO()
        answer.write_ipc_stream(out)
        kinds = request.headers["content-type"], request.headers["accept"]
        assert kinds == ("application/vnd.apache.arrow.stream",) * 2
        headers = {"Tablee-Model": "clients", "Tablee-Version": "1", "Tablee-Warning-Count": "1"}
        return out.getvalue(), 200, headers

    server.on("POST /models/clients/predict", predict)
    wider = contract.model_copy(update={"ignored": ("jour",)})
    server.on("GET /models/clients", {"name": "clients", "version": 1, "contract": wider.model_dump(mode="json")})
    frame = pl.DataFrame({"âge": range(50_000), "ville": "Lyon", "jour": date(2026, 1, 2)})
    file, out = tmp_path / "rows.parquet", tmp_path / "out.parquet"
    frame.write_parquet(file)
    done = tablee("predict", "clients", file, "--out", out, "--url", server.url, "--json")
    assert (done.code, done.json["rows"], done.json["warning_count"]) == (0, 50_000, 3)
    expected = frame.with_columns(prediction=pl.lit("oui"), probability_oui=pl.col("âge") / 100_000)
    assert pl.read_parquet(out).equals(expected)

    frame.head(2).write_parquet(file)
    shown = tablee("predict", "clients", file, "--url", server.url, "--json").json["predictions"]
    assert shown[1] == {"âge": 1, "ville": "Lyon", "jour": "2026-01-02", "prediction": "oui", "probability_oui": 1e-05}
    refused = tablee("predict", "clients", file, "--out", tmp_path / "out.csv", "--url", server.url)
    assert refused.code == 2
    assert "in the format of rows.parquet" in " ".join(refused.err.split())


def test_one_version_predicts_the_whole_file(
    server: Any, tablee: Any, contract: Contract, long_file: Path, tmp_path: Path
) -> None:
    serve_predictions(server, contract, versions=[1, 2])
    out = tmp_path / "out.csv"
    done = tablee("predict", "clients", long_file, "--out", out, "--url", server.url)
    assert done.code == 0
    assert "beginning again" in done.err
    assert "by clients version 2" in done.out
    assert len(records(out)) == 50_000


def test_an_invalid_row_in_a_later_part_is_named_and_nothing_is_written(
    server: Any, tablee: Any, contract: Contract, long_file: Path, tmp_path: Path
) -> None:
    serve_predictions(server, contract)
    with long_file.open("a", encoding="utf-8") as file:
        file.write("3,bad\n")
    out = tmp_path / "out.csv"
    out.write_text("what was there")
    done = tablee("predict", "clients", long_file, "--out", out, "--url", server.url)
    assert done.code == 1
    assert "line 100002, column “ville”" in done.err
    assert out.read_text() == "what was there"
    with long_file.open("a", encoding="utf-8") as file:
        file.write("bad,Lyon\n")
    done = tablee("predict", "clients", long_file, "--out", out, "--url", server.url)
    assert "line 100003, column “âge”" in done.err
    assert out.read_text() == "what was there"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "rows é.csv"]


def test_the_result_has_the_separator_and_encoding_of_the_file(
    server: Any, tablee: Any, contract: Contract, tmp_path: Path
) -> None:
    serve_predictions(server, contract)
    file, out = tmp_path / "clients.csv.gz", tmp_path / "out.csv"
    file.write_bytes(gzip.compress("âge;ville\r\n41,5;Lyon\r\n;75000\r\n".encode("cp1252")))
    refused = tablee("predict", "clients", file, "--out", out, "--url", server.url)
    assert refused.code == 1
    assert "--decimal ,\n" in refused.err.replace("'", "")  # for the whole file
    done = tablee("predict", "clients", file, "--decimal", ",", "--out", out, "--url", server.url, "--json")
    reading = done.json["reading"]
    assert (done.code, reading["encoding"]) == (0, "windows-1252")
    assert reading["cells"]["âge"]["number"]["decimal"] == ","
    expected = "âge;ville;prediction;probability_oui\r\n41,5;Lyon;oui;0,75\r\n;75000;oui;0,75\r\n"
    assert out.read_bytes() == expected.encode("cp1252")
    file = tmp_path / "clients.csv"
    file.write_text("âge;ville\n1,500;Lyon\n", encoding="utf-8")
    rows = []
    for options in (("--decimal", ","), ("--decimal", ".", "--thousands", ",")):
        tablee("predict", "clients", file, "--url", server.url, *options)
        rows += pl.read_ipc_stream(server.requests[-1].body).rows()
    assert rows == [(1.5, "Lyon"), (1500.0, "Lyon")]


def test_the_file_itself_is_not_overwritten(tablee: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("âge,ville\n1,Lyon\n")
    (tmp_path / "b.csv").symlink_to("a.csv")
    for out in ("a.csv", tmp_path / "a.csv", "b.csv"):
        done = tablee("predict", "clients", "a.csv", "--out", out)
        assert (done.code, "is the file to be predicted itself" in done.err) == (2, True), done.err
    assert (tmp_path / "a.csv").read_text() == "âge,ville\n1,Lyon\n"


def test_a_file_and_a_row_do_not_go_together(tablee: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("âge,ville\n1,Lyon\n")
    done = tablee("predict", "clients", "a.csv", "--row", "âge=3")
    assert (done.code, "file: name one FILE" in done.err) == (2, True), done.err


def test_options_for_reading_a_file_need_a_file(tablee: Any) -> None:
    done = tablee("predict", "clients", "--row", "âge=3", "--decimal", ",")
    assert done.code == 2
    assert "goes with a file" in " ".join(done.err.split())


def test_predicted_numbers_are_numbers_in_json(server: Any, tablee: Any, contract: Contract, tmp_path: Path) -> None:
    serve_predictions(server, contract)
    (tmp_path / "rows.csv").write_text("âge,ville\n007,Lyon\n")
    done = tablee("predict", "clients", "rows.csv", "--url", server.url, "--json")
    assert done.json["predictions"] == [{"âge": "007", "ville": "Lyon", "prediction": "oui", "probability_oui": 0.75}]


def test_a_row_is_sent_with_typed_values_and_its_contributions_are_shown(
    server: Any, tablee: Any, contract: Contract
) -> None:
    serve_predictions(server, contract)
    explanation = {
        "scale": "log_odds",
        "class": "oui",
        "bias": 0.5,
        "contributions": {"âge": -0.25, "ville": 1.0},
        "output": 1.25,
        "method": "treeshap",
    }
    prediction = {"prediction": "oui", "probability": 0.78, "probabilities": {"non": 0.22, "oui": 0.78}}
    answer = {
        "model": "clients",
        "version": 1,
        "prediction_id": "p",
        "predictions": [prediction | {"explanation": explanation}],
        "warnings": [{"row": 1, "column": "âge", "code": "missing_value", "value": None}],
        "warning_count": 1,
    }
    server.on("POST /models/clients/predict", answer)
    arguments = ("predict", "clients", "--row", "âge=", "ville=75000", "--explain", "--url", server.url)
    done = tablee(*arguments)
    assert done.code == 0
    assert json.loads(server.requests[-1].body) == {"row": {"âge": None, "ville": "75000"}}
    lines = done.out.splitlines()
    assert "oui  (probability 78.0%)" in done.out
    places = [
        next(number for number, line in enumerate(lines) if line.strip().startswith(name)) for name in ("ville", "âge")
    ]
    assert places == sorted(places), "the strongest reason comes first"
    assert "âge has no value" in done.out
    assert tablee(*arguments, "--json").json == answer


def test_warnings_are_summed_up_by_column_and_left_out_columns_named(
    server: Any, tablee: Any, contract: Contract, tmp_path: Path
) -> None:
    serve_predictions(server, contract)
    file = tmp_path / "rows.csv"
    file.write_text("âge,ville,autre\n1,Lyon,x\n,Lyon,x\n,nowhere,x\n", encoding="utf-8")
    done = tablee("predict", "clients", file, "--url", server.url)
    assert done.code == 0
    assert "Left out, since the model does not know them: autre" in done.err
    assert "not in the file with the predictions" not in done.err
    assert "warning: 2 cells of “âge” have no value" in done.err
    assert "prediction" in done.out.splitlines()[0]
    with_units = tmp_path / "units.csv"
    with_units.write_text("âge,ville\nans,\n1,Lyon\n2,Lyon\n", encoding="utf-8")
    french = tablee("predict", "clients", with_units, "--units-row", "--language", "fr", "--url", server.url)
    assert "non repris dans le fichier avec les prédictions\u00a0: ligne d’unités" in french.err
    assert len(french.out.splitlines()) == 3
    answer = tablee("predict", "clients", file, "--url", server.url, "--json").json
    assert {"column": "âge", "code": "missing_value", "cells": 2} in answer["warned"]
    assert answer["left_out"] == ["autre"]
