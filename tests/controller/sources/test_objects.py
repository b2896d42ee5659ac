"""Folders and buckets as sources, over HTTP: each file once, whatever happens; bad ones do not stand in the way."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from traces import traces

from tablee.datasets.store import Datasets
from tablee.errors import InvalidRequest
from tablee.jobs.source import Prefix, SourceOrder, Sources
from tablee.settings import ObjectStoreSettings, S3Settings
from tablee.storage.locations import Locations, PlatformFolder
from tablee.storage.object_store import DirectoryStore, S3Store
from tablee_controller.services import SourceServices
from tablee_controller.sources import objects as source_files
from tablee_controller.sources.connections import Connections

APPEND = {"of": {"kind": "prefix", "address": "inbox/"}}
REPLACE = {"of": {"kind": "prefix", "address": "inbox/", "mode": "replace"}}


def rows(controller: Any, name: str = "visits") -> list[Any]:
    answer = controller.client.get(f"/datasets/{name}/versions/latest/rows", params={"limit": 1000})
    return [tuple(row.values()) for row in answer.json()["rows"]]


def test_every_file_is_added_once(controller: Any, ran: Any, store: DirectoryStore) -> None:
    store.put("inbox/b.csv", b"day;code;n\n02/01/2024;01;1,5\n13/01/2024;75;2\n")
    store.put("inbox/a.csv", b"day;code;n\n31/12/2023;69;1\n")
    store.put("inbox/_temporary/x.csv", b"no")
    store.put("inbox/.hidden", b"no")
    of = APPEND["of"] | {"options": {"texts": ["code"]}}
    view = ran("visits", {"of": of})
    assert (view["run"]["outcome"], view["run"]["objects"], view["run"]["rows"]) == ("added", 2, 3)
    assert rows(controller) == [("2023-12-31", "69", 1), ("2024-01-02", "01", 1.5), ("2024-01-13", "75", 2)]
    assert ran("visits")["run"]["outcome"] == "unchanged"
    store.put("inbox/c.csv", b"n;code;day\n7,25;13;03/02/2024\n")
    view = ran("visits")
    assert (view["run"]["outcome"], view["run"]["rows"]) == ("added", 1)
    assert rows(controller)[-1] == ("2024-02-03", "13", 7.25), "in the columns' order, read as those before were"
    versions = controller.client.get("/datasets/visits").json()["versions"]
    assert [each["rows"] for each in versions] == [4, 3]
    origin = versions[0]["origin"]
    assert (origin["parent"], origin["added"]) == (versions[1]["version"], 1)
    assert [each["key"] for each in origin["objects"]] == ["inbox/c.csv"]
    store.put("inbox/c.csv", b"n;code;day\n8;13;04/02/2024\n")
    assert ran("visits")["run"]["rows"] == 1, "written anew, it is another file"
    assert len(rows(controller)) == 5


def test_removed_and_back_it_knows_what_it_took(controller: Any, ran: Any, store: DirectoryStore) -> None:
    store.put("inbox/a.csv", b"n\n1\n")
    ran("visits", APPEND)
    assert controller.client.delete("/sources/visits").status_code == 204
    store.put("inbox/b.csv", b"n\n2\n")
    assert ran("visits", APPEND)["run"]["rows"] == 1
    assert rows(controller) == [(1,), (2,)]
    assert ran("visits", APPEND | {"dataset": "other"})["run"]["rows"] == 2, "another data set has none of them"
    assert ran("visits", APPEND)["run"]["outcome"] == "unchanged"
    assert rows(controller) == [(1,), (2,)]


def test_codes_stay_codes(controller: Any, ran: Any, store: DirectoryStore) -> None:
    store.put("inbox/a.csv", b"code,n\n01,1\n2A,2\n")
    store.put("inbox/b.csv", b"code,n\n75,\n13,\n")
    store.put("inbox/c.jsonl", b'{"code": 69, "n": 3}\n')
    assert ran("visits", APPEND)["run"]["objects"] == 3
    assert rows(controller) == [("01", 1), ("2A", 2), ("75", None), ("13", None), ("69", 3)]
    store.put("others/a.csv", b"code,n\n69,1\n")
    store.put("others/b.csv", b"code,n\n69,1\n01,1\n")
    error = ran("others", {"of": {"kind": "prefix", "address": "others"}})["run"]["error"]
    assert (error["detail"], error["value"]) == ("line 3: “code” has the code “01” among numbers", "01")
    assert "--text COLUMN" in error["hint"]


def test_a_bad_file_is_noted_and_does_not_stand_in_the_way(controller: Any, ran: Any, store: DirectoryStore) -> None:
    store.put("inbox/a.csv", b"day,n\n2024-01-02,1\n")
    store.put("inbox/b.csv", b"day,n\n2024-01-03,1\n2024-01-04,1,1\n")
    store.put("inbox/c.csv", b"day,n\n2024-01-05,2\n2024-01-06,many\n")
    store.put("inbox/d.csv", b"day,m\n2024-01-05,2\n")
    store.put("inbox/e.csv", b"day,n\n2024-13-05,2\n")
    store.put("inbox/f.csv", b"day,n\n2024-01-07,3\n")
    view = ran("visits", APPEND)
    run = view["run"]
    assert (run["outcome"], run["objects"], view["failures"], view["last_success"]) == ("added", 2, 1, None)
    assert run["message"].startswith("4 files refused; “inbox/b.csv”: line 3: ")
    assert run["error"]["line"] == 3
    told = {each["key"][6]: each["error"] for each in view["refused"]}
    assert set(told) == set("bcde")
    assert told["c"]["detail"] == "line 3: “many” in “n” is no number written as 1234"
    assert (told["c"]["column"], told["c"]["value"]) == ("n", "many")
    assert told["d"]["detail"] == "column “n” is not there"
    assert (told["e"]["line"], told["e"]["column"], told["e"]["value"]) == (2, "day", "2024-13-05")
    assert rows(controller) == [("2024-01-02", 1), ("2024-01-07", 3)]
    view = ran("visits")
    assert (view["run"]["outcome"], view["failures"], len(view["refused"])) == ("unchanged", 0, 4), "not tried again"
    store.put("inbox/b.csv", b"day,n\n2024-01-03,1\n2024-01-04,1\n")
    view = ran("visits")
    assert (view["run"]["objects"], len(view["refused"])) == (1, 3), "written anew, it is"
    assert len(rows(controller)) == 4


def test_with_another_order_refused_files_are_tried_again(controller: Any, ran: Any, store: DirectoryStore) -> None:
    store.put("inbox/a.csv", b"name,n\nx,1\n")
    wrong = APPEND | {"actions": [{"kind": "drop", "column": "nom"}]}
    view = ran("visits", wrong)
    assert (view["run"]["outcome"], len(view["refused"])) == ("failed", 1)
    assert "there is no column “nom”" in view["run"]["error"]["detail"]
    view = ran("visits", APPEND | {"actions": [{"kind": "drop", "column": "name"}]})
    assert (view["run"]["outcome"], view["refused"], rows(controller)) == ("added", [], [(1,)])


def test_personal_data_is_taken_out_of_every_file(
    controller: Any, ran: Any, store: DirectoryStore, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    actions = [
        {"kind": "drop", "column": "name"},
        {"kind": "pseudonym", "column": "mail"},
        {"kind": "bands", "column": "age", "width": 10},
    ]
    store.put("inbox/a.csv", b"name,mail,age\nWilhelmine,w@secret.fr,34\nZephyrin,z@secret.fr,51\n")
    ran("people", APPEND | {"actions": actions})
    store.put("inbox/b.csv", b"name,mail,age\nTheodule,w@secret.fr,29\n")
    store.put("inbox/c.csv", b"name,mail,age\nTheodule,w@secret.fr,Cunegonde\n")
    store.put("inbox/d.csv", b"name,mail,age\nTheodule,w@secret.fr,29,Cunegonde\n")
    view = ran("people")
    assert [each["key"] for each in view["refused"]] == ["inbox/c.csv", "inbox/d.csv"]
    first, second, third = rows(controller, "people")
    assert (first[1], second[1], third[1]) == (30, 50, 20)
    assert first[0] == third[0] != second[0]
    assert controller.client.get("/datasets/people/versions/latest/profile").status_code == 200
    for key in "abcd":
        store.delete(f"inbox/{key}.csv")
    said = capfd.readouterr()
    (tmp_path / "logs").write_text(f"{said.out}{said.err}{controller.client.get('/sources').text}", encoding="utf-8")
    hidden = ["Wilhelmine", "Zephyrin", "Theodule", "Cunegonde", "secret.fr"]
    assert traces(tmp_path, hidden) == set()


def test_rows_that_were_treated_otherwise_are_not_added(controller: Any, ran: Any, store: DirectoryStore) -> None:
    controller.client.put("/datasets/visits", content=b"name,n\nx,1\n")
    store.put("inbox/a.csv", b"name,n\ny,2\n")
    run = ran("visits", APPEND | {"actions": [{"kind": "drop", "column": "name"}]})["run"]
    assert (run["outcome"], run["error"]["code"]) == ("failed", "invalid_request")
    assert "had other personal data taken out" in run["error"]["detail"]
    run = ran("visits", APPEND)["run"]
    assert (run["outcome"], rows(controller)) == ("added", [("x", 1), ("y", 2)]), "a person's file, then the source's"


def test_the_newest_file_is_the_data_set(controller: Any, ran: Any, store: DirectoryStore) -> None:
    store.put("inbox/z.csv", b"n\n1\n")
    store.put("inbox/a.csv", b"n\n2\n3\n")
    assert (ran("visits", REPLACE)["run"]["outcome"], rows(controller)) == ("added", [(2,), (3,)])
    assert ran("visits")["run"]["outcome"] == "unchanged"
    store.put("inbox/m.csv", b"n,m\n1,2\n1,2,3\n")
    view = ran("visits")
    assert (view["run"]["outcome"], view["refused"][0]["error"]["line"]) == ("failed", 3)
    assert rows(controller) == [(2,), (3,)]
    store.put("inbox/m.csv", b"n\n4\n")
    view = ran("visits")
    assert (view["run"]["outcome"], view["refused"], rows(controller)) == ("added", [], [(4,)])


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("datasets/people/", "the platform's own"),
        ("uploads", "the platform's own"),
        ("", "address"),
        ("/", "below the platform's object store"),
        ("../x", "names"),
        ("gs://x/y", "neither on S3 nor"),
    ],
)
def test_a_folder_that_no_source_reads(controller: Any, address: str, words: str) -> None:
    answer = controller.client.put("/sources/visits", json={"of": {"kind": "prefix", "address": address}})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert words in answer.json()["detail"]


def test_an_empty_folder_is_nothing_new(ran: Any) -> None:
    view = ran("visits", APPEND)
    assert (view["run"]["outcome"], view["run"]["version"], view["failures"]) == ("unchanged", None, 0)


@pytest.fixture
def bucket() -> Iterator[S3Settings]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    name = f"others-{uuid.uuid4().hex[:8]}"
    settings = S3Settings(endpoint=f"http://{host}:{port}", bucket=name, access_key="AKHIDDEN", secret_key="SKHIDDEN")
    options = {"region_name": "us-east-1", "aws_access_key_id": "k", "aws_secret_access_key": "s"}
    boto3.client("s3", endpoint_url=settings.endpoint, **options).create_bucket(Bucket=name)
    yield settings
    server.stop()


def test_a_bucket_of_others(
    controller: Any, ran: Any, bucket: S3Settings, connect: Callable[[str, str], None], tmp_path: Path
) -> None:
    login = {"endpoint": bucket.endpoint, "access_key": "AKHIDDEN", "secret_key": "SKHIDDEN"}
    connect("archive", json.dumps(login))
    theirs = S3Store(bucket)
    theirs.put("in/1.csv", b"n\n1\n")
    of = {"kind": "prefix", "address": f"s3://{bucket.bucket}/in/", "connection": "archive"}
    assert ran("visits", {"of": of})["run"]["rows"] == 1
    theirs.put("in/2.csv", b"n\n2\n")
    assert ran("visits")["run"]["rows"] == 1
    assert rows(controller) == [(1,), (2,)]
    view = ran("visits", {"of": of | {"address": "s3://not-there/in/"}})
    assert view["run"]["error"]["code"] == "invalid_request"
    assert "cannot be listed" in view["run"]["error"]["detail"]
    (tmp_path / "connections" / "archive").unlink()
    (tmp_path / "told").write_text(controller.client.get("/sources").text)
    assert traces(tmp_path, ["AKHIDDEN", "SKHIDDEN"]) == set()


@pytest.mark.parametrize("content", ['{"endpoint": "http://x", "sekret": "hidden"}', "{hidden", "[]"])
def test_a_connection_that_is_no_store(controller: Any, connect: Callable[[str, str], None], content: str) -> None:
    connect("archive", content)
    of = {"kind": "prefix", "address": "s3://bucket/in/", "connection": "archive"}
    answer = controller.client.put("/sources/visits", json={"of": of})
    assert answer.json()["code"] in ("invalid_settings", "invalid_request")
    assert "hidden" not in answer.text


class Killed(BaseException):
    """As SIGKILL: nothing is done after it."""


class Mortal(DirectoryStore):
    """A store whose controller is killed before, or just behind, a certain write."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.deadly, self.before = "", True

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        deadly = bool(self.deadly) and key.endswith(self.deadly)
        if deadly and self.before:
            raise Killed
        super().put(key, data, if_absent=if_absent)
        if deadly:
            raise Killed


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("deadly", ["manifest.json", "taken.json", "state.json"])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # the death
def test_a_controller_that_dies_takes_no_file_twice(
    tmp_path: Path,
    begin_sources: Callable[..., SourceServices],
    until: Callable[..., Any],
    deadly: str,
    before: bool,
) -> None:
    """Wherever it dies: the next one ends with each row once."""
    store = Mortal(tmp_path / "objects")

    store.put("inbox/a.csv", b"n\n1\n")
    store.put("inbox/b.csv", b"n\n2\n")
    sources = begin_sources(store)
    sources.requests.put("visits", SourceOrder.model_validate(APPEND | {"schedule": {"kind": "every", "minutes": 60}}))
    assert sources.runner.tick()
    until(lambda: not sources.runner.busy)
    store.put("inbox/c.csv", b"n\n3\n")
    sources.requests.ask("visits", None)
    assert sources.runner.tick()  # state.json is written here, in this thread
    store.deadly, store.before = deadly, before
    thread = sources.runner._thread  # waits for the death that a process would die
    assert thread is not None
    thread.join(20)
    store.deadly = ""
    sources = begin_sources(store)
    until(lambda: sources.runner.tick() or sources.requests.get("visits").phase == "idle")
    until(lambda: sources.requests.get("visits").phase == "idle")
    view = sources.requests.get("visits")
    assert view.run is not None
    assert str(view.run.outcome) in ("added", "unchanged")
    frame = Datasets(store).frame(Datasets(store).manifest("visits"))
    assert frame["n"].to_list() == [1, 2, 3]
    assert len(Datasets(store).versions("visits")) == 2
    assert Sources(store).taken("visits").pending == ()


@pytest.mark.parametrize("platform_folder", PlatformFolder)
def test_no_source_reads_a_folder_of_the_platform(store: DirectoryStore, tmp_path: Path, platform_folder: str) -> None:
    locations = Locations(ObjectStoreSettings(directory=store.root), store)
    for address in (platform_folder, f"{platform_folder}/x/", str(store.root / platform_folder)):
        with pytest.raises(InvalidRequest) as refused:
            source_files.find(Prefix(address=address), locations, Connections(tmp_path))
        assert refused.value.reason == "platform_source"


def test_a_strict_source_refuses_what_is_not_sure(controller: Any, ran: Any, store: DirectoryStore) -> None:
    store.put("inbox/a.csv", b"name,lat\nx,48.856\ny,43.296\n")
    view = ran("visits", {"of": APPEND["of"] | {"strict": True}})
    [refused] = view["refused"]
    assert refused["error"]["reason"] == "unsure_reading"
    of = APPEND["of"] | {"strict": True, "options": {"columns": {"lat": {"decimal": "."}}}}
    store.put("inbox/b.csv", b"name,lat\nx,48.856\ny,43.297\n")
    assert ran("visits", {"of": of})["run"]["rows"] == 4, "with other options, the refused file is tried again"
