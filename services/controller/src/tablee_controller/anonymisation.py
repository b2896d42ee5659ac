"""Versions without the personal data of others: found, weighed, made."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from tablee.datasets import ColumnSummary, DatasetManifest, Datasets, batch_rows, batches, summarise
from tablee.errors import InvalidRequest
from tablee.privacy import (
    Action,
    AnonymisationRequest,
    Anonymised,
    Anonymity,
    AnonymityRequest,
    Drop,
    Findings,
    Personal,
    Pseudonym,
)
from tablee.profile import Basis
from tablee_data.privacy import Anonymiser, Key, find, groups
from tablee_data.privacy.naming import is_quasi
from tablee_data.sample import kept_rows, sample


class Anonymisation:
    """Of all data sets.

    :param key: of pseudonyms; asked for only when some are made.
    """

    def __init__(self, datasets: Datasets, key: Callable[[], Key]) -> None:
        self._datasets, self._key = datasets, key

    def findings(self, name: str, version: str) -> Findings:
        """Personal data in a version; raises `DatasetNotFound`."""
        manifest = self._datasets.manifest(name, version)
        with tempfile.TemporaryDirectory() as folder:
            parquet = self._datasets.fetch(manifest, Path(folder))
            found = find(sample(parquet))
            kept, rows = kept_rows(parquet)
        personal = {each.column: each.kind for each in found}
        quasi = (Personal.POST_CODE, Personal.BIRTH_DATE)
        return Findings(
            dataset=manifest.name,
            version=manifest.version,
            findings=found,
            quasi_identifiers=tuple(
                each.name
                for each in manifest.columns
                if personal.get(each.name) in quasi or (each.name not in personal and is_quasi(each.name))
            ),
            basis=Basis(rows=kept, of=rows),
        )

    def anonymity(self, name: str, version: str, request: AnonymityRequest) -> Anonymity:
        """How the rows of a version hide among each other, before and after actions; nothing is stored.

        :raises InvalidRequest: a quasi-identifier is no column, or an action does not fit.
        """
        manifest = self._datasets.manifest(name, version)
        columns = tuple(dict.fromkeys(request.quasi_identifiers))
        known = {column.name for column in manifest.columns}
        for column in columns:
            if column not in known:
                raise InvalidRequest(f"«quasi_identifiers»: the data set «{name}» has no column «{column}»")
        anonymiser = self._anonymiser(request.actions)
        anonymiser.check([column.name for column in manifest.columns])
        part = self._anonymiser([action for action in request.actions if action.column in columns])
        dropped = {action.column for action in part.actions if isinstance(action, Drop)}
        left = [column for column in columns if column not in dropped]
        with tempfile.TemporaryDirectory() as folder:
            parquet = self._datasets.fetch(manifest, Path(folder))
            before = groups(batches(parquet, columns), columns)
            frames = (part.apply(batch) for batch in batches(parquet, columns)) if left else batches(parquet, columns)
            return Anonymity(before=before, after=groups(frames, left))

    def anonymise(self, name: str, version: str, request: AnonymisationRequest) -> tuple[DatasetManifest, bool]:
        """Make a version of another one; the same actions with the same key make the same version.

        :raises InvalidRequest: an action does not fit; nothing is stored.
        """
        source = self._datasets.manifest(name, version)
        anonymiser = self._anonymiser(request.actions)
        anonymiser.check([column.name for column in source.columns])
        with tempfile.TemporaryDirectory() as folder:
            taken = self._datasets.fetch(source, Path(folder))
            made = Path(folder) / "anonymised.parquet"
            rows = write((anonymiser.apply(batch) for batch in batches(taken)), made)
            with made.open("rb") as opened:
                sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
            manifest = source.model_copy(
                update={
                    "version": hashlib.sha256(f"{source.version}\n{anonymiser.fingerprint}".encode()).hexdigest()[:12],
                    "rows": rows,
                    "columns": tuple(_summaries(source, anonymiser, made)),
                    "bytes": made.stat().st_size,
                    "sha256": sha256,
                    "anonymised": Anonymised(source=source.version, actions=anonymiser.actions, key=anonymiser.key_id),
                    "created": datetime.now(UTC),
                }
            )
            manifest, new = self._datasets.put(manifest, made)
        if not request.keep_original:
            self._datasets.remove(source)
        return manifest, new

    def _anonymiser(self, actions: Sequence[Action]) -> Anonymiser:
        keyed = any(isinstance(action, Pseudonym) for action in actions)
        return Anonymiser(actions, self._key() if keyed else None)


def write(frames: Iterator[pl.DataFrame], file: Path) -> int:
    """A Parquet file of frames, in their order; how many rows it has."""
    writer: pq.ParquetWriter | None = None
    rows = 0
    try:
        for frame in frames:
            table = frame.to_arrow()
            writer = writer or pq.ParquetWriter(file, table.schema, compression="zstd")
            writer.write_table(table, row_group_size=batch_rows(frame.width))
            rows += frame.height
    finally:
        if writer is not None:
            writer.close()
    return rows


def _summaries(source: DatasetManifest, anonymiser: Anonymiser, made: Path) -> Iterator[ColumnSummary]:
    """Columns that nothing was done to are as they were."""
    dropped = {action.column for action in anonymiser.actions if isinstance(action, Drop)}
    for column in source.columns:
        if anonymiser.hides(column.name):
            if column.name not in dropped:
                yield summarise(pl.read_parquet(made, columns=[column.name], memory_map=False).to_series())
        else:
            yield column
