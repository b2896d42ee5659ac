"""Erases the rows of a person from all versions of a data set (GDPR, article 17), with a certificate.

    erasures/{dataset}/{id}.json

Every version that holds such rows is replaced by one without them, and its files are removed. The certificate says
which versions, how many rows, when and by whom. Of the erased value it holds an HMAC with the platform's key: whoever
has that key can check whether a value is the erased one. Without the key the value cannot be found, not even by trying
all phone numbers.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict

from tablee.datasets.batches import batches
from tablee.datasets.derive import Erase, derive
from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.names import checked_name
from tablee.datasets.privacy import Action, Pseudonym, changes_values
from tablee.datasets.reading import Reading
from tablee.datasets.store import Datasets
from tablee.errors import InvalidRequest
from tablee.storage.documents import Documents
from tablee.storage.object_store import ObjectStore
from tablee.tables.cells.typed_values import number_texts
from tablee.tables.column_names import near
from tablee_data.privacy.key import PrivacyKey
from tablee_data.readers.table import Output

PURPOSE = "erasure certificate"
"""Of the key from which the HMAC of a certificate is computed."""


class ErasedVersion(BaseModel):
    """A version that was replaced."""

    model_config = ConfigDict(frozen=True)
    version: str
    rows: int
    """Number of rows that were erased."""
    successor: str | None
    """The version without them; None if no other row was left."""


class UnsearchedVersion(BaseModel):
    """A version whose original values of the column are gone: it may hold rows of the person, and nobody can find them
    by the value."""

    model_config = ConfigDict(frozen=True)
    version: str
    applied: Literal["drop", "mask", "bands", "prefix", "period", "pseudonym"]
    """The privacy action on the column; pseudonyms are searched, unless they were made with another key."""


class Certificate(BaseModel):
    """What was erased."""

    model_config = ConfigDict(frozen=True)
    id: str
    dataset: str
    column: str
    key: str | None = None
    """Id of the platform's key when the rows were erased."""
    value_hmac: str | None = None
    """HMAC-SHA-256 of the certificate's id, the column and the erased value, as 64 hexadecimal digits."""
    salt: str | None = None
    """Only in certificates of releases before there was `value_hmac`."""
    key_sha256: str | None = None
    """Only in those, too: sha256 of the salt and the erased value, both as UTF-8. Few possible values, such as phone
    numbers, can be tried out against it."""
    at: datetime
    by: str
    versions: tuple[ErasedVersion, ...]
    unsearched: tuple[UnsearchedVersion, ...] = ()
    """The versions in which the value could not be searched. Certificates of earlier releases do not list them."""


def erase(
    datasets: Datasets,
    objects: ObjectStore,
    key: PrivacyKey,
    name: str,
    *,
    column: str,
    value: str | float,
    by: str,
) -> Certificate:
    """Erase the rows in which a column holds a value, from all versions. Pseudonyms of the value are found by the key.

    :raises DatasetNotFound: there is no such data set.
    :raises InvalidRequest: no version has the column. No error quotes the value.
    """
    versions = datasets.versions(name)
    having = [manifest for manifest in versions if any(each.name == column for each in manifest.columns)]
    if not having:
        names = {each.name for manifest in versions for each in manifest.columns}
        raise InvalidRequest("no_column_to_erase_by", dataset=name, column=column, **near(column, sorted(names)))
    now = datetime.now(UTC)
    identity = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    documents = _documents(objects, name)
    certificate = Certificate(
        id=identity,
        dataset=name,
        column=column,
        key=key.id,
        value_hmac=_hmac(key, identity, column, value),
        at=now,
        by=by,
        versions=(),
        unsearched=tuple(each for manifest in versions if (each := _unsearched(manifest, column, key)) is not None),
    )
    documents.create(identity, certificate)
    for manifest in having:  # written after each version, so that the certificate is true if this is interrupted
        held = (value, *_pseudonyms(manifest, column, value, key))
        replaced = _erase_from(datasets, manifest, column, held, certificate=documents.key(identity), at=now)
        if replaced is not None:
            certificate = certificate.model_copy(update={"versions": (*certificate.versions, replaced)})
            documents.put(identity, certificate)
    return certificate


