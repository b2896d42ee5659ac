"""Addresses of places: the platform's own store, other buckets, and nothing outside of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tablee.errors import InvalidRequest
from tablee.settings import ObjectStoreSettings, S3Settings
from tablee.storage.locations import Locations, PlatformFolder
from tablee.storage.object_store import DirectoryStore, S3Store

S3 = S3Settings(endpoint="http://127.0.0.1:9", bucket="tablee", access_key="key", secret_key="secret")


@pytest.fixture
def folder(tmp_path: Path) -> Locations:
    return Locations(ObjectStoreSettings(directory=tmp_path / "objects"), DirectoryStore(tmp_path / "objects"))


@pytest.fixture
def bucket() -> Locations:
    return Locations(ObjectStoreSettings(s3=S3), S3Store(S3))


@pytest.mark.parametrize(
    ("address", "prefix", "folder_of"),
    [
        ("inbox", "inbox", "inbox/"),
        ("in/2024/", "in/2024/", "in/2024/"),
        ("a/b.parquet", "a/b.parquet", "a/b.parquet/"),
    ],
)
def test_paths_are_keys_of_the_own_store(folder: Locations, address: str, prefix: str, folder_of: str) -> None:
    place = folder.find(address)
    assert (place.prefix, place.folder, place.bucket, str(place)) == (prefix, folder_of, None, address)


def test_full_paths_lead_into_the_own_directory(folder: Locations, tmp_path: Path) -> None:
    inside = tmp_path / "objects" / "in"
    for address in (str(inside), f"{inside}/", f"file://{inside}"):
        assert folder.find(address).prefix == "in"
    assert folder.find(str(tmp_path / "objects")).folder == ""


@pytest.mark.parametrize("address", ["/etc", "../x", "a/../../x", "a//b", "./a", "/", "http://x/y", "s3://", "s3:///x"])
def test_nothing_leads_out(folder: Locations, address: str) -> None:
    with pytest.raises(InvalidRequest):
        folder.find(address)


def test_a_link_does_not_lead_out(folder: Locations, tmp_path: Path) -> None:
    (tmp_path / "objects" / "link").symlink_to(tmp_path)
    with pytest.raises(InvalidRequest, match="is not below"):
        folder.find(str(tmp_path / "objects" / "link"))


def test_buckets_are_reached_with_the_same_login(bucket: Locations) -> None:
    own, other = bucket.find("s3://tablee/in/"), bucket.find("s3://lake/in/2024/")
    assert (own.bucket, own.prefix, str(own)) == (None, "in/", "in/")
    assert (other.bucket, other.prefix, str(other)) == ("lake", "in/2024/", "s3://lake/in/2024/")
    assert isinstance(other.store, S3Store)
    assert (other.store.bucket, other.store._client.meta.endpoint_url) == ("lake", "http://127.0.0.1:9")
    assert bucket.find("s3://lake/out/").store is other.store
    assert bucket.find("s3://lake").folder == ""
    with pytest.raises(InvalidRequest, match="slash"):
        bucket.find("/in")


@pytest.mark.parametrize("platform_folder", PlatformFolder)
def test_the_platforms_own_folders_are_known_by_any_address(
    folder: Locations, tmp_path: Path, platform_folder: str
) -> None:
    full = tmp_path / "objects" / platform_folder
    for address in (
        platform_folder,
        f"{platform_folder}/",
        f"{platform_folder}/deep/down.csv",
        str(full),
        f"{full}/x/",
    ):
        assert folder.find(address).is_platform_folder, address


def test_other_folders_and_buckets_are_not_the_platforms(folder: Locations, bucket: Locations) -> None:
    for address in ("inbox/", "inbox/uploads/", "uploads-of-ana/", "mine/datasets"):
        assert not folder.find(address).is_platform_folder, address
    assert not bucket.find("s3://lake/uploads/").is_platform_folder
    assert bucket.find("s3://tablee/uploads/").is_platform_folder  # the platform's own bucket by its full address
    assert bucket.find("s3://tablee").is_platform_folder  # the whole store holds all of them
