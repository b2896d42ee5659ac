"""Commands for a platform at a URL: their requests, output and exit codes."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tablee.models.contract import Contract
from tablee_cli.stack.state_file import Recorded, StackRecord

MANIFEST: dict[str, Any] = {
    "name": "clients",
    "version": "0123456789ab",
    "rows": 2,
    "columns": [
        {"name": "âge", "kind": "number", "missing": 0, "distinct": 2, "minimum": 1.0, "maximum": 2.0, "top": []},
        {"name": "[ville]", "kind": "category", "missing": 1, "distinct": 1, "top": [["Lyon", 1]]},
    ],
    "filename": "clients.csv",
    "bytes": 30,
    "sha256": "0" * 64,
    "created": "2026-01-02T03:04:05Z",
}


def test_the_name_of_a_data_set_is_made_of_the_file_name(server: Any, tablee: Any, tmp_path: Path) -> None:
    file = tmp_path / "Mes Clients [2024].csv"
    file.write_bytes(b"a,b\n" + b"1,2\n" * 100_000)
    server.on("PUT /datasets/mes-clients-2024", MANIFEST, 201)
    done = tablee("data", "add", file, "--url", server.url, "--json")
    assert (done.code, done.json["new"], done.err) == (0, True, "")
    (asked,) = server.asked
    assert asked.body == file.read_bytes()
    assert "filename=Mes+Clients" in asked.path
    server.on("PUT /datasets/other", MANIFEST, 200)
    done = tablee("data", "add", file, "--name", "other", "--url", server.url)
    assert (done.code, done.out) == (
        0,
        "data set clients, version 0123456789ab (2 rows, 2 columns) is there already\n",
    )


def test_data_sets_are_listed_and_shown(server: Any, tablee: Any) -> None:
    server.on("GET /datasets", {"datasets": [MANIFEST]})
    server.on("GET /datasets/clients", {"name": "clients", "versions": [MANIFEST]})
    rows = {"columns": ["âge", "[ville]"], "rows": [{"âge": 1, "[ville]": None}]}
    server.on("GET /datasets/clients/versions/latest/rows", rows)
    assert "0123456789ab" in tablee("data", "list", "--url", server.url).out
    shown = tablee("data", "show", "clients", "--rows", "1", "--url", server.url).out
    assert "1 to 2" in shown
    assert "[ville]" in shown
    assert "Lyon (1)" in shown
    assert server.asked[-1].path.endswith("limit=1")
    assert tablee("data", "show", "clients", "--url", server.url, "--json").json["rows"] == rows["rows"]


def test_models_are_listed_shown_and_promoted(server: Any, tablee: Any, contract: Contract) -> None:
    version = {
        "model": "clients",
        "version": 3,
        "created": "2026-01-02T03:04:05+00:00",
        "aliases": ["champion"],
        "algorithm": "gbm",
        "dataset": "clients",
        "holdout": {"auc": 0.87},
        "verdict": {"passed": True, "reason": "It is better.", "metric": "auc", "candidate": 0.87},
        "rollout": "live",
    }
    record = {
        "model": "clients",
        "epoch": 2,
        "version": 3,
        "previous": 1,
        "kind": "person",
        "by": "ana",
        "reason": "why not",
        "at": "2026-01-02T03:04:05Z",
    }
    history = {"name": "clients", "champion": 3, "serving": 3, "versions": [version], "promotions": [record]}
    server.on("GET /models", {"models": [history | {"versions": 1, "updated": version["created"]}]})
    served = {"version": 3, "contract": contract.model_dump(mode="json")}
    server.on("GET /models/clients", history | served)  # one server is controller and API
    server.on("POST /models/clients/promote", record)
    server.on("POST /models/clients/rollback", record)
    server.on("GET /rollout", {"state": "in_sync", "reason": ""})
    assert "clients" in tablee("models", "--url", server.url).out
    shown = tablee("models", "clients", "--url", server.url).out
    assert "auc 0.87" in shown
    assert "why not" in shown
    done = tablee("promote", "clients", 3, "--reason", "why not", "--wait", "--url", server.url)
    assert (done.code, done.out) == (0, "clients version 3 is the champion and served (before: 1)\n")
    body = json.loads(next(asked.body for asked in server.asked if asked.path.endswith("promote")))
    assert (body["version"], body["reason"], bool(body["by"])) == (3, "why not", True)
    assert tablee("rollback", "clients", "--url", server.url, "--json").json == record


def serve_predictions(server: Any, contract: Contract, versions: list[int] | None = None) -> None:
    """Answer predictions: `prediction` is the number of the row. Each call gets the next version; the last version is
    repeated."""
    left = list(versions or [1])

    def predict(asked: Any) -> tuple[Any, int, dict[str, str]]:
        version = left.pop(0) if len(left) > 1 else left[0]
        rows = pl.read_ipc_stream(asked.body)
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
    def predict(asked: Any) -> tuple[Any, int, dict[str, str]]:
        rows = pl.read_ipc_stream(asked.body)
        answer = pl.DataFrame({"prediction": ["oui"] * rows.height, "probability_oui": rows["âge"] / 100_000})
        out = io.BytesIO()
        answer.write_ipc_stream(out)
        kinds = asked.headers["content-type"], asked.headers["accept"]
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
    assert "row 50001, column «ville»" in done.err
    assert out.read_text() == "what was there"
    with long_file.open("a", encoding="utf-8") as file:
        file.write("bad,Lyon\n")
    done = tablee("predict", "clients", long_file, "--out", out, "--url", server.url)
    assert "row 50002, column «âge»" in done.err
    assert out.read_text() == "what was there"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "rows é.csv"]


def test_the_result_has_the_separator_and_encoding_of_the_file(
    server: Any, tablee: Any, contract: Contract, tmp_path: Path
) -> None:
    serve_predictions(server, contract)
    file, out = tmp_path / "clients.csv.gz", tmp_path / "out.csv"
    file.write_bytes(gzip.compress("âge;ville\r\n41,5;Lyon\r\n;75000\r\n".encode("cp1252")))
    done = tablee("predict", "clients", file, "--out", out, "--url", server.url, "--json")
    assert (done.code, done.json["reading"]["encoding"], done.json["reading"]["decimal"]) == (0, "windows-1252", ",")
    expected = "âge;ville;prediction;probability_oui\r\n41,5;Lyon;oui;0,75\r\n;75000;oui;0,75\r\n"
    assert out.read_bytes() == expected.encode("cp1252")
    file = tmp_path / "clients.csv"
    file.write_text("âge;ville\n1,500;Lyon\n", encoding="utf-8")
    rows = []
    for options in ((), ("--decimal", ".", "--thousands", ",")):
        tablee("predict", "clients", file, "--url", server.url, *options)
        rows += pl.read_ipc_stream(server.asked[-1].body).rows()
    assert rows == [(1.5, "Lyon"), (1500.0, "Lyon")]


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
    assert json.loads(server.asked[-1].body) == {"row": {"âge": None, "ville": "75000"}}
    lines = done.out.splitlines()
    assert "oui  (probability 78.0%)" in done.out
    places = [
        next(number for number, line in enumerate(lines) if line.strip().startswith(name)) for name in ("ville", "âge")
    ]
    assert places == sorted(places), "the strongest reason comes first"
    assert "âge has no value" in done.out
    assert tablee(*arguments, "--json").json == answer


def test_the_access_key_is_sent(server: Any, tablee: Any) -> None:
    server.on("GET /models", {"models": []})
    tablee("models", "--url", server.url, "--key", "k1")
    tablee("models", TABLEE_URL=server.url, TABLEE_KEY="k2")
    assert [asked.headers.get("authorization") for asked in server.asked] == ["Bearer k1", "Bearer k2"]


def test_address_and_key_of_the_local_stack_are_the_default(server: Any, tablee: Any, tmp_path: Path) -> None:
    server.on("GET /models", {"models": []})
    controller = Recorded(name="controller", url=server.url, port=1, log="", started=datetime.now(UTC))
    (tmp_path / "un home").mkdir()
    record = tmp_path / "un home" / "stack.json"
    StackRecord(key="k3", components={"controller": controller}).write(record)
    assert record.stat().st_mode & 0o777 == 0o600
    assert tablee("models").code == 0
    assert server.asked[-1].headers["authorization"] == "Bearer k3"


class Resumable:
    """The server's side of an upload. The response to the first part is lost."""

    def __init__(self, server: Any, there: int = 0) -> None:
        self.content, self.lost = bytearray(there), False
        server.on("POST /uploads", self.begin)
        server.on("GET /uploads/u-1", lambda _: (self.state(), 200, {}))
        server.on("PATCH /uploads/u-1", self.add)
        server.on("DELETE /uploads/u-1", b"", 204)
        self.size = 0

    def state(self) -> dict[str, Any]:
        return {"id": "u-1", "offset": len(self.content), "bytes": self.size}

    def begin(self, asked: Any) -> tuple[Any, int, dict[str, str]]:
        assert asked.headers["tus-resumable"] == "1.0.0"
        self.size = int(asked.headers["upload-length"])
        return self.state(), 201, {}

    def add(self, asked: Any) -> tuple[Any, int, dict[str, str]]:
        assert int(asked.headers["upload-offset"]) == len(self.content)
        self.content += asked.body
        if not self.lost:
            self.lost = True
            return {"code": "unavailable", "detail": "not now", "status": 503}, 503, {}
        return b"", 204, {"upload-offset": str(len(self.content))}


