"""Erasure of a person's rows from all versions, and the certificate of it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from tablee.datasets.privacy import Action, Drop, Mask, Prefix, Pseudonym
from tablee.datasets.store import Datasets
from tablee.errors import DatasetNotFound, InvalidRequest
from tablee.storage.object_store import DirectoryStore
from tablee_data.privacy import Anonymiser, PrivacyKey, compose
from tablee_data.readers import ingest
from tablee_data.transforms.anonymise import anonymise
from tablee_data.transforms.erase import Certificate, certificates, erase, is_certified

KEY = PrivacyKey(SecretStr("a secret of sixteen and more"))


def add(datasets: Datasets, folder: Path, text: str) -> str:
    file = folder / "file.csv"
    file.write_text(text)
    return ingest(datasets, "people", file, filename="file.csv")[0].version


def anonymised(datasets: Datasets, version: str, action: Action, key: PrivacyKey) -> str:
    """The version that an action makes of another one."""
    parent, actions = datasets.manifest("people", version), (action,)
    anonymiser = Anonymiser(actions, key)
    made, _ = anonymise(datasets, parent, anonymiser, compose((), actions), keep_original=True)
    return made.version


def erased(datasets: Datasets, store: DirectoryStore, column: str, value: str | float) -> Certificate:
    return erase(datasets, store, KEY, "people", column=column, value=value, by="dpo")


def test_rows_with_a_number_are_erased_from_every_version(
    datasets: Datasets, store: DirectoryStore, tmp_path: Path
) -> None:
    old = add(datasets, tmp_path, "id,x\n7,a\n8,b\n7,c\n")
    kept = add(datasets, tmp_path, "id,x\n9,a\n8,b\n")
    certificate = erased(datasets, store, "id", "7")
    assert [(each.version, each.rows) for each in certificate.versions] == [(old, 2)]
    versions = datasets.versions("people")
    assert [(manifest.version, manifest.rows) for manifest in versions] == [
        (kept, 2),
        (certificate.versions[0].successor, 1),
    ]
    assert datasets.frame(versions[1]).to_dict(as_series=False) == {"id": [8.0], "x": ["b"]}
    assert not any(old in key for key in store.list("datasets/"))
    assert versions[1].erasures[0].certificate == store.list("erasures/")[0]
    assert is_certified(certificate, "7", KEY)


def test_a_number_is_erased_from_a_column_of_texts_too(
    datasets: Datasets, store: DirectoryStore, tmp_path: Path
) -> None:
    add(datasets, tmp_path, "phone,x\n33612345678,a\nunknown,b\n")
    certificate = erased(datasets, store, "phone", 33612345678.0)
    assert [each.rows for each in certificate.versions] == [1]
    assert is_certified(certificate, "33612345678", KEY)


@pytest.mark.parametrize(("column", "value"), [("id", "7"), ("mail", "ada@example.org")])
def test_rows_without_a_value_and_the_kinds_of_columns_stay(
    datasets: Datasets, store: DirectoryStore, tmp_path: Path, column: str, value: str
) -> None:
    add(datasets, tmp_path, "id,mail,born\n7,ada@example.org,2001-02-03\n,bob@example.org,2001-02-04\n9,,2001-02-05\n")
    before = datasets.manifest("people").columns
    erased(datasets, store, column, value)
    left = datasets.manifest("people")
    assert datasets.frame(left).to_dict(as_series=False) == {
        "id": [None, 9.0],
        "mail": ["bob@example.org", None],
        "born": ["2001-02-04", "2001-02-05"],
    }
    assert [(each.name, each.kind) for each in left.columns] == [(each.name, each.kind) for each in before]
    assert left.columns[2].kind == "date"


def test_two_erasures_in_a_row_are_both_in_the_manifest(
    datasets: Datasets, store: DirectoryStore, tmp_path: Path
) -> None:
    add(datasets, tmp_path, "id,x\n7,a\n8,b\n7,c\n9,d\n")
    first, second = erased(datasets, store, "id", "7"), erased(datasets, store, "id", "8")
    (manifest,) = datasets.versions("people")
    assert [(each.certificate, each.rows) for each in manifest.erasures] == [
        (f"erasures/people/{first.id}.json", 2),
        (f"erasures/people/{second.id}.json", 1),
    ]
    assert [each.versions[0].successor for each in (first, second)] == [second.versions[0].version, manifest.version]
    assert certificates(store, "people") == sorted([first, second], key=lambda each: each.id)


def test_a_version_without_other_rows_has_no_successor(
    datasets: Datasets, store: DirectoryStore, tmp_path: Path
) -> None:
    add(datasets, tmp_path, "mail,x\nada@example.org,a\n")
    certificate = erased(datasets, store, "mail", "ada@example.org")
    assert certificate.versions[0].successor is None
    with pytest.raises(DatasetNotFound):
        datasets.versions("people")
    assert [key.split("/")[0] for key in store.list("")] == ["erasures"]


def test_versions_without_the_value_stay(datasets: Datasets, store: DirectoryStore, tmp_path: Path) -> None:
    version = add(datasets, tmp_path, "mail,x\nada@example.org,1\n")
    certificate = erased(datasets, store, "x", "eve")
    assert certificate.versions == ()
    assert Certificate.model_validate_json(store.get(store.list("erasures/")[0])) == certificate
    assert datasets.manifest("people").version == version
    with pytest.raises(InvalidRequest, match="has a column “name”"):
        erased(datasets, store, "name", "ada")


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("mail,x\nada@example.org,a\nbob@example.org,b\n", "mail", "ada@example.org"),
        ("phone,x\n0612345678,a\n0612345679,b\n", "phone", "0612345678"),
        ("id,x\n7,a\n8,b\n", "id", "7"),
        ("id,x\n7,a\n8,b\n", "id", 7.0),
        ("weight,x\n7.25,a\n8,b\n", "weight", "7.250"),
    ],
)
def test_rows_are_found_by_their_pseudonyms_too(
    datasets: Datasets, store: DirectoryStore, tmp_path: Path, text: str, column: str, value: str | float
) -> None:
    bare = add(datasets, tmp_path, text)
    hidden = anonymised(datasets, bare, Pseudonym(column=column, scope="s"), KEY)
    (tmp_path / "file.csv").write_text(text + ",c\n")
    guard = Anonymiser([Pseudonym(column=column)], KEY)
    read, _ = ingest(datasets, "people", tmp_path / "file.csv", filename="file.csv", batch_filter=guard)
    certificate = erased(datasets, store, column, value)
    assert {(each.version, each.rows) for each in certificate.versions} == {
        (bare, 1),
        (hidden, 1),
        (read.version, 1),
    }
    assert certificate.unsearched == ()
    assert all("a" not in datasets.frame(each)["x"] for each in datasets.versions("people"))
    assert all("b" in datasets.frame(each)["x"] for each in datasets.versions("people"))


def test_the_certificate_names_versions_in_which_the_value_is_gone(
    datasets: Datasets, store: DirectoryStore, tmp_path: Path
) -> None:
    bare = add(datasets, tmp_path, "mail,x\nada@example.org,a\nbob@example.org,b\n")
    other = PrivacyKey(SecretStr("another secret of sixteen and more"))
    made = {
        anonymised(datasets, bare, action, key): action.kind
        for action, key in (
            (Drop(column="mail"), KEY),
            (Mask(column="mail"), KEY),
            (Prefix(column="mail", length=2), KEY),
            (Pseudonym(column="mail"), other),
        )
    }
    untouched = anonymised(datasets, bare, Drop(column="x"), KEY)
    certificate = erased(datasets, store, "mail", "ada@example.org")
    assert {each.version: each.applied for each in certificate.unsearched} == made
    assert {each.version for each in certificate.versions} == {bare, untouched}
    assert Certificate.model_validate_json(store.get(store.list("erasures/")[0])) == certificate


def test_a_certificate_proves_its_value_only_with_the_key(
    datasets: Datasets, store: DirectoryStore, tmp_path: Path
) -> None:
    add(datasets, tmp_path, "phone,x\n0612345678,1\n")
    certificate = erased(datasets, store, "phone", "0612345678")
    assert is_certified(certificate, "0612345678", KEY)
    assert not is_certified(certificate, "0612345679", KEY)
    assert not is_certified(certificate.model_copy(update={"column": "mobile"}), "0612345678", KEY)
    assert not is_certified(certificate.model_copy(update={"id": "20260101-000000-abcdef"}), "0612345678", KEY)
    with pytest.raises(InvalidRequest, match="made with the key"):
        is_certified(certificate, "0612345678", PrivacyKey(SecretStr("another secret, as long")))
    assert certificate.salt is certificate.key_sha256 is None, "nothing to try values against without the key"
    assert b"0612345678" not in store.get(f"erasures/people/{certificate.id}.json")


def test_no_pseudonym_is_the_hmac_of_a_certificate(datasets: Datasets, store: DirectoryStore, tmp_path: Path) -> None:
    add(datasets, tmp_path, "phone,x\n0612345678,1\n")
    certificate = erased(datasets, store, "phone", "0612345678")
    message = f"{certificate.id}\0phone\x000612345678"
    assert certificate.value_hmac is not None
    assert len(certificate.value_hmac) == 64
    scopes = ("", "erasure certificate", "tablee: key of erasure certificate")
    assert not any(certificate.value_hmac.startswith(KEY.pseudonym(message, scope)) for scope in scopes)


def test_certificates_of_earlier_releases_are_read(store: DirectoryStore) -> None:
    old = {
        "id": "20260131-120000-abc123",
        "dataset": "people",
        "column": "id",
        "salt": "5a17",
        "key_sha256": hashlib.sha256(b"5a177").hexdigest(),
        "at": datetime(2026, 1, 31, 12, tzinfo=UTC).isoformat(),
        "by": "dpo",
        "versions": [{"version": "0123456789ab", "rows": 2, "successor": None}],
    }
    certificate = Certificate.model_validate(old)
    store.put("erasures/people/20260131-120000-abc123.json", certificate.model_dump_json().encode())
    (found,) = certificates(store, "people")
    assert found.versions[0].rows == 2
    assert is_certified(found, "7", KEY)
    assert is_certified(found, 7.0, KEY)
    assert not is_certified(found, "8", KEY)
