"""One contract, every adapter: a directory, an S3 server in this process, and whatever S3 the environment names.

`TABLEE_TEST_S3_BUCKET` and `_PREFIX` (keys are made below it, and removed), with `_ENDPOINT`, `_REGION`, `_ACCESS_KEY`
and `_SECRET_KEY` where AWS's own variables do not say it.
"""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tablee.errors import AlreadyExists, InvalidRequest, InvalidSettings, NotFound, ObjectStoreUnavailable
from tablee.settings import ObjectStoreSettings, S3Settings
from tablee.storage.object_store import DirectoryStore, ObjectStore, S3Store, Stored, open_store, retry_refused

CONFIGURED = os.environ.get("TABLEE_TEST_S3_BUCKET", "")


@dataclass(frozen=True)
class Below:
    """The part of a store below a prefix, as a store: what else is in it stays untouched."""

    store: ObjectStore
    prefix: str

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        self.store.put(self.prefix + key, data, if_absent=if_absent)

    def put_file(self, key: str, path: Path) -> None:
        self.store.put_file(self.prefix + key, path)

    def get(self, key: str) -> bytes:
        return self.store.get(self.prefix + key)

    def get_file(self, key: str, path: Path) -> None:
        self.store.get_file(self.prefix + key, path)

    def exists(self, key: str) -> bool:
        return self.store.exists(self.prefix + key)

    def stat(self, key: str) -> Stored:
        return self._named(self.store.stat(self.prefix + key))

    def list(self, prefix: str) -> list[str]:
        return [key.removeprefix(self.prefix) for key in self.store.list(self.prefix + prefix)]

    def found(self, prefix: str) -> Iterator[Stored]:
        return map(self._named, self.store.found(self.prefix + prefix))

    def folders(self, prefix: str) -> tuple[str, ...]:
        return self.store.folders(self.prefix + prefix)

    def _named(self, stored: Stored) -> Stored:
        return replace(stored, key=stored.key.removeprefix(self.prefix))

    def delete(self, key: str) -> None:
        self.store.delete(self.prefix + key)


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Settings]:
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    bucket = f"tablee-{uuid.uuid4().hex[:8]}"  # moto's buckets are those of the whole process
    settings = S3Settings(endpoint=f"http://{host}:{port}", bucket=bucket, access_key="key", secret_key="secret")
    boto3.client(
        "s3", endpoint_url=settings.endpoint, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    ).create_bucket(Bucket=bucket)
    yield settings
    server.stop()


def configured() -> ObjectStore:
    """The store that the environment names, below a prefix of its own."""
    names = ("endpoint", "region", "access_key", "secret_key")
    told = {
        name: os.environ[f"TABLEE_TEST_S3_{name.upper()}"]
        for name in names
        if f"TABLEE_TEST_S3_{name.upper()}" in os.environ
    }
    store = S3Store(S3Settings.model_validate({"bucket": CONFIGURED} | told))
    return Below(store, f"{os.environ.get('TABLEE_TEST_S3_PREFIX', 'rollout')}/contract-{uuid.uuid4().hex[:12]}/")


@pytest.fixture(params=["directory", "s3", *(["configured"] if CONFIGURED else [])])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    if request.param == "directory":
        yield DirectoryStore(tmp_path / "mes objets")
        return
    store = configured() if request.param == "configured" else S3Store(request.getfixturevalue("s3"))
    for key in store.list(""):
        store.delete(key)
    yield store
    for key in store.list(""):
        store.delete(key)


def test_bytes_come_back(store: ObjectStore) -> None:
    store.put("a/b.json", b"1")
    store.put("a/b.json", b"2")
    assert store.get("a/b.json") == b"2"
    assert store.exists("a/b.json")
    assert not store.exists("a")