def test_a_large_file_is_sent_in_parts_and_a_lost_response_is_no_error(
    server: Any, tablee: Any, tmp_path: Path
) -> None:
    file = tmp_path / "large.csv"
    file.write_bytes(b"a,b\n" + b"1,2\n" * 4_500_000)
    upload = Resumable(server)
    server.on("PUT /datasets/large", MANIFEST, 201)
    done = tablee("data", "add", file, "--decimal", ",", "--date", "b=%d/%m/%Y", "--url", server.url)
    assert (done.code, bytes(upload.content) == file.read_bytes()) == (0, True)
    asked = server.asked[-1].path
    assert "upload=u-1" in asked
    assert "options=%7B%22decimal%22%3A%22%2C%22%2C%22dates%22%3A%7B%22b%22%3A%22%25d%2F%25m%2F%25Y%22%7D%7D" in asked


def test_an_upload_is_resumed(server: Any, tablee: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"a,b\n1,2\n")
    upload = Resumable(server, there=4)
    upload.size, upload.lost = 8, True
    server.on("PUT /datasets/a", MANIFEST, 200)
    assert tablee("data", "add", file, "--resume", "u-1", "--url", server.url).code == 0
    assert bytes(upload.content[4:]) == b"1,2\n"
    upload.size = 9
    other = tablee("data", "add", file, "--resume", "u-1", "--url", server.url)
    assert (other.code, "of a file of 9 bytes" in other.err) == (1, True)


