"""One contract, every adapter: a directory and an S3 server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tablee.errors import AlreadyExists, InvalidRequest, InvalidSettings, NotFound, ObjectStoreUnavailable
from tablee.objects import DirectoryStore, ObjectStore, S3Store, open_store
from tablee.settings import ObjectStoreSettings, S3Settings


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Settings]:
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings = S3Settings(endpoint=f"http://{host}:{port}", bucket="tablee", access_key="key", secret_key="secret")
    boto3.client(
        "s3", endpoint_url=settings.endpoint, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    ).create_bucket(Bucket="tablee")
    yield settings
    server.stop()


@pytest.fixture(params=["directory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "directory":
        return DirectoryStore(tmp_path / "mes objets")
    store = S3Store(request.getfixturevalue("s3"))
    for key in store.list(""):
        store.delete(key)
    return store


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


def test_settings_name_exactly_one_store(tmp_path: Path) -> None:
    assert isinstance(open_store(ObjectStoreSettings(directory=tmp_path)), DirectoryStore)
    for settings in (ObjectStoreSettings(), ObjectStoreSettings(directory=tmp_path, s3=S3Settings())):
        with pytest.raises(InvalidSettings):
            open_store(settings)
