"""Persons taken out of data sets."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tablee.datasets.store import Datasets
from tablee.errors import DatasetNotFound, InvalidRequest
from tablee.storage.object_store import DirectoryStore
from tablee_data.readers import ingest
from tablee_data.transforms.erase import Certificate, erase


def add(datasets: Datasets, folder: Path, text: str) -> str:
    file = folder / "file.csv"
    file.write_text(text)
    return ingest(datasets, "people", file, filename="file.csv")[0].version


def test_by_a_number(datasets: Datasets, store: DirectoryStore, tmp_path: Path) -> None:
    old = add(datasets, tmp_path, "id,x\n7,a\n8,b\n7,c\n")
    kept = add(datasets, tmp_path, "id,x\n9,a\n8,b\n")
    certificate = erase(datasets, store, "people", column="id", value="7", by="dpo")
    assert [(each.version, each.rows) for each in certificate.versions] == [(old, 2)]
    versions = datasets.versions("people")
    assert [(manifest.version, manifest.rows) for manifest in versions] == [
        (kept, 2),
        (certificate.versions[0].successor, 1),
    ]
    assert datasets.frame(versions[1]).to_dict(as_series=False) == {"id": [8.0], "x": ["b"]}
    assert not any(old in key for key in store.list("datasets/"))
    assert versions[1].erasures[0].certificate == store.list("erasures/")[0]
    assert certificate.key_sha256 == hashlib.sha256(f"{certificate.salt}7".encode()).hexdigest()


def test_of_whom_there_is_nothing_else(datasets: Datasets, store: DirectoryStore, tmp_path: Path) -> None:
    add(datasets, tmp_path, "mail,x\nada@example.org,a\n")
    certificate = erase(datasets, store, "people", column="mail", value="ada@example.org", by="dpo")
    assert certificate.versions[0].successor is None
    with pytest.raises(DatasetNotFound):
        datasets.versions("people")
    assert [key.split("/")[0] for key in store.list("")] == ["erasures"]


def test_of_whom_there_is_nothing(datasets: Datasets, store: DirectoryStore, tmp_path: Path) -> None:
    version = add(datasets, tmp_path, "mail,x\nada@example.org,1\n")
    certificate = erase(datasets, store, "people", column="x", value="eve", by="dpo")
    assert certificate.versions == ()
    assert Certificate.model_validate_json(store.get(store.list("erasures/")[0])) == certificate
    assert datasets.manifest("people").version == version
    with pytest.raises(InvalidRequest, match="has a column «name»"):
        erase(datasets, store, "people", column="name", value="ada", by="dpo")
