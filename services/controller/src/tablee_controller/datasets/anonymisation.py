"""Versions without the personal data of others: found, weighed, made."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from tablee.datasets.privacy import (
    Action,
    AnonymisationRequest,
    Anonymity,
    AnonymityRequest,
    Drop,
    Findings,
    Keep,
    Personal,
    Pseudonym,
    changes,
    hidden,
)
from tablee.datasets.profile import Basis
from tablee.datasets.reading import Corrections
from tablee.datasets.store import DatasetManifest, Datasets, batches, version_of
from tablee.errors import InvalidRequest
from tablee_controller.datasets.derived_documents import kept
from tablee_data.privacy import Anonymiser, Key, find, following, groups, together
from tablee_data.privacy.detection import RELEASE
from tablee_data.privacy.naming import is_quasi
from tablee_data.readers.table import Output
from tablee_data.sampling.file_rows import sample_rows
from tablee_data.sampling.table_rows import kept_rows, sample

KEPT = f"privacy-{RELEASE}.json"
"""Findings, beside a version."""


class Anonymisation:
    """Of all data sets.

    :param key: of pseudonyms; asked for only when some are made.
    """

    def __init__(self, datasets: Datasets, key: Callable[[], Key]) -> None:
        self._datasets, self._key = datasets, key

    def findings(self, name: str, version: str) -> Findings:
        """Personal data in a version, with nothing more proposed for columns that were changed. Looked for once, then
        kept beside it.

        :raises DatasetNotFound: there is no such version.
        """
        manifest = self._datasets.manifest(name, version)
        return kept(self._datasets, manifest, KEPT, Findings, lambda: self._looked_for(manifest))

    def _looked_for(self, manifest: DatasetManifest) -> Findings:
        with tempfile.TemporaryDirectory() as folder:
            parquet = self._datasets.fetch(manifest, Path(folder))
            found = _found(sample(parquet), kept_rows(parquet)[1])
        changed = hidden(manifest.anonymised.actions) if manifest.anonymised else frozenset()
        done = tuple(
            each.model_copy(update={"proposal": Keep(column=each.column)}) if each.column in changed else each
            for each in found.findings
        )
        return found.model_copy(update={"dataset": manifest.name, "version": manifest.version, "findings": done})

    def findings_of(self, file: Path, filename: str, asked: Corrections) -> Findings:
        """Personal data in a file that is no version yet, by rows from all over it.

        :raises InvalidTable: it is no sound table.
        """
        seen = sample_rows(file, filename=filename, asked=asked)
        return _found(seen.frame, seen.rows)

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
        anonymiser, _ = self._following(manifest, request.actions)
        part = self._anonymiser([action for action in anonymiser.actions if action.column in columns])
        dropped = {action.column for action in part.actions if isinstance(action, Drop)}
        left = [column for column in columns if column not in dropped]
        with tempfile.TemporaryDirectory() as folder:
            parquet = self._datasets.fetch(manifest, Path(folder))
            before = groups(batches(parquet, columns), columns)
            frames = (part.apply(batch) for batch in batches(parquet, columns)) if left else batches(parquet, columns)
            return Anonymity(before=before, after=groups(frames, left))

    def anonymise(self, name: str, version: str, request: AnonymisationRequest) -> tuple[DatasetManifest, bool]:
        """Make a version of another one; the same actions with the same key make the same version. What was done to the
        other one before is told of the new one, too.

        :raises InvalidRequest: an action does not fit, or nothing is left to be done; nothing is stored.
        """
        source = self._datasets.manifest(name, version)
        anonymiser, told = self._following(source, request.actions)
        if not anonymiser.actions:
            raise InvalidRequest(f"all of that was done to version «{source.version}» before")
        dates = [column.name for column in source.columns if column.kind == "date"]
        made_here = anonymiser.anonymised.model_copy(update={"source": source.version})
        anonymised = together(source.anonymised, made_here, told)
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

    def _following(self, source: DatasetManifest, asked: Sequence[Action]) -> tuple[Anonymiser, tuple[Action, ...]]:
        """What is to be done to a version, and what was then done altogether."""
        self._anonymiser(asked).check([column.name for column in source.columns])
        succession = following(source.anonymised.actions if source.anonymised else (), asked)
        return self._anonymiser(succession.todo), succession.told

    def _anonymiser(self, actions: Sequence[Action]) -> Anonymiser:
        keyed = any(isinstance(action, Pseudonym) for action in actions)
        return Anonymiser(actions, self._key() if keyed else None)


def _found(frame: pl.DataFrame, of: int) -> Findings:
    """
    :param of: rows of the whole table.
    """
    found = find(frame)
    personal = {each.column: each.kind for each in found}
    quasi = (Personal.POST_CODE, Personal.BIRTH_DATE)
    return Findings(
        findings=found,
        quasi_identifiers=tuple(
            name for name in frame.columns if personal.get(name) in quasi or (name not in personal and is_quasi(name))
        ),
        basis=Basis(rows=frame.height, of=of),
    )
