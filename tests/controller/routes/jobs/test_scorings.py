"""Scorings over HTTP: asking, refusing, following, cancelling."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tablee.errors import InvalidRequest, ObjectStoreUnavailable
from tablee.jobs.scoring import Plan, ScoringRequest
from tablee.settings import ObjectStoreSettings, S3Settings
from tablee.storage.locations import Locations, PlatformFolder
from tablee.storage.object_store import DirectoryStore, S3Store
from tablee_controller.jobs import planning
from tablee_controller.jobs.planning import Planner

ASKED = {"model": "clients", "source": "inbox/"}


@pytest.fixture
def filled(controller: Any, store: DirectoryStore) -> Any:
    """A champion, and files in the inbox."""
    controller.sqlite_registry.register("clients", champion=True)
    controller.sqlite_registry.register("clients")
    for key in ("b.parquet", "a.csv", "sub/A.PARQUET", "notes.txt", "_temporary/x.parquet", ".hidden.csv"):
        store.put(f"inbox/{key}", b"12345")
    return controller


def test_a_scoring_is_asked_for_and_started(filled: Any, store: DirectoryStore, until: Any) -> None:
    answer = filled.client.post("/scorings", json=ASKED | {"parallel": 3})
    state = answer.json()
    assert (answer.status_code, state["phase"], state["parts"], state["bytes"]) == (202, "queued", 3, 15)
    assert state["request"] == {
        "model": "clients",
        "version": 1,
        "source": "inbox/",
        "target": f"scorings/{state['id']}/output/",
        "parallel": 3,
        "reading": None,
    }
    until(lambda: filled.runtime.scorings.started == [(state["id"], 3)])
    until(lambda: filled.client.get(f"/scorings/{state['id']}").json()["phase"] == "running")
    plan = Plan.model_validate_json(store.get(f"scorings/{state['id']}/plan.json"))
    assert [(part.number, part.name) for part in plan.parts] == [(0, "a.csv"), (1, "b.parquet"), (2, "sub/A.PARQUET")]
    assert [part.etag for part in plan.parts] == [store.stat(part.key).etag for part in plan.parts]
    listed = filled.client.get("/scorings").json()["scorings"]
    assert [each["id"] for each in listed] == [state["id"]]
    log = filled.client.get(f"/scorings/{state['id']}/log", params={"tail": 1})
    assert (log.headers["content-type"], log.text) == ("text/plain; charset=utf-8", f"line 0 of {state['id']}")


def test_one_file_and_a_named_version(filled: Any) -> None:
    asked = {"model": "clients", "version": 2, "source": "inbox/b.parquet", "target": "answers"}
    state = filled.client.post("/scorings", json=asked).json()
    assert (state["parts"], state["request"]["version"], state["request"]["target"]) == (1, 2, "answers")


def test_cancelling(filled: Any, until: Any) -> None:
    ids = [filled.client.post("/scorings", json=ASKED).json()["id"] for _ in range(2)]
    until(lambda: [each for each, _ in filled.runtime.scorings.started] == ids[:1])
    answer = filled.client.post(f"/scorings/{ids[1]}/cancel")
    assert (answer.status_code, answer.json()["phase"]) == (202, "cancelled")
    assert filled.client.post(f"/scorings/{ids[1]}/cancel").json()["code"] == "scoring_ended"
    assert filled.client.post(f"/scorings/{ids[0]}/cancel").status_code == 202
    assert filled.runtime.scorings.stopped == ids[:1]


@pytest.mark.parametrize(
    ("change", "status", "code", "words"),
    [
        ({"model": "none"}, 404, "model_not_found", "none"),
        ({"version": 9}, 404, "model_not_found", "version 9"),
        ({"source": "empty/"}, 422, "invalid_request", "there is no Parquet or CSV file at “empty/”"),
        ({"source": "inbox/notes.txt"}, 422, "invalid_request", "there is no Parquet or CSV file"),
        ({"source": "/etc"}, 422, "invalid_request", "is not below the platform's object store"),
        ({"source": "gs://x/y"}, 422, "invalid_request", "is neither on S3 nor"),
        ({"parallel": 9}, 422, "invalid_request", "“parallel”: got 9, expected at most 8"),
        ({"parallel": 0}, 422, "invalid_request", "“parallel”"),
        ({"target": "inbox"}, 422, "invalid_request", "would take the places of the inputs"),
        ({"target": "datasets/x/"}, 422, "invalid_request", "that is the platform's own"),
        ({"target": "scorings/x/"}, 422, "invalid_request", "that is the platform's own"),
        ({"source": "inbox/b.parquet", "target": "inbox/"}, 422, "invalid_request", "the places of the inputs"),
        ({"where": "inbox/"}, 422, "invalid_request", "there is no field “where”"),
    ],
)
def test_what_cannot_be_asked(filled: Any, change: dict[str, Any], status: int, code: str, words: str) -> None:
    answer = filled.client.post("/scorings", json=ASKED | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert words in answer.json()["detail"]
    assert filled.client.get("/scorings").json() == {"scorings": []}


@pytest.mark.parametrize("platform_folder", PlatformFolder)
def test_no_output_goes_to_a_folder_of_the_platform(read_only_controller: Any, platform_folder: str) -> None:
    planner = read_only_controller.services.scorings.planner
    read_only_controller.sqlite_registry.register(f"clients-{platform_folder}", champion=True)
    for target in (platform_folder, f"{platform_folder}/x/"):
        request = ScoringRequest(model=f"clients-{platform_folder}", source="inbox/", target=target)
        with pytest.raises(InvalidRequest) as refused:
            planner.plan(request)
        assert refused.value.reason == "platform_target"


def test_a_model_without_a_champion_or_a_digest(filled: Any) -> None:
    filled.sqlite_registry.register("young")
    filled.sqlite_registry.register("foreign", digest=None, champion=True)
    answers = [filled.client.post("/scorings", json=ASKED | {"model": name}).json() for name in ("young", "foreign")]
    assert [answer["code"] for answer in answers] == ["conflict", "conflict"]
    assert ["no champion" in answers[0]["detail"], "no digest" in answers[1]["detail"]] == [True, True]


def test_too_many_files(filled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "MAX_PARTS", 2)
    answer = filled.client.post("/scorings", json=ASKED)
    assert "more than 2 files" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/scorings/none"), ("GET", "/scorings/none/log"), ("POST", "/scorings/none/cancel")],
)
def test_scorings_that_are_not_there(read_only_controller: Any, method: str, path: str) -> None:
    answer = read_only_controller.client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (404, "scoring_not_found")


def test_another_bucket_must_be_there_and_readable(sqlite_registry: Any, tmp_path: Path) -> None:
    from moto.server import ThreadedMotoServer  # its buckets are those of the whole process: this one is ours alone

    sqlite_registry.register("clients", champion=True)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        settings = S3Settings(endpoint=f"http://{host}:{port}", access_key="key", secret_key="secret")
        locations = Locations(ObjectStoreSettings(s3=settings), S3Store(settings))
        planner = Planner(sqlite_registry.registry, locations, max_parallel=4)
        lake = S3Store(settings.model_copy(update={"bucket": "a-lake"}))
        request = ScoringRequest(model="clients", source="s3://a-lake/in", target="s3://a-lake/out/")
        with pytest.raises(Exception, match=r"“s3://a-lake/in” cannot be read: .*NoSuchBucket"):
            planner.plan(request)
        lake._client.create_bucket(Bucket="a-lake")
        lake.put("in/1.parquet", b"1")
        pinned, plan = planner.plan(request)
        assert (pinned.version, pinned.source, pinned.target) == (1, "s3://a-lake/in", "s3://a-lake/out/")
        assert [(part.key, part.name) for part in plan.parts] == [("in/1.parquet", "1.parquet")]
    finally:
        server.stop()
    with pytest.raises(ObjectStoreUnavailable, match="cannot be reached"):
        planner.plan(request)
