"""Personal data in the original values of columns that privacy actions change.

The changed values do not tell any more what they were made of: a department is no post code, a pseudonym no address.
So the findings are made before the actions, and kept in the manifest. They hold no value.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import Action, Anonymised, Drop, Evidence, Finding, Keep, Uncounted, changes_values
from tablee.datasets.privacy import PersonalData as Kind
from tablee_data.privacy import naming
from tablee_data.privacy.detection import BY_NAME, MAX_VALUES, find_personal_data

QUASI_IDENTIFIERS = (Kind.POST_CODE, Kind.BIRTH_DATE)
"""Personal data that does not identify a person by itself."""


class OriginalValues:
    """The first distinct values of the columns that actions change and keep, from batches before the actions. They are
    in memory only, and only as many as are searched."""

    def __init__(self, actions: Sequence[Action]) -> None:
        self._columns = [action.column for action in actions if changes_values(action) and not isinstance(action, Drop)]
        self._values: dict[str, pl.Series] = {}

    def add(self, batch: pl.DataFrame) -> None:
        """Look at a batch. All batches have the same columns and types."""
        for name in self._columns:
            before = self._values.get(name)
            if name not in batch.columns or (before is not None and len(before) >= MAX_VALUES):
                continue
            values = batch[name].drop_nulls().unique(maintain_order=True)
            both = values if before is None else pl.concat([before, values]).unique(maintain_order=True)
            self._values[name] = both.head(MAX_VALUES)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The personal data in the values."""
        return tuple(each for values in self._values.values() for each in find_personal_data(values.to_frame()))


def changed_columns(manifest: DatasetManifest) -> dict[str, Action]:
    """The columns of a version that privacy actions changed, with the action."""
    names = {column.name for column in manifest.columns}
    return {action.column: action for action in manifest.actions if changes_values(action) and action.column in names}


def original_findings(manifest: DatasetManifest) -> tuple[Finding, ...]:
    """What was found in the original values of the columns of a version that privacy actions changed. The proposal is
    to keep them as they are."""
    changed = changed_columns(manifest)
    return tuple(
        each.model_copy(update={"proposal": Keep(column=each.column), "applied": changed[each.column]})
        for each in _recorded(manifest)
    )


def found_before(parent: DatasetManifest, latest: Anonymised) -> tuple[Finding, ...]:
    """What was found in the original values of the columns of a version that is made of another one.

    :param latest: what is done to the parent, with what was found in its values.
    """
    dropped = {action.column for action in latest.actions if isinstance(action, Drop)}
    new = tuple(each for each in latest.findings or () if each.column not in changed_columns(parent))
    return tuple(each for each in (*_recorded(parent), *new) if each.column not in dropped)


def _recorded(manifest: DatasetManifest) -> tuple[Finding, ...]:
    """The findings in a manifest; by the names of the columns if an earlier release made the version."""
    changed = changed_columns(manifest)
    if manifest.anonymised is None or manifest.anonymised.findings is None:
        return tuple(_by_name(name, kind) for name in changed if (kind := naming.kind(name)) is not None)
    return tuple(each for each in manifest.anonymised.findings if each.column in changed)


def may_identify(column: str, kind: Kind | None) -> bool:
    """Whether a column may help to identify a person.

    :param kind: the personal data that was found in its original values.
    """
    return kind in QUASI_IDENTIFIERS or (kind is None and naming.is_quasi_identifier(column))


def uncounted(manifest: DatasetManifest, quasi_identifiers: Sequence[str]) -> tuple[Uncounted, ...]:
    """The columns that privacy actions removed or hid.

    :param quasi_identifiers: columns that are counted all the same.
    """
    return tuple(
        Uncounted(column=action.column, applied=action.kind)
        for action in manifest.actions
        if action.kind in ("drop", "mask", "pseudonym") and action.column not in quasi_identifiers
    )


def _by_name(column: str, kind: Kind) -> Finding:
    return Finding(
        column=column, kind=kind, share=1.0, confidence=BY_NAME, how=Evidence.NAME, proposal=Keep(column=column)
    )