def certificates(objects: ObjectStore, name: str) -> list[Certificate]:
    """The certificates of a data set, oldest first."""
    documents = _documents(objects, checked_name(name))
    return [documents.get(identity) for identity in documents.names()]


def is_certified(certificate: Certificate, value: str | float, key: PrivacyKey) -> bool:
    """Whether a value is the one that the certificate says was erased.

    :raises InvalidRequest: the certificate was made with another key.
    """
    if certificate.value_hmac is None:
        salted = f"{certificate.salt}{_text(value)}".encode()
        return hmac.compare_digest(hashlib.sha256(salted).hexdigest(), certificate.key_sha256 or "")
    if certificate.key != key.id:
        raise InvalidRequest("certificate_of_other_key", made_with=certificate.key, given=key.id)
    return hmac.compare_digest(_hmac(key, certificate.id, certificate.column, value), certificate.value_hmac)


def _documents(objects: ObjectStore, name: str) -> Documents[Certificate]:
    return Documents(objects, f"erasures/{name}/", Certificate)


def _hmac(key: PrivacyKey, identity: str, column: str, value: str | float) -> str:
    return key.hmac(PURPOSE, f"{identity}\0{column}\0{_text(value)}")


def _text(value: str | float) -> str:
    """A value as it stands in a text column: 7 for the number 7.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _action(manifest: DatasetManifest, column: str) -> Action | None:
    """The privacy action that changed a column."""
    return next((each for each in manifest.actions if each.column == column and changes_values(each)), None)


def _is_keyed(manifest: DatasetManifest, column: str, key: PrivacyKey) -> bool:
    """Whether the pseudonyms of a column were made with the key."""
    made = manifest.anonymised
    return made is not None and made.other_keys.get(column, made.key) == key.id


def _unsearched(manifest: DatasetManifest, column: str, key: PrivacyKey) -> UnsearchedVersion | None:
    action = _action(manifest, column)
    if action is None or action.kind == "keep":
        return None
    if isinstance(action, Pseudonym) and _is_keyed(manifest, column, key):
        return None
    return UnsearchedVersion(version=manifest.version, applied=action.kind)


def _pseudonyms(manifest: DatasetManifest, column: str, value: str | float, key: PrivacyKey) -> tuple[str, ...]:
    """What a version holds in the place of a value; empty if it holds no pseudonyms of this key. In a column of numbers
    `07` is the number 7."""
    action = _action(manifest, column)
    if not isinstance(action, Pseudonym) or not _is_keyed(manifest, column, key):
        return ()
    text = _text(value)
    cells = manifest.reading.cells if isinstance(manifest.reading, Reading) else {}
    if column in cells and cells[column].number is not None:
        try:
            text = number_texts(pl.Series([float(value)])).item()
        except ValueError:
            return ()
    return (key.pseudonym(text, action.scope),)


def _erase_from(
    datasets: Datasets,
    manifest: DatasetManifest,
    column: str,
    held: Sequence[str | float],
    *,
    certificate: str,
    at: datetime,
) -> ErasedVersion | None:
    """Replace one version by one without the rows; None if it has no such row.

    :param held: the value, and what stands in its place.
    """
    with tempfile.TemporaryDirectory(prefix="tablee-data-") as temporary:
        folder = Path(temporary)
        source = datasets.fetch(manifest, folder)
        target = folder / "erased.parquet"
        dates = [each.name for each in manifest.columns if each.kind == "date"]
        with Output(target) as output:
            for batch in batches(source):
                kept = batch.filter(*(~_holds(batch[column], each) for each in held))
                if kept.height:
                    output.write(kept, dates)
        erased = manifest.rows - output.rows
        if not erased:
            return None
        successor = None
        if output.rows:
            child = derive(manifest, Erase(certificate), output, at=at)
            datasets.add_derived(child, target, parent=manifest)
            successor = child.version
        datasets.remove(manifest)
        return ErasedVersion(version=manifest.version, rows=erased, successor=successor)


def _holds(series: pl.Series, value: str | float) -> pl.Series:
    """Which rows hold the value: compared as numbers in a column of numbers, else as texts."""
    if series.dtype == pl.Float64:
        try:
            number = float(value)
        except ValueError:
            return pl.repeat(False, len(series), dtype=pl.Boolean, eager=True)
        return (series == number).fill_null(False)
    return (series == _text(value)).fill_null(False)
