"""Manifests of new versions: fixed identities, and everything that a change does not touch is carried over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tablee.datasets.derive import (
    Anonymise,
    AppendFiles,
    AppendRows,
    Change,
    Erase,
    Repair,
    Restore,
    derive,
    first,
)
from tablee.datasets.manifest import (
    AppendedRows,
    AppliedRepair,
    ColumnSummary,
    DatasetManifest,
    Erasure,
    Pulled,
    TakenObject,
    Upload,
)
from tablee.datasets.privacy import Anonymised, Drop
from tablee.datasets.profile import DropDuplicateRows
from tablee.datasets.reading import Corrections, Decision, EarlierReading

EARLIER_MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "#N/A", "n.c.", "N.C.", "n.d.", "N.D.")
EARLIER, NOW = datetime(2026, 1, 31, 12, tzinfo=UTC), datetime(2026, 2, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Table:
    rows: int
    columns: tuple[ColumnSummary, ...] = (ColumnSummary(name="b", kind="category", missing=0, distinct=2),)


def parent(**changes: Any) -> DatasetManifest:
    """A version with provenance of every kind."""
    manifest = first(
        "people",
        Table(10),
        sha256="ab" * 32,
        size=1000,
        filename="people.csv",
        reading=EarlierReading(reader="intake/1", separator=";", missing=EARLIER_MISSING),
        options=Corrections(separator=";"),
        decisions=[Decision(field="separator", chosen=";")],
        anonymised=Anonymised(actions=(Drop(column="a"),), fingerprint="drop a"),
        origin=Upload(),
        by="ana",
        at=EARLIER,
    )
    provenance = {
        "erasures": (Erasure(certificate="erasures/people/1.json", at=EARLIER, rows=1),),
        "mended": (AppliedRepair(source="0" * 12, action=DropDuplicateRows(), rows=2, cells=0),),
    }
    return manifest.model_copy(update=provenance | changes)


OBJECTS = (TakenObject(key="inbox/a.csv", etag="1"),)
CONTENT = Pulled(source="lake", objects=OBJECTS, content="cd" * 32)
ANONYMISED = Anonymised(source="1" * 12, actions=(Drop(column="a"), Drop(column="c")), fingerprint="drop a, c")
NEWEST = parent(sha256="ef" * 32)
FILES = AppendFiles(("12" * 32, "34" * 32), 50, 4, "lake", OBJECTS, Corrections(decimal=","), "eve")

CHANGES: list[tuple[Change, set[str], str]] = [
    (AppendRows(b'[{"b":"x"}]', 1, "eve"), {"bytes", "origin", "by", "created"}, "59dfc9dde02d"),
    (FILES, {"bytes", "origin", "options", "by", "created"}, "4b3f82da6048"),
    (Repair(DropDuplicateRows(), 3, "eve"), {"mended", "by", "created"}, "9e7724136a39"),
    (Erase("erasures/people/2.json"), {"erasures"}, "5a3be2fbf3b0"),
    (Anonymise(ANONYMISED), {"anonymised", "created"}, "47bbde1ac99e"),
    (Restore(NEWEST, CONTENT), {"origin", "created"}, "59452f31c1a1"),
]


@pytest.mark.parametrize(("change", "touched", "version"), CHANGES, ids=lambda each: type(each).__name__)
def test_a_child_differs_from_its_parent_only_in_what_the_change_touches(
    change: Change, touched: set[str], version: str
) -> None:
    before, after = parent(format=1), derive(parent(format=1), change, Table(8), at=NOW)
    differing = {name for name in DatasetManifest.model_fields if getattr(before, name) != getattr(after, name)}
    assert differing == touched | {"format", "version", "rows", "sha256"}
    assert (after.format, after.rows, after.columns) == (2, 8, Table(8).columns)
    assert after.version == version, "the same change of the same version is the same version in every release"


def test_changes_are_recorded_behind_those_before() -> None:
    repaired = derive(parent(), Repair(DropDuplicateRows(), 3, "eve"), Table(8), at=NOW)
    applied = AppliedRepair(source=parent().version, action=DropDuplicateRows(), rows=2, cells=3)
    assert repaired.mended == (*parent().mended, applied)
    erased = derive(repaired, Erase("erasures/people/2.json"), Table(7), at=NOW)
    assert erased.erasures == (*parent().erasures, Erasure(certificate="erasures/people/2.json", at=NOW, rows=1))
    assert erased.mended == repaired.mended
    assert erased.created == repaired.created == NOW


def test_appended_rows_name_their_parent_and_their_number() -> None:
    rows = derive(parent(), AppendRows(b"[{}]", 1, "eve"), Table(11), at=NOW)
    assert rows.origin == AppendedRows(parent=parent().version, added=1)
    assert (rows.bytes, rows.by) == (1004, "eve")
    files = derive(parent(), FILES, Table(14), at=NOW)
    assert files.origin == Pulled(source="lake", parent=parent().version, objects=OBJECTS, added=4)
    assert (files.bytes, files.by, files.options) == (1050, "eve", Corrections(decimal=","))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (AppendRows(b"[{}]", 1, None), AppendRows(b"[{},{}]", 2, None)),
        (FILES, AppendFiles(("34" * 32, "12" * 32), 50, 4, "lake", OBJECTS, Corrections(decimal=","), "eve")),
        (Erase("erasures/people/2.json"), Erase("erasures/people/3.json")),
        (Restore(NEWEST, CONTENT), Restore(parent(), CONTENT)),
        (Anonymise(ANONYMISED), Anonymise(ANONYMISED.model_copy(update={"fingerprint": "another"}))),
    ],
    ids=lambda each: type(each).__name__,
)
def test_other_changes_and_other_parents_make_other_versions(one: Change, other: Change) -> None:
    made = derive(parent(), one, Table(8), at=NOW)
    assert made.version != derive(parent(), other, Table(8), at=NOW).version
    assert made.version == derive(parent(), one, Table(8), at=EARLIER).version
    elsewhere = parent(sha256="99" * 32, version="9" * 12)
    assert made.version != derive(elsewhere, one, Table(8), at=NOW).version
