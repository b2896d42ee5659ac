"""Predictions of uploaded files with a real worker and a real model. They equal the predictions of the API."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest
from french import DECIMAL_COMMAS, rewritten
from zoo import PENGUINS, read

from tablee.datasets.reading import Corrections
from tablee.settings import MlflowSettings, ObjectStoreSettings
from tablee.storage.object_store import DirectoryStore
from tablee_client.api import PartPredictions
from tablee_client.predict_file import predict_file
from tablee_controller.runtimes.local import SCORING_COMMAND
from tablee_controller.runtimes.local.environment import WORKER, Environments
from tablee_controller.runtimes.local.jobs import Jobs
from tablee_controller.runtimes.local.workers import Workers
from tablee_controller.settings import ControllerSettings
from tablee_data import prediction_files
from tablee_scoring import Model

pytestmark = pytest.mark.timeout(900)
PATIENCE: Final = 240.0
"""Longest time in seconds in which a worker starts and answers on a busy machine."""


@dataclass
class Platform:
    """The controller with a real model, and with real workers for predictions."""

    controller: Any
    model: Model
    workers: Workers
    until: Any

    def upload(self, content: bytes, filename: str) -> str:
        return str(self.controller.upload(content, filename))

    def predict(self, content: bytes, filename: str, **options: Any) -> tuple[dict[str, Any], bytes]:
        """Run a prediction. Returns its final state and its result."""
        request = {"upload": self.upload(content, filename), "model": "penguins"} | options
        answer = self.controller.client.post("/predictions", json=request)
        assert answer.status_code == 202, answer.text
        state = self.ended(answer.json()["id"])
        return state, self.controller.client.get(f"/predictions/{state['id']}/result").content

    def ended(self, own_id: str) -> dict[str, Any]:
        def look() -> Any:
            state = self.controller.client.get(f"/predictions/{own_id}").json()
            return state if state["ended"] else None

        found: dict[str, Any] = self.until(look, seconds=PATIENCE)
        return found


@dataclass
class Watcher:
    """A watcher that never stops the prediction."""

    stop: threading.Event = field(default_factory=threading.Event)

    def advance(self, answer: Any, part: Any, added: pl.DataFrame) -> None: ...

    def restart(self) -> None: ...


@pytest.fixture
def platform(
    zoo: dict[tuple[str, str], Any],
    sqlite_registry: Any,
    store: DirectoryStore,
    runtime: Any,
    start_controller: Any,
    tmp_path: Path,
    until: Any,
) -> Iterator[Platform]:
    trained = zoo["multiclass", "gbm"]
    made = tmp_path / "made"
    digest = trained.bundle(made, contract=trained.contract.model_copy(update={"ignored": ("species",)}))
    sqlite_registry.register("penguins", made, digest=digest, champion=True)
    settings = ControllerSettings(
        objects=ObjectStoreSettings(directory=store.root),
        mlflow=MlflowSettings(url=sqlite_registry.url),
        home=tmp_path / "home",
    )
    environment = Environments(settings, os.environ).prediction
    jobs = Jobs("predictions", environment, WORKER, settings.home, command=SCORING_COMMAND, stop_seconds=30)
    runtime.predictions = Workers(jobs)
    yield Platform(start_controller(), Model.load(made, digest), runtime.predictions, until)
    runtime.predictions.shutdown()


def predict_with_api(model: Model, file: Path, filename: str, corrections: Corrections | None = None) -> bytes:
    """The file with the predictions that the API returns for its parts."""

    def predict_part(body: bytes) -> PartPredictions:
        block = model.validator.frame(pl.read_ipc_stream(body))
        out = io.BytesIO()
        model.predict(block).frame().write_ipc_stream(out)
        return PartPredictions(out.getvalue(), "penguins", 1, block.warning_count)

    out = io.BytesIO()
    predict_file(
        predict_part,
        lambda: prediction_files.open_file(file, filename, model.contract, corrections),
        out,
        max_rows=100,
        watcher=Watcher(),
    )
    return out.getvalue()


def test_files_of_all_formats_have_the_predictions_of_the_api(platform: Platform, tmp_path: Path) -> None:
    frame = read(PENGUINS).with_columns(pl.col(pl.Int64).cast(pl.Float64))
    parquet = io.BytesIO()
    frame.write_parquet(parquet)
    lines = frame.write_ndjson().encode()
    forms: dict[str, tuple[bytes, dict[str, Any]]] = {
        "penguins.csv": (PENGUINS.read_bytes(), {}),
        "Manchots 2024.CSV": (rewritten(PENGUINS), DECIMAL_COMMAS),
        "penguins.parquet": (parquet.getvalue(), {}),
        "penguins.jsonl": (lines, {}),
    }
    for filename, (content, reading) in forms.items():
        file = tmp_path / "a file"
        file.write_bytes(content)
        state, result = platform.predict(content, filename, reading=reading)
        assert (state["phase"], state["rows"], state["rows_total"], state["version"]) == ("done", 344, 344, 1)
        expected = predict_with_api(platform.model, file, filename, Corrections.model_validate(reading))
        if filename.endswith(".parquet"):
            assert pl.read_parquet(result).equals(pl.read_parquet(io.BytesIO(expected)))
        else:
            assert result == expected
        assert state["filename"] == filename
        assert state["result_bytes"] == len(result)


def test_the_summary_agrees_with_the_result(platform: Platform) -> None:
    state, result = platform.predict(PENGUINS.read_bytes(), "penguins.csv")
    summary = platform.controller.client.get(f"/predictions/{state['id']}/summary").json()
    answered = pl.read_csv(result, infer_schema=False)
    assert summary["columns"] == answered.columns
    assert summary["added"][0] == "prediction"
    assert len(summary["rows"]) == 344
    tally = answered["prediction"].value_counts()
    assert summary["counts"] == dict(zip(tally.to_series(0), tally.to_series(1), strict=True))
    assert (summary["numeric"], summary["histogram"]) == (False, None)


def test_contributions_are_the_last_columns(platform: Platform) -> None:
    few = b"".join(PENGUINS.read_bytes().splitlines(keepends=True)[:6])
    state, result = platform.predict(few, "few.csv", explain=True)
    assert (state["phase"], state["explain"]) == ("done", True)
    answered = pl.read_csv(result, null_values="NA")
    names = platform.model.contract.names
    assert answered.columns[-len(names) - 1 :] == [*(f"contribution_{name}" for name in names), "bias"]
    block = platform.model.validator.frame(answered.select(names))
    explanations = platform.model.explain(block, platform.model.score(block))
    assert answered["bias"].to_list() == [each.bias for each in explanations]


def test_the_preview_has_the_inferred_reading(platform: Platform) -> None:
    request = {"upload": platform.upload(rewritten(PENGUINS), "manchots.csv"), "model": "penguins"}
    preview = partial(platform.controller.client.post, "/predictions/preview", params={"rows": 2})
    refused = preview(json=request)
    assert (refused.status_code, refused.json()["reason"]) == (422, "other_number_format")
    answer = preview(json={**request, "reading": DECIMAL_COMMAS})
    found = answer.json()
    assert answer.status_code == 200, answer.text
    reading = found["reading"]
    assert (reading["separator"], reading["encoding"]) == (";", "windows-1252")
    assert reading["cells"]["bill_length_mm"]["number"]["decimal"] == ","
    assert (found["rows_total"], len(found["rows"]), found["version"]) == (344, 2, 1)
    assert found["columns"] == list(platform.model.contract.names)
    assert (
        platform.controller.client.get(f"/predictions/{request['upload']}").status_code == 404
    )  # no prediction was started


def test_an_invalid_cell_is_reported_with_row_and_column(platform: Platform) -> None:
    lines = PENGUINS.read_text().splitlines()
    cells = lines[10].split(",")
    cells[lines[0].split(",").index("body_mass_g")] = "heavy"
    lines[10] = ",".join(cells)
    request = {"upload": platform.upload("\n".join(lines).encode(), "invalid.csv"), "model": "penguins"}
    own_id = platform.controller.client.post("/predictions", json=request).json()["id"]
    state = platform.ended(own_id)
    assert (state["phase"], state["error"]["code"]) == ("failed", "invalid_rows")
    assert (state["error"]["errors"][0]["row"], state["error"]["errors"][0]["column"]) == (10, "body_mass_g")
    assert platform.controller.client.get(f"/predictions/{own_id}/result").status_code == 404


def test_the_next_controller_continues_a_prediction(
    platform: Platform, store: DirectoryStore, sqlite_registry: Any, runtime: Any, start_controller: Any
) -> None:
    request = {"upload": platform.upload(PENGUINS.read_bytes(), "penguins.csv"), "model": "penguins"}
    own_id = platform.controller.client.post("/predictions", json=request).json()["id"]
    platform.until(lambda: own_id in platform.workers.executions([own_id]).found, seconds=PATIENCE)
    platform.controller.services.loop.stop()  # the first controller stops; the worker goes on
    second = start_controller()
    platform.controller = second
    assert platform.ended(own_id)["phase"] == "done"


def test_a_running_prediction_is_cancelled(platform: Platform, store: DirectoryStore) -> None:
    frame = pl.concat([read(PENGUINS)] * 1500)
    many = frame.write_csv().encode()
    request = {"upload": platform.upload(many, "many.csv"), "model": "penguins", "explain": True}
    own_id = platform.controller.client.post("/predictions", json=request).json()["id"]
    path = f"/predictions/{own_id}"
    platform.until(lambda: platform.controller.client.get(path).json()["rows_total"], seconds=PATIENCE)
    assert platform.controller.client.post(f"{path}/cancel").status_code == 202
    state = platform.ended(own_id)
    assert (state["phase"], state["error"]) == ("cancelled", None)
    assert not store.exists(f"predictions/{own_id}/result")
    assert not store.exists(f"predictions/{own_id}/input")