def test_a_preview_is_shown_and_the_upload_deleted(server: Any, tablee: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"d\n03/04/2024\n")
    Resumable(server).lost = True
    shown = {
        "reading": {},
        "decisions": [
            {
                "field": "dates",
                "column": "d",
                "chosen": "%d/%m/%Y",
                "reason": "nothing_tells",
                "facts": {},
                "alternatives": ["%m/%d/%Y"],
                "sure": False,
            }
        ],
        "columns": ["d"],
        "kinds": {"d": "date"},
        "rows": [{"d": "2024-04-03"}],
        "looked_at": 1,
    }
    server.on("GET /uploads/u-1/preview", shown)
    done = tablee("data", "preview", file, "--url", server.url)
    assert done.code == 0
    assert "2024-04-03" in done.out
    assert "%m/%d/%Y" in done.out
    assert "no day is above 12" in done.out
    assert server.asked[-1].method == "DELETE"
    assert tablee("data", "preview", file, "--json", "--url", server.url).json == shown


def test_malformed_options_are_usage_errors(server: Any, tablee: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"a\n1\n")
    for options in (("--decimal", ";"), ("--date", "a"), ("--encoding", "klingon")):
        assert tablee("data", "add", file, *options, "--url", server.url).code == 2
    assert server.asked == []
