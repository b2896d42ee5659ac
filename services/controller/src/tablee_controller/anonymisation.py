"""Versions without the personal data of others: found, weighed, made."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tablee.datasets import ColumnSummary, DatasetManifest, Datasets, batches, version_of
from tablee.errors import InvalidRequest
from tablee.privacy import (
    Action,
    AnonymisationRequest,
    Anonymity,
    AnonymityRequest,
    Drop,
    Findings,
    Personal,
    Pseudonym,
    changes,
)
from tablee.profile import Basis
from tablee.reading import Corrections
from tablee_data.intake.reader import Output, read
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
            found = _found(self._datasets.fetch(manifest, Path(folder)), manifest.columns)
        return found.model_copy(update={"dataset": manifest.name, "version": manifest.version})

    def findings_of(self, file: Path, filename: str, asked: Corrections) -> Findings:
        """Personal data in a file that is no version yet.

        :raises InvalidTable: it is no sound table.
        """
        with tempfile.TemporaryDirectory() as folder:
            parquet = Path(folder) / "data.parquet"
            table = read(file, parquet, filename=filename, asked=asked)
            return _found(parquet, table.columns)

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
        dates = [column.name for column in source.columns if column.kind == "date"]
        anonymised = anonymiser.anonymised.model_copy(update={"source": source.version})
        with tempfile.TemporaryDirectory() as folder:
            taken = self._datasets.fetch(source, Path(folder))
            made = Path(folder) / "anonymised.parquet"
            with Output(made, anonymiser) as output:
                for batch in batches(taken):
                    output.write(batch, dates)
            sha256 = hashlib.sha256(source.version.encode()).hexdigest()
            made_so = {
                "format": 2,
                "version": version_of(sha256, source.reading, anonymised),
                "rows": output.rows,
                "columns": output.columns,
                "sha256": sha256,
                "anonymised": anonymised,
                "created": datetime.now(UTC),
            }
            manifest, new = self._datasets.add(source.model_copy(update=made_so), made)
        if not request.keep_original:
            self._datasets.remove(source)
        return manifest, new

    def guard(self, actions: Sequence[Action]) -> Anonymiser | None:
        """What takes personal data out of a file while it is read; None if nothing is to be taken out."""
        return self._anonymiser(actions) if any(map(changes, actions)) else None

    def _anonymiser(self, actions: Sequence[Action]) -> Anonymiser:
        keyed = any(isinstance(action, Pseudonym) for action in actions)
        return Anonymiser(actions, self._key() if keyed else None)


def _found(parquet: Path, columns: Sequence[ColumnSummary]) -> Findings:
    found = find(sample(parquet))
    kept, rows = kept_rows(parquet)
    personal = {each.column: each.kind for each in found}
    quasi = (Personal.POST_CODE, Personal.BIRTH_DATE)
    return Findings(
        findings=found,
        quasi_identifiers=tuple(
            each.name
            for each in columns
            if personal.get(each.name) in quasi or (each.name not in personal and is_quasi(each.name))
        ),
        basis=Basis(rows=kept, of=rows),
    )
