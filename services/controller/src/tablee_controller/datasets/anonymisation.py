"""Personal data in data sets: finds it, measures k-anonymity, and prepares the privacy actions of a request."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from tablee.datasets.batches import batches
from tablee.datasets.generalisation import quasi_identifiers
from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import (
    Action,
    Anonymity,
    AnonymityRequest,
    Drop,
    Finding,
    Findings,
    Pseudonym,
    changes_values,
    leaves_nothing,
)
from tablee.datasets.profile import Basis
from tablee.datasets.reading import Corrections
from tablee.datasets.store import Datasets
from tablee.errors import InvalidRequest
from tablee.tables.column_names import near
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
from tablee_data.privacy.original_findings import changed_columns, may_identify, original_findings, uncounted
from tablee_data.readers import BatchFilter
from tablee_data.sampling.file_rows import sample_rows
from tablee_data.sampling.table_rows import kept_rows, sample

FINDINGS_FILE = f"privacy-{RELEASE}.json"
"""The document of findings that is stored with a version."""


class Anonymisation:
    """Personal data in all data sets.

    :param key: returns the platform's privacy key; called only when pseudonyms are made.
    """

    def __init__(self, datasets: Datasets, key: Callable[[], PrivacyKey]) -> None:
        self._datasets, self._key = datasets, key

    def findings(self, name: str, version: str) -> Findings:
        """Personal data in a version. For columns that were changed before, it is what was found in their original
        values, and the proposal is to keep them. Computed once, then stored with the version.

        :raises DatasetNotFound: there is no such version.
        """
        manifest = self._datasets.manifest(name, version)
        return stored_or_computed(self._datasets, manifest, FINDINGS_FILE, Findings, lambda: self._detect(manifest))

    def _detect(self, manifest: DatasetManifest) -> Findings:
        with tempfile.TemporaryDirectory() as folder:
            parquet = self._datasets.fetch(manifest, Path(folder))
            frame, rows = sample(parquet), kept_rows(parquet)[1]
        unchanged = frame.drop(changed_columns(manifest))
        findings = (*original_findings(manifest), *find_personal_data(unchanged))
        found = _findings(frame, rows, findings, manifest.actions)
        hidden = uncounted(manifest, found.quasi_identifiers)
        return found.model_copy(update={"dataset": manifest.name, "version": manifest.version, "uncounted": hidden})

    def findings_in_file(
        self, file: Path, filename: str, corrections: Corrections, actions: Sequence[Action] = ()
    ) -> Findings:
        """Personal data in a file that is not stored yet, from a sample of rows of the whole file.

        :param actions: nothing is searched in the columns that they drop.
        :raises InvalidTable: the file is not a valid table.
        """
        dropped = {action.column for action in actions if isinstance(action, Drop)}
        sampled = sample_rows(file, filename=filename, asked=corrections, dropped=dropped)
        return _findings(sampled.frame, sampled.rows, find_personal_data(sampled.frame), actions)

    def anonymity(self, name: str, version: str, request: AnonymityRequest) -> Anonymity:
        """The k-anonymity of a version before and after actions. Nothing is stored.

        :raises DatasetNotFound: there is no such version.
        :raises InvalidRequest: a quasi-identifier is not a column, or an action does not fit its column.
        """
        manifest = self._datasets.manifest(name, version)
        columns = tuple(dict.fromkeys(request.quasi_identifiers))
        known = [column.name for column in manifest.columns]
        for column in columns:
            if column not in known:
                raise InvalidRequest("no_quasi_identifier", dataset=name, column=column, **near(column, sorted(known)))
        anonymiser, _ = self.composed(manifest, request.actions)
        proposed = quasi_identifiers(known, self.findings(name, version).quasi_identifiers, request.actions)
        selected = self._anonymiser([action for action in anonymiser.actions if action.column in columns])
        gone = {action.column for action in selected.actions if leaves_nothing(action)}
        kept = [column for column in columns if column not in gone]
        with tempfile.TemporaryDirectory() as folder:
            parquet = self._datasets.fetch(manifest, Path(folder))
            before = equivalence_classes(batches(parquet, columns), columns)
            frames = (
                (selected.apply(batch) for batch in batches(parquet, columns)) if kept else batches(parquet, columns)
            )
            after = equivalence_classes(frames, kept)
        left_out = tuple(column for column in proposed if column not in columns)
        return Anonymity(before=before, after=after, left_out=left_out)

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


def _findings(frame: pl.DataFrame, rows: int, findings: Sequence[Finding], actions: Sequence[Action]) -> Findings:
    """
    :param frame: the rows in which personal data is searched.
    :param rows: number of rows of the whole table.
    :param actions: that were applied to the rows, or will be.
    """
    kinds = {each.column: each.kind for each in findings}
    gone = {action.column for action in actions if leaves_nothing(action)}
    identifying = [name for name in frame.columns if name not in gone and may_identify(name, kinds.get(name))]
    return Findings(
        findings=tuple(sorted(findings, key=lambda each: (-each.confidence, frame.columns.index(each.column)))),
        quasi_identifiers=quasi_identifiers(frame.columns, identifying, actions),
        basis=Basis(rows=frame.height, of=rows),
    )
