"""The manifest of a version: what its table is, how it was read, and everything that was done to it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from tablee.datasets.generalisation import Generalisation, generalising
from tablee.datasets.privacy import Action, Anonymised, Bands, Drop, hidden_columns
from tablee.datasets.profile import RepairAction
from tablee.datasets.reading import Corrections, Decision, EarlierReading, Reading
from tablee.tables.cells.cell_format import CellFormat, DateFormat, NumberFormat

EARLIER_FIRST_YEAR: Final = 1970
"""Releases before 0.2 read years of two digits as those of the hundred years from here on."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class ColumnSummary(_Record):
    """One column as it was read."""

    name: str
    kind: Literal["number", "category", "text", "date"]
    """`text` has too many distinct values to be a category; `date` holds ISO 8601 texts. Models read both through a
    recipe only."""
    missing: int
    distinct: int
    distinct_exact: bool = True
    """Whether `distinct` was counted; if not, it is an estimate, as it may be above 1,000."""
    integer: bool = False
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    top: tuple[tuple[str, int], ...] = ()
    """The most frequent values of a category, text or date with their counts: up to 10, none if there are too many
    distinct values to count."""


class Upload(_Record):
    """The version was made from a file that somebody sent."""

    kind: Literal["upload"] = "upload"


class AppendedRows(_Record):
    """Rows of a request were added to another version."""

    kind: Literal["rows"] = "rows"
    parent: str | None
    """The version that the rows were added to; None if they were the first."""
    added: int
    """Number of rows that were added."""


class TakenObject(_Record):
    """An object of an object store, in the state in which a source read it."""

    key: str
    etag: str


class Pulled(_Record):
    """A source brought the rows."""

    kind: Literal["source"] = "source"
    source: str
    """Name of the source."""
    parent: str | None = None
    """The version that the rows were added to; None if they replace all rows before."""
    objects: tuple[TakenObject, ...] = ()
    """The objects that held the rows; empty for a query. A source recognises by them what it has read already."""
    added: int | None = None
    """Number of rows that were added; None if the rows replace all rows before."""
    content: str | None = None
    """sha256 of what the source brought, if it replaces all rows: the same content again makes no new version."""


class Erasure(_Record):
    """The rows of a person were erased; no manifest says who the person was."""

    certificate: str
    """Key of the certificate in the object store."""
    at: datetime
    rows: int
    """Number of rows that were erased from this version."""


class AppliedRepair(_Record):
    """A repair that a warning of the profile proposed, and that was applied to the rows of another version."""

    source: str
    """The version that was repaired."""
    action: RepairAction
    rows: int
    """Number of rows that were removed."""
    cells: int
    """Number of cells that were changed, those that became empty included."""


Origin = Annotated[Upload | AppendedRows | Pulled, Field(discriminator="kind")]


class DatasetManifest(_Record):
    """What one version of a data set is and where it came from."""

    format: Literal[1, 2] = 2
    """1: written when every file was strict UTF-8 CSV; `reading` is None then."""
    name: str
    version: str
    rows: int
    columns: tuple[ColumnSummary, ...]
    filename: str
    bytes: int
    """Size of the file after decompression; a training decides by it whether the table fits into memory."""
    sha256: str
    """Of the content: of the file as it was sent, or of the parent and the change that made this version."""
    created: datetime
    origin: Origin = Upload()
    by: str | None = None
    reading: Annotated[Reading | EarlierReading, Field(discriminator="reader")] | None = None
    options: Corrections = Corrections()
    """What a person asked to be read differently."""
    decisions: tuple[Decision, ...] = ()
    """What was chosen where the file could be read in several ways."""
    anonymised: Anonymised | None = None
    """The privacy actions that were applied, if any."""
    erasures: tuple[Erasure, ...] = ()
    mended: tuple[AppliedRepair, ...] = ()
    """The repairs that were applied, oldest first."""

    @property
    def actions(self) -> tuple[Action, ...]:
        """The privacy actions that were applied."""
        return () if self.anonymised is None else self.anonymised.actions

    @property
    def cell_formats(self) -> dict[str, CellFormat]:
        """How the texts of the columns are written, by name; of later texts, such as those of a request, too. Columns
        that privacy actions changed hold texts as they are, or the numbers that bands begin with."""
        formats = self._original_formats
        bands = {action.column for action in self.actions if isinstance(action, Bands)}
        return formats | dict.fromkeys((hidden_columns(self.actions) - bands) & formats.keys(), CellFormat())

    @property
    def generalisations(self) -> dict[str, Generalisation]:
        """The columns that privacy actions made coarser, without a key and cell by cell."""
        formats = self._original_formats
        return {
            action.column: Generalisation(action=found, original=formats.get(action.column, CellFormat()))
            for action in self.actions
            if (found := generalising(action)) is not None
        }

    @property
    def unlearnable(self) -> dict[str, Action]:
        """The columns that privacy actions masked or replaced by pseudonyms, with the action. A model cannot learn from
        them, as nobody who asks it has their values."""
        return {
            action.column: action
            for action in self.actions
            if action.column in hidden_columns([action]) and not isinstance(action, Drop) and not generalising(action)
        }

    @property
    def _original_formats(self) -> dict[str, CellFormat]:
        """How the texts of the columns are written before privacy actions."""
        if isinstance(self.reading, Reading):
            return dict(self.reading.cells)
        return {column.name: earlier_format(column, self.reading) for column in self.columns}


def earlier_format(column: ColumnSummary, reading: EarlierReading | None) -> CellFormat:
    """The format of a column of a version that a release before 0.2 made."""
    known = reading or EarlierReading(reader="intake/1")
    missing = tuple(text for text in known.missing if text)
    if column.kind == "number":
        number = NumberFormat(decimal=known.decimal, thousands=known.thousands)
        return CellFormat(missing=(*missing, *known.missing_numbers), number=number)
    if column.name in known.dates:
        date = DateFormat(pattern=known.dates[column.name], first_year=EARLIER_FIRST_YEAR)
        return CellFormat(missing=(*missing, *known.missing_numbers), date=date)
    return CellFormat(missing=missing)


def version_of(sha256: str, reading: Reading | EarlierReading | None, anonymised: Anonymised | None) -> str:
    """The version of a content that was read in this way and anonymised in this way: 12 hexadecimal digits."""
    how = reading.model_dump_json() if reading else "csv/1"
    out = anonymised.fingerprint if anonymised else ""
    return hashlib.sha256(f"{how}\n{out}\n{sha256}".encode()).hexdigest()[:12]
