"""Files whose rows are added to the newest version of a data set: each read and checked by itself, all stored at once
as one new version. The first ones make the data set."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from tablee.datasets.privacy import Drop
from tablee.datasets.reading import Corrections, Decision, Reading
from tablee.datasets.store import (
    ColumnSummary,
    DatasetManifest,
    Datasets,
    Pulled,
    TakenObject,
    batches,
    checked_name,
    version_of,
)
from tablee.errors import DatasetNotFound, InvalidRequest, InvalidTable
from tablee_data.privacy.anonymiser import as_text
from tablee_data.privacy.batch_filter import Guard, discreet
from tablee_data.readers import sniff
from tablee_data.readers.table import Output, Table, read


@dataclass(frozen=True, slots=True)
class _Piece:
    """A file that was read, and fits."""

    parquet: Path
    sha256: str
    table: Table
    filename: str


@dataclass(frozen=True, slots=True)
class _Base:
    """What the rows are added to: the newest version, or the first of the files."""

    columns: tuple[ColumnSummary, ...]
    reading: Reading | None
    decisions: tuple[Decision, ...]


class Lengthening:
    """Files on their way to the end of a data set.

    :param folder: for what is read; the files' rows stay there until they are stored.
    :param guard: applied to every batch of rows before anything of it is written or said.
    :param asked: what is to be read otherwise than a file says.
    :raises InvalidRequest: the newest version had other personal data taken out than the guard takes.
    """

    def __init__(self, datasets: Datasets, name: str, folder: Path, *, guard: Guard | None, asked: Corrections) -> None:
        self._datasets, self._name, self._folder = datasets, checked_name(name), folder
        self._guard, self._asked = guard, asked
        self._parent = self._newest()
        self._pieces: list[_Piece] = []
        self._base: _Base | None = None
        if self._parent is not None:
            self._base = _Base(self._parent.columns, self._parent.reading, self._parent.decisions)

    def _newest(self) -> DatasetManifest | None:
        try:
            parent = self._datasets.manifest(self._name)
        except DatasetNotFound:
            return None
        taken_out = parent.anonymised.fingerprint if parent.anonymised else None
        if taken_out != (self._guard.anonymised.fingerprint if self._guard else None):
            raise InvalidRequest(
                f"the newest version of «{self._name}» had other personal data taken out than these rows would have",
                hint="Give the source the privacy actions of that version, or another data set to fill.",
            )
        return parent

    def add(self, file: Path, filename: str) -> int:
        """Read a file; returns how many rows it adds. Nothing is stored yet.

        :raises InvalidTable: it is no sound table, or does not fit the rows before; it is left out then.
        :raises InvalidRequest: a correction does not fit.
        """
        try:
            return self._add(file, filename)
        except InvalidTable as error:
            if self._guard is None:
                raise
            raise discreet(error, self._guard) from None

    def _add(self, file: Path, filename: str) -> int:
        parquet = self._folder / f"piece-{len(self._pieces)}.parquet"
        asked = self._asked if self._base is None else self._as_before(self._base, file, filename)
        table = read(file, parquet, filename=filename, asked=asked, batch_filter=self._guard)
        base = self._base or _Base(table.columns, table.reading, table.decisions)
        kinds = {column.name: column for column in table.columns}
        for column in base.columns:
            _check(column, kinds[column.name], parquet)
        with file.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        self._pieces.append(_Piece(parquet, sha256, table, filename))
        known = tuple(column if column.distinct else kinds[column.name] for column in base.columns)
        self._base = replace(base, columns=known)  # a column without a value is whatever comes
        return table.rows

    def _as_before(self, base: _Base, file: Path, filename: str) -> Corrections:
        """The file's columns are read as those before were, where its own form leaves room."""
        sniffed = sniff(file, filename, self._asked, rows=1)
        out = self._guard.anonymised.actions if self._guard else ()
        known = {column.name for column in base.columns} | {each.column for each in out if isinstance(each, Drop)}
        for name in known.difference(sniffed.columns):
            raise InvalidTable(f"column «{name}» is not there", column=name, expected="all columns of the data set")
        for name in sniffed.columns:
            if name not in known:
                raise InvalidTable(f"column «{name}» is new", column=name, expected="only columns of the data set")
        told: dict[str, Any] = {}
        if base.reading is not None and sniffed.reading.format == base.reading.format:
            told["dates"] = {**base.reading.dates, **self._asked.dates}
            for each in base.decisions:
                if each.field in ("decimal", "thousands") and each.sure and getattr(self._asked, each.field) is None:
                    told[each.field] = each.chosen
        texts = [column.name for column in base.columns if column.kind in ("category", "text") and column.distinct]
        hidden = [name for name in texts if self._guard and self._guard.hides(name)]
        told["texts"] = tuple(sorted({*self._asked.texts, *texts} - {*hidden, *told.get("dates", {})}))
        return self._asked.model_copy(update=told)

    def store(self, source: str, objects: Sequence[TakenObject], by: str | None) -> tuple[DatasetManifest, bool]:
        """All rows that were added, as one version behind the newest one; the same files there are the same version.

        :param source: that brought them, out of these objects.
        """
        base, parent = self._base, self._parent
        if base is None or not self._pieces:
            raise InvalidRequest("there is no file to add")
        told = "".join([parent.sha256 if parent else "", *(piece.sha256 for piece in self._pieces)])
        sha256 = hashlib.sha256(told.encode()).hexdigest()
        anonymised = self._guard.anonymised if self._guard else None
        if parent is not None and parent.anonymised is not None:
            anonymised = parent.anonymised
        target = self._folder / "longer.parquet"
        sources = [piece.parquet for piece in self._pieces]
        if parent is not None:
            sources.insert(0, self._datasets.fetch(parent, self._folder))
        dates = [column.name for column in base.columns if column.kind == "date"]
        with Output(target) as output:
            for batch in (batch for each in sources for batch in batches(each)):
                output.write(_uniform(batch, base.columns), dates)
        added = sum(piece.table.rows for piece in self._pieces)
        manifest = DatasetManifest(
            name=self._name,
            version=version_of(sha256, base.reading, anonymised),
            rows=output.rows,
            columns=output.columns,
            filename=parent.filename if parent else self._pieces[0].filename,
            bytes=(parent.bytes if parent else 0) + sum(piece.table.bytes for piece in self._pieces),
            sha256=sha256,
            created=datetime.now(UTC),
            origin=Pulled(
                source=source, parent=parent.version if parent else None, objects=tuple(objects), added=added
            ),
            by=by,
            reading=base.reading,
            options=self._asked,
            decisions=base.decisions,
            anonymised=anonymised,
            erasures=parent.erasures if parent else (),
        )
        return self._datasets.add(manifest, target)


def _check(before: ColumnSummary, column: ColumnSummary, parquet: Path) -> None:
    """:raises InvalidTable: the column has values that are none of the kind of those before."""
    if not before.distinct or not column.distinct or before.kind in ("category", "text"):
        return
    if before.kind == column.kind:
        return
    expected = "numbers" if before.kind == "number" else "dates"
    row, value = (None, None) if column.kind == "number" else _odd(parquet, column.name, before.kind)
    error = InvalidTable(
        f"«{column.name}»{'' if row is None else f', row {row:,}'}: no {expected[:-1]}",
        column=column.name,
        value=value,
        expected=f"{expected}, as in the rows before",
    )
    if before.kind == "number":
        error.hint_key = "codes_are_texts"
    raise error


def _odd(parquet: Path, name: str, kind: str) -> tuple[int | None, str | None]:
    """The first row, from 1, whose text is no number or no date, and that text."""
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
    """The columns in their order, with the types that they have in the data set."""
    return pl.DataFrame(
        [
            batch[column.name].cast(pl.Float64) if column.kind == "number" else as_text(batch[column.name])
            for column in columns
        ]
    )