def test_files_come_back(store: ObjectStore, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(bytes(range(256)) * 5000)
    store.put_file("f/é", tmp_path / "in")
    store.get_file("f/é", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == (tmp_path / "in").read_bytes()


def test_what_is_not_there(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        store.get("nothing/here")
    with pytest.raises(NotFound):
        store.get_file("nothing/here", tmp_path / "x")
    store.delete("nothing/here")
    assert store.list("nothing") == []


def test_listing_is_by_prefix_and_sorted(store: ObjectStore) -> None:
    for key in ("p/2", "p/10", "p/1/x", "pq", "o"):
        store.put(key, b"")
    assert store.list("p/") == ["p/1/x", "p/10", "p/2"]
    assert store.list("p") == ["p/1/x", "p/10", "p/2", "pq"]
    assert len(store.list("")) == 5


def test_what_is_known_of_objects(store: ObjectStore) -> None:
    store.put("p/a", b"12")
    store.put("p/q/b", b"123")
    before = store.stat("p/a")
    assert (before.key, before.bytes) == ("p/a", 2)
    assert abs((datetime.now(UTC) - before.modified).total_seconds()) < 60
    assert {(each.key, each.bytes) for each in store.found("p/")} == {("p/a", 2), ("p/q/b", 3)}
    assert before in set(store.found("p"))
    store.put("p/a", b"21")
    assert store.stat("p/a").etag != before.etag
    for key in ("p", "p/none", "p/a/below"):
        with pytest.raises(NotFound):
            store.stat(key)
    assert list(store.found("none/")) == []


def test_folders(store: ObjectStore) -> None:
    for key in ("p/2/x", "p/1/x/y", "p/1/z", "p/file", "q/3/x"):
        store.put(key, b"")
    assert store.folders("p/") == ("1", "2")
    assert store.folders("none/") == ()
    store.delete("p/1/x/y")
    assert store.folders("p/1/") == ()
    store.delete("p/1/z")
    assert store.folders("p/") == ("2",)


def test_a_folder_that_empties_meanwhile_takes_new_objects(store: ObjectStore) -> None:
    start = threading.Barrier(4)

    def write(number: int) -> None:
        start.wait()
        for _ in range(50):
            store.put(f"busy/folder/{number}", b"x")
            store.delete(f"busy/folder/{number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert store.list("busy/") == []


def test_the_first_writer_wins(store: ObjectStore) -> None:
    won: list[int] = []
    start = threading.Barrier(8)

    def write(number: int) -> None:
        start.wait()
        try:
            store.put("once", str(number).encode(), if_absent=True)
            won.append(number)
        except AlreadyExists:
            pass

    threads = [threading.Thread(target=write, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert store.get("once") == str(won[0]).encode()


@pytest.mark.parametrize("key", ["../x", "/etc/x", "a//b", "a/./b", "a/../../b", "", "a\\b", "a\0b"])
def test_keys_stay_inside(store: ObjectStore, key: str) -> None:
    with pytest.raises(InvalidRequest):
        store.put(key, b"")


def test_a_store_that_is_away_says_so() -> None:
    with pytest.raises(ObjectStoreUnavailable):
        S3Store(S3Settings(endpoint="http://127.0.0.1:9", access_key="k", secret_key="s")).get("x")


def test_the_variables_of_aws_say_where_the_store_is(s3: S3Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", str(s3.endpoint))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    store = S3Store(S3Settings(bucket=s3.bucket))
    store.put("by/variables", b"1")
    assert store.get("by/variables") == b"1"
    assert store._client.meta.region_name == "eu-west-3"


def test_a_store_that_hangs_is_given_up() -> None:
    """It takes connections and never answers."""
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        endpoint = f"http://127.0.0.1:{mute.getsockname()[1]}"
        store = S3Store(S3Settings(endpoint=endpoint, access_key="k", secret_key="s", timeout_seconds=0.2))
        with pytest.raises(ObjectStoreUnavailable, match="cannot be reached"):
            store.get("x")


def test_settings_name_exactly_one_store(tmp_path: Path) -> None:
    assert isinstance(open_store(ObjectStoreSettings(directory=tmp_path)), DirectoryStore)
    for settings in (ObjectStoreSettings(), ObjectStoreSettings(directory=tmp_path, s3=S3Settings())):
        with pytest.raises(InvalidSettings):
            open_store(settings)


class Refusals:
    """A write that the store refuses some times, with a code."""

    def __init__(self, code: str, times: int) -> None:
        self.code, self.left, self.calls = code, times, 0

    def __call__(self) -> None:
        self.calls += 1
        if self.left:
            self.left -= 1
            raise ClientError({"Error": {"Code": self.code, "Message": "refused"}}, "PutObject")


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchKey", "404"])
def test_a_write_that_meets_the_removal_of_its_folder_is_tried_again(code: str) -> None:
    write = Refusals(code, 2)
    retry_refused(write)
    assert write.calls == 3


@pytest.mark.parametrize(("code", "calls"), [("AccessDenied", 4), ("PreconditionFailed", 1), ("NoSuchBucket", 1)])
def test_a_write_that_is_always_refused_fails(code: str, calls: int) -> None:
    write = Refusals(code, 100)
    with pytest.raises(ClientError, match=code):
        retry_refused(write)
    assert write.calls == calls
