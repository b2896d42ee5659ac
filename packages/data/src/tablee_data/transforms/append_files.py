"""Files whose rows are added to the newest version of a data set: each file is read and checked by itself, and all are
stored at once as one new version. The first files make the data set."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from tablee.datasets.batches import batches
from tablee.datasets.derive import AppendFiles, derive, first
from tablee.datasets.generalisation import as_text
from tablee.datasets.manifest import ColumnSummary, DatasetManifest, Pulled, TakenObject
from tablee.datasets.names import checked_name
from tablee.datasets.privacy import Bands, Period
from tablee.datasets.questions import refuse_unsure
from tablee.datasets.reading import Corrections, Decision, EarlierReading, Reading
from tablee.datasets.store import Datasets
from tablee.errors import DatasetNotFound, InvalidRequest, InvalidTable
from tablee.i18n import Message
from tablee.tables.cells.cell_format import CellFormat
from tablee.tables.column_names import near
from tablee_data.inference.known_formats import corrected
from tablee_data.privacy.batch_filter import BatchFilter, actions_of, dropped_columns, errors_without_values
from tablee_data.readers.sniff import column_names
from tablee_data.readers.table import Output, Table, read


@dataclass(frozen=True, slots=True)
class _ReadFile:
    """A file that was read and that fits the data set."""

    parquet: Path
    sha256: str
    table: Table
    filename: str


@dataclass(frozen=True, slots=True)
class _Base:
    """What the rows are added to: the newest version, or the first file if there is no version."""

    columns: tuple[ColumnSummary, ...]
    reading: Reading | EarlierReading | None
    decisions: tuple[Decision, ...]
    formats: dict[str, CellFormat]


class FileAppender:
    """Adds files to a data set: `add` each file, then `store` all of them.

    :param folder: for the rows that were read; they stay there until they are stored.
    :param batch_filter: applied to every batch of rows before it is written or quoted.
    :param asked: what a person wants to be read differently.
    :param strict: refuse a file of which something is not sure.
    :raises InvalidRequest: the newest version was anonymised by other actions than those of the filter.
    """

    def __init__(
        self,
        datasets: Datasets,
        name: str,
        folder: Path,
        *,
        batch_filter: BatchFilter | None,
        asked: Corrections,
        strict: bool = False,
    ) -> None:
        self._datasets, self._name, self._folder = datasets, checked_name(name), folder
        self._filter, self._asked, self._strict = batch_filter, asked, strict
        self._parent = self._newest()
        self._files: list[_ReadFile] = []
        self._base: _Base | None = None
        if self._parent is not None:
            parent = self._parent
            periods = {
                name: each.original
                for name, each in parent.generalisations.items()
                if isinstance(each.action, Period) and each.original.date is not None
            }
            self._base = _Base(parent.columns, parent.reading, parent.decisions, parent.cell_formats | periods)

    def _newest(self) -> DatasetManifest | None:
        try:
            parent = self._datasets.manifest(self._name)
        except DatasetNotFound:
            return None
        before = parent.anonymised.fingerprint if parent.anonymised else None
        if before != (self._filter.anonymised.fingerprint if self._filter else None):
            raise InvalidRequest("other_privacy_actions", dataset=self._name, hint="source_actions_differ")
        return parent

    def add(self, file: Path, filename: str) -> int:
        """Read a file; return the number of rows that it adds. Nothing is stored yet.

        :raises InvalidTable: the file is not a sound table, or does not fit the rows before it; it is left out then.
        :raises InvalidRequest: a correction does not fit the file.
        """
        with errors_without_values(self._filter):
            return self._add(file, filename)

    def _add(self, file: Path, filename: str) -> int:
        parquet = self._folder / f"file-{len(self._files)}.parquet"
        known: dict[str, CellFormat] = {}
        if self._base is not None:
            self._check_names(self._base, file, filename)
            known = self._known_formats(self._base)
        table = read(file, parquet, filename=filename, asked=self._asked, batch_filter=self._filter, known=known)
        if self._strict:
            refuse_unsure(table.decisions)
        base = self._base or _Base(table.columns, table.reading, table.decisions, table.reading.cells)
        kinds = {column.name: column for column in table.columns}
        for column in base.columns:
            _check(column, kinds[column.name], parquet)
        with file.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        self._files.append(_ReadFile(parquet, sha256, table, filename))
        columns = tuple(column if column.distinct else kinds[column.name] for column in base.columns)
        base = replace(base, columns=columns)  # an empty column takes the kind of the first values that come
        self._base = _decided(base, table.reading.cells)
        return table.rows

    def _check_names(self, base: _Base, file: Path, filename: str) -> None:
        """:raises InvalidTable: a column of the rows before is missing, or one is new."""
        dropped = dropped_columns(self._filter)
        names = column_names(file, filename, self._asked, dropped)
        known = {column.name for column in base.columns} | dropped
        for name in known.difference(names):
            similar: dict[str, Any] = near(name, [each for each in names if each not in known])
            raise InvalidTable("column_not_there", column=name, expected=Message("expected.all_columns"), **similar)
        for name in names:
            if name not in known:
                raise InvalidTable("column_new", column=name, expected=Message("expected.only_known_columns"))

    def _known_formats(self, base: _Base) -> dict[str, CellFormat]:
        """How the columns are written that the rows before have: the same text is the same cell in every version. A
        column without values yet, or one whose texts are hidden, is decided by the file."""
        names = {column.name for column in base.columns if column.distinct}
        read = {action.column for action in actions_of(self._filter) if isinstance(action, Bands | Period)}
        hidden = {name for name in names - read if self._filter and self._filter.hides(name)}
        known = {name: each for name, each in base.formats.items() if name in names - hidden}
        return {
            name: corrected(name, each, self._asked)
            for name, each in known.items()
            if name not in self._asked.texts and (each.date is not None or name not in self._asked.dates)
        }

    def store(self, source: str, objects: Sequence[TakenObject], by: str | None) -> tuple[DatasetManifest, bool]:
        """Store the rows of all files that were added, as one version; return its manifest and whether it is new. The
        same files behind the same version make the same version.

        :param source: name of the source that brought the files.
        :param objects: the objects that the files were read from.
        :raises InvalidRequest: no file was added.
        :raises Conflict: another process made a newer version in the meantime. Nothing is stored then.
        """
        base, parent = self._base, self._parent
        if base is None or not self._files:
            raise InvalidRequest("no_file_to_append")
        target = self._folder / "appended.parquet"
        sources = [file.parquet for file in self._files]
        if parent is not None:
            sources.insert(0, self._datasets.fetch(parent, self._folder))
        dates = [column.name for column in base.columns if column.kind == "date"]
        with Output(target) as output:
            for batch in (batch for each in sources for batch in batches(each)):
                output.write(_uniform(batch, base.columns), dates)
        hashes = tuple(file.sha256 for file in self._files)
        size = sum(file.table.bytes for file in self._files)
        added = sum(file.table.rows for file in self._files)
        now = datetime.now(UTC)
        if parent is not None:
            change = AppendFiles(hashes, size, added, source, tuple(objects), self._asked, by, base.reading)
            child = derive(parent, change, output, at=now)
            return self._datasets.add_derived(child, target, parent=parent, newest=parent)
        manifest = first(
            self._name,
            output,
            sha256=hashlib.sha256("".join(hashes).encode()).hexdigest(),
            size=size,
            filename=self._files[0].filename,
            reading=base.reading,
            options=self._asked,
            decisions=base.decisions,
            anonymised=self._files[0].table.anonymised,
            origin=Pulled(source=source, objects=tuple(objects), added=added),
            by=by,
            at=now,
        )
        return self._datasets.add(manifest, target)


def _decided(base: _Base, cells: Mapping[str, CellFormat]) -> _Base:
    """The base with the number formats that it left undecided and a file has decided."""
    found = {
        name: each.model_copy(update={"number": cells[name].number})
        for name, each in base.formats.items()
        if each.number is not None and each.number.decimal is None and name in cells and cells[name].number is not None
    }
    if not found:
        return base
    reading = base.reading
    if isinstance(reading, Reading):
        reading = reading.model_copy(update={"cells": {**reading.cells, **found}})
    return replace(base, reading=reading, formats=base.formats | found)


def _check(before: ColumnSummary, column: ColumnSummary, parquet: Path) -> None:
    """:raises InvalidTable: the column holds values of another kind than the rows before it."""
    if not before.distinct or not column.distinct or before.kind in ("category", "text"):
        return
    if before.kind == column.kind:
        return
    row, value = (None, None) if column.kind == "number" else _first_unreadable(parquet, column.name, before.kind)
    place: dict[str, Any] = {
        "column": column.name,
        "value": value,
        "expected": Message(f"expected.{before.kind}s_as_before"),
    }
    hint = "codes_are_texts" if before.kind == "number" else None
    if row is None:
        raise InvalidTable(f"no_{before.kind}_column", **place, hint=hint)
    raise InvalidTable(f"no_{before.kind}", **place, row=row, hint=hint)


def _first_unreadable(parquet: Path, name: str, kind: str) -> tuple[int | None, str | None]:
    """Number (from 1) and text of the first row that is not a number or a date."""
    before = 0
    for batch in batches(parquet, [name]):
        texts = batch[name]
        if kind == "number":
            fits = texts.cast(pl.Float64, strict=False).is_not_null() & ~texts.str.contains(r"^[+-]?0\d")
        else:
            fits = texts.str.contains(r"^\d{4}-\d{2}-\d{2}")
        for at in (texts.is_not_null() & ~fits.fill_null(False)).arg_true().head(1):
            return before + at + 1, texts[at]
        before += batch.height
    return None, None


def _uniform(batch: pl.DataFrame, columns: Sequence[ColumnSummary]) -> pl.DataFrame:
    """The columns in the order and with the types that they have in the data set."""
    return pl.DataFrame(
        [
            batch[column.name].cast(pl.Float64) if column.kind == "number" else as_text(batch[column.name])
            for column in columns
        ]
    )
