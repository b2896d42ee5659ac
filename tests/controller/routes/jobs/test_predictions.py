"""Predictions of uploaded files over HTTP: asking, refusing, cancelling, deleting; the worker is only remembered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tablee.datasets.reading import Reading
from tablee.errors import InvalidTable
from tablee.jobs.file_prediction import FilePredictions, FileReading, Summary, UploadedFile
from tablee.jobs.scoring import PartDone, PartFailed, WorkerState
from tablee.storage.object_store import DirectoryStore

NOW = datetime.now(UTC)
CONTENT = b"age;city\n42;Lyon\n"


@pytest.fixture
def filled(controller: Any) -> Any:
    """A champion, and a second version."""
    controller.sqlite_registry.register("clients", champion=True)
    controller.sqlite_registry.register("clients")
    return controller


def upload(controller: Any, content: bytes = CONTENT, filename: str = "cli ents.csv") -> str:
    return str(controller.upload(content, filename))


def ask(controller: Any, **wishes: Any) -> Any:
    return controller.client.post("/predictions", json={"upload": upload(controller), "model": "clients"} | wishes)


def finish(store: DirectoryStore, own_id: str, rows: int = 1) -> None:
    """What a worker writes when it has answered the file."""
    predictions = FilePredictions(store)
    predictions.save_reading(own_id, FileReading(filename="clients.csv", rows=rows, reading=Reading()))
    store.put(f"predictions/{own_id}/result", b"age;city;prediction\n42;Lyon;yes\n")
    summary = Summary(columns=("a",), added=("a",), rows=(("yes",),), numeric=False, counts={"yes": 1})
    store.put(f"predictions/{own_id}/summary.json", summary.model_dump_json().encode())
    facts: dict[str, Any] = {"warnings": 2, "bytes": 31, "sha256": "a", "seconds": 1, "rows_per_second": 1}
    predictions.scorings.mark(own_id, PartDone(number=0, name="input", rows=rows, worker=0, at=NOW, **facts))


def test_a_prediction_is_asked_for_and_started(filled: Any, store: DirectoryStore, until: Any) -> None:
    answer = ask(filled, reading={"texts": ["city"]}, explain=True)
    state = answer.json()
    assert (answer.status_code, state["phase"], state["version"], state["rows_total"]) == (202, "queued", 1, None)
    assert (state["filename"], state["bytes"], state["explain"]) == ("cli ents.csv", len(CONTENT), True)
    until(lambda: filled.runtime.predictions.started == [(state["id"], 1)])
    until(lambda: filled.client.get(f"/predictions/{state['id']}").json()["phase"] == "running")
    assert store.get(f"predictions/{state['id']}/input") == CONTENT
    request = FilePredictions(store).scorings.request(state["id"])
    assert (request.version, request.reading.texts if request.reading else None) == (1, ("city",))
    assert filled.client.get("/scorings").json() == {"scorings": []}
    assert filled.runtime.scorings.started == []
    assert filled.client.get(f"/predictions/{state['id']}/log", params={"tail": 1}).text == f"line 0 of {state['id']}"


def test_the_upload_may_go_once_it_is_asked_for(filled: Any, store: DirectoryStore) -> None:
    own_upload = upload(filled)
    asked = {"upload": own_upload, "model": "clients"}
    first, second = (filled.client.post("/predictions", json=asked).json()["id"] for _ in range(2))
    assert first != second
    assert filled.client.delete(f"/uploads/{own_upload}", headers={"tus-resumable": "1.0.0"}).status_code == 204
    assert store.get(f"predictions/{first}/input") == store.get(f"predictions/{second}/input") == CONTENT


def test_the_version_is_that_which_serves(filled: Any) -> None:
    assert ask(filled).json()["version"] == 1
    filled.runtime.serving = {"clients": 2}  # the roll-out of the champion is still under way
    assert ask(filled).json()["version"] == 2
    assert ask(filled, version=1).json()["version"] == 1


def test_its_worker_tells_how_far_it_is_and_the_result_is_fetched(
    filled: Any, store: DirectoryStore, until: Any
) -> None:
    own_id = ask(filled).json()["id"]
    until(lambda: filled.runtime.predictions.started)
    path = f"/predictions/{own_id}"
    for missing in ("result", "summary"):
        answer = filled.client.get(f"{path}/{missing}")
        assert (answer.status_code, answer.json()["reason"]) == (404, "prediction_without_result")
    predictions = FilePredictions(store)
    predictions.save_reading(own_id, FileReading(filename="clients.csv", rows=9, reading=Reading(separator=";")))
    predictions.scorings.save_worker(own_id, WorkerState(worker=0, parts=1, rows=4, updated=NOW))
    until(lambda: filled.client.get(path).json()["phase"] == "running")
    state = filled.client.get(path).json()
    assert (state["rows"], state["rows_total"], state["reading"]["separator"]) == (4, 9, ";")
    finish(store, own_id, rows=9)
    filled.runtime.predictions.end(own_id, 0)
    until(lambda: filled.client.get(path).json()["phase"] == "done")
    state = filled.client.get(path).json()
    assert (state["rows"], state["warnings"], state["result_bytes"], state["error"]) == (9, 2, 31, None)
    answer = filled.client.get(f"{path}/result")
    assert answer.content == b"age;city;prediction\n42;Lyon;yes\n"
    assert answer.headers["content-type"].startswith("text/csv")
    assert "clients.csv" in answer.headers["content-disposition"]
    assert filled.client.get(f"{path}/summary").json()["counts"] == {"yes": 1}
    assert not store.exists(f"predictions/{own_id}/input")  # people's data stay no longer than they are needed
    assert list((store.root.parent / "uploads").glob("upload-result-*")) == []


def test_the_problem_of_a_file_is_told_as_it_is(filled: Any, store: DirectoryStore, until: Any) -> None:
    own_id = ask(filled).json()["id"]
    until(lambda: filled.runtime.predictions.started)
    problem = InvalidTable("the cell is torn", line=7, column="age").problem()
    FilePredictions(store).save_problem(own_id, problem)
    failed = PartFailed(number=0, name="input", code="invalid_table", reason="line 7: the cell is torn")
    worker = WorkerState(worker=0, parts=1, failed_parts=1, failed=[failed], ended=True, updated=NOW)
    FilePredictions(store).scorings.save_worker(own_id, worker)
    filled.runtime.predictions.end(own_id, 3)
    until(lambda: filled.client.get(f"/predictions/{own_id}").json()["phase"] == "failed")
    state = filled.client.get(f"/predictions/{own_id}").json()
    assert (state["error"]["code"], state["error"]["line"], state["error"]["column"]) == ("invalid_table", 7, "age")
    assert state["message"] == state["error"]["detail"] == "line 7: the cell is torn"


def test_a_worker_without_a_last_word_is_started_again(filled: Any, until: Any) -> None:
    own_id = ask(filled).json()["id"]
    until(lambda: filled.runtime.predictions.started)
    filled.runtime.predictions.end(own_id, -9)
    until(lambda: len(filled.runtime.predictions.started) == 2)


def test_cancelling_and_deleting(filled: Any, store: DirectoryStore, until: Any) -> None:
    ids = [ask(filled).json()["id"] for _ in range(3)]
    until(lambda: [each for each, _ in filled.runtime.predictions.started] == ids[:2])  # two at once
    answer = filled.client.post(f"/predictions/{ids[2]}/cancel")
    assert (answer.status_code, answer.json()["phase"]) == (202, "cancelled")
    assert filled.client.post(f"/predictions/{ids[2]}/cancel").json()["code"] == "scoring_ended"
    assert filled.client.post(f"/predictions/{ids[0]}/cancel").status_code == 202
    assert filled.runtime.predictions.stopped == ids[:1]
    answer = filled.client.delete(f"/predictions/{ids[0]}")
    assert (answer.status_code, answer.json()["reason"]) == (409, "prediction_running")
    filled.runtime.predictions.end(ids[0], 143, stopped=True)
    until(lambda: filled.client.get(f"/predictions/{ids[0]}").json()["phase"] == "cancelled")
    assert filled.client.delete(f"/predictions/{ids[0]}").status_code == 204
    assert store.list(f"predictions/{ids[0]}/") == []
    assert filled.client.get(f"/predictions/{ids[0]}").status_code == 404


def test_what_expired_is_deleted_and_what_runs_is_not(filled: Any, store: DirectoryStore, until: Any) -> None:
    kept, expired, running = (ask(filled).json()["id"] for _ in range(3))
    predictions = FilePredictions(store)
    for own_id in (kept, expired):
        finish(store, own_id)
        filled.runtime.predictions.end(own_id, 0)
        until(lambda own_id=own_id: filled.client.get(f"/predictions/{own_id}").json()["phase"] == "done")
    for own_id in (expired, running):
        file = UploadedFile(filename="a", bytes=1, expires=NOW - timedelta(seconds=1))
        store.put(f"predictions/{own_id}/file.json", file.model_dump_json().encode())
    store.put("predictions/20200101-000000-abcdef/state.json", b"{}")  # what an interrupted deletion left
    assert sorted(predictions.expired()) == sorted(["20200101-000000-abcdef", expired, running])
    filled.services.predictions.queue.sweep()
    assert [own_id in predictions.scorings.ids() for own_id in (kept, expired, running)] == [True, False, True]
    assert store.list("predictions/20200101-000000-abcdef/") == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"model": "none"}, 404, "model_not_found"),
        ({"version": 9}, 404, "model_not_found"),
        ({"version": 0}, 422, "invalid_request"),
        ({"upload": "none"}, 404, "upload_not_found"),
        ({"upload": "../x"}, 422, "invalid_request"),
        ({"reading": {"colour": 1}}, 422, "invalid_request"),
        ({"where": "inbox/"}, 422, "invalid_request"),
    ],
)
def test_what_cannot_be_asked(
    filled: Any, store: DirectoryStore, change: dict[str, Any], status: int, code: str
) -> None:
    for path in ("/predictions", "/predictions/preview"):
        answer = filled.client.post(path, json={"upload": upload(filled), "model": "clients"} | change)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert store.list("predictions/") == []


def test_an_upload_that_is_not_complete(filled: Any) -> None:
    begun = {"tus-resumable": "1.0.0", "upload-length": "9"}
    made = filled.client.post("/uploads", headers=begun).json()
    answer = filled.client.post("/predictions", json={"upload": made["id"], "model": "clients"})
    assert (answer.status_code, answer.json()["code"]) == (409, "upload_offset")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("GET", "/result"), ("GET", "/summary"), ("GET", "/log"), ("POST", "/cancel"), ("DELETE", "")],
)
def test_predictions_that_are_not_there(read_only_controller: Any, method: str, path: str) -> None:
    answer = read_only_controller.client.request(method, f"/predictions/none{path}")
    assert (answer.status_code, answer.json()["reason"]) == (404, "prediction")
