"""Personal data in data sets: finds it, measures k-anonymity, and prepares the privacy actions of a request."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from tablee.datasets.batches import batches
from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import (
    Action,
    Anonymity,
    AnonymityRequest,
    Drop,
    Findings,
    Keep,
    PersonalData,
    Pseudonym,
    changes_values,
    hidden_columns,
)
from tablee.datasets.profile import Basis
from tablee.datasets.reading import Corrections
from tablee.datasets.store import Datasets
from tablee.errors import InvalidRequest
from tablee_controller.datasets.derived_documents import stored_or_computed
from tablee_data.privacy import (
    Anonymiser,
    Composition,
    PrivacyKey,
    compose,
    equivalence_classes,
    find_personal_data,
)
from tablee_data.privacy.detection import RELEASE
from tablee_data.privacy.naming import is_quasi_identifier
from tablee_data.readers import BatchFilter
from tablee_data.sampling.file_rows import sample_rows
from tablee_data.sampling.table_rows import kept_rows, sample

FINDINGS_FILE = f"privacy-{RELEASE}.json"
"""The document of findings that is stored with a version."""
_QUASI_IDENTIFIERS = (PersonalData.POST_CODE, PersonalData.BIRTH_DATE)
"""Personal data that does not identify a person by itself."""


class Anonymisation:
    """Personal data in all data sets.

    :param key: returns the platform's privacy key; called only when pseudonyms are made.
    """

    def __init__(self, datasets: Datasets, key: Callable[[], PrivacyKey]) -> None:
        self._datasets, self._key = datasets, key

    def findings(self, name: str, version: str) -> Findings:
        """Personal data in a version. For columns that were changed before, the proposal is to keep them. Computed
        once, then stored with the version.

        :raises DatasetNotFound: there is no such version.
        """
        manifest = self._datasets.manifest(name, version)
        return stored_or_computed(self._datasets, manifest, FINDINGS_FILE, Findings, lambda: self._detect(manifest))

    def _detect(self, manifest: DatasetManifest) -> Findings:
        with tempfile.TemporaryDirectory() as folder:
            parquet = self._datasets.fetch(manifest, Path(folder))
            found = _findings(sample(parquet), kept_rows(parquet)[1])
        changed = hidden_columns(manifest.anonymised.actions) if manifest.anonymised else frozenset()
        findings = tuple(
            each.model_copy(update={"proposal": Keep(column=each.column)}) if each.column in changed else each
            for each in found.findings
        )
        return found.model_copy(update={"dataset": manifest.name, "version": manifest.version, "findings": findings})

    def findings_in_file(
        self, file: Path, filename: str, corrections: Corrections, actions: Sequence[Action] = ()
    ) -> Findings:
        """Personal data in a file that is not stored yet, from a sample of rows of the whole file.

        :param actions: nothing is searched in the columns that they drop.
        :raises InvalidTable: the file is not a valid table.
        """
        dropped = {action.column for action in actions if isinstance(action, Drop)}
        sampled = sample_rows(file, filename=filename, asked=corrections, dropped=dropped)
        return _findings(sampled.frame, sampled.rows)

    def anonymity(self, name: str, version: str, request: AnonymityRequest) -> Anonymity:
        """The k-anonymity of a version before and after actions. Nothing is stored.

        :raises DatasetNotFound: there is no such version.
        :raises InvalidRequest: a quasi-identifier is not a column, or an action does not fit its column.
        """
        manifest = self._datasets.manifest(name, version)
        columns = tuple(dict.fromkeys(request.quasi_identifiers))
        known = {column.name for column in manifest.columns}
        for column in columns:
            if column not in known:
                raise InvalidRequest("no_quasi_identifier", dataset=name, column=column)
        anonymiser, _ = self.composed(manifest, request.actions)
        selected = self._anonymiser([action for action in anonymiser.actions if action.column in columns])
        dropped = {action.column for action in selected.actions if isinstance(action, Drop)}
        kept = [column for column in columns if column not in dropped]
        with tempfile.TemporaryDirectory() as folder:
            parquet = self._datasets.fetch(manifest, Path(folder))
            before = equivalence_classes(batches(parquet, columns), columns)
            frames = (
                (selected.apply(batch) for batch in batches(parquet, columns)) if kept else batches(parquet, columns)
            )
            return Anonymity(before=before, after=equivalence_classes(frames, kept))

    def composed(self, parent: DatasetManifest, actions: Sequence[Action]) -> tuple[Anonymiser, Composition]:
        """Compose requested actions with those that were applied to a version earlier.

        :return: an anonymiser for the actions that were not applied yet, and the composition.
        :raises InvalidRequest: an action does not fit its column or the action before it.
        """
        self._anonymiser(actions).check([column.name for column in parent.columns])
        composition = compose(parent.anonymised.actions if parent.anonymised else (), actions)
        return self._anonymiser(composition.remaining), composition

    def batch_filter(self, actions: Sequence[Action]) -> BatchFilter | None:
        """A filter that applies the actions to batches of a file while it is read; None if no action changes values."""
        return self._anonymiser(actions) if any(map(changes_values, actions)) else None

    def _anonymiser(self, actions: Sequence[Action]) -> Anonymiser:
        keyed = any(isinstance(action, Pseudonym) for action in actions)
        return Anonymiser(actions, self._key() if keyed else None)


def _findings(frame: pl.DataFrame, rows: int) -> Findings:
    """
    :param frame: the rows in which personal data is searched.
    :param rows: number of rows of the whole table.
    """
    found = find_personal_data(frame)
    kinds = {each.column: each.kind for each in found}
    return Findings(
        findings=found,
        quasi_identifiers=tuple(
            name
            for name in frame.columns
            if kinds.get(name) in _QUASI_IDENTIFIERS or (name not in kinds and is_quasi_identifier(name))
        ),
        basis=Basis(rows=frame.height, of=rows),
    )
