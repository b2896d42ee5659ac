"""Nothing that is said of a hidden column shows a cell of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tablee.datasets.derive import Anonymise, Written, derive, first
from tablee.datasets.hidden_cells import DOTS, corrections_without_cells, decisions_without_cells, without_cells
from tablee.datasets.manifest import ColumnSummary, DatasetManifest, Upload
from tablee.datasets.privacy import (
    Action,
    Anonymised,
    Bands,
    Drop,
    Keep,
    Mask,
    Period,
    Prefix,
    Pseudonym,
)
from tablee.datasets.reading import ColumnCorrections, Corrections, Decision, Reading, Reason
from tablee.tables.cells.cell_format import CellFormat, NumberFormat

NOW = datetime(2026, 1, 31, tzinfo=UTC)
CELL = "Wilhelmine"
ACTIONS: tuple[Action, ...] = (
    Drop(column="x"),
    Mask(column="x"),
    Mask(column="x", keep_last=4),
    Pseudonym(column="x"),
    Bands(column="x", width=10),
    Prefix(column="x", length=2),
    Period(column="x", to="year"),
)
FACTS = st.dictionaries(st.sampled_from(["value", "example", "lines", "cells", "count", "other"]), st.just(CELL))
DECISIONS = st.builds(
    Decision,
    field=st.sampled_from(["missing", "type", "dates", "decimal", "first_year", "encoding", "header", "units_row"]),
    column=st.sampled_from(["x", None]),
    chosen=st.just("text"),
    reason=st.sampled_from(Reason),
    facts=FACTS,
    examples=st.dictionaries(st.sampled_from(["text", "number"]), st.just(CELL)),
    sure=st.booleans(),
)


class Table:
    rows = 3
    columns = (ColumnSummary(name="x", kind="category", missing=0, distinct=2),)


def version(decisions: list[Decision], anonymised: Anonymised | None) -> DatasetManifest:
    table: Written = Table()
    format_of_x = CellFormat(missing=("NA", CELL), booleans=(CELL, "non"), number=NumberFormat(decimal=","))
    return first(
        "people",
        table,
        sha256="ab" * 32,
        size=10,
        filename="people.csv",
        reading=Reading(cells={"x": format_of_x, "y": format_of_x.model_copy(update={"booleans": None})}),
        options=Corrections(columns={"x": ColumnCorrections(missing=(CELL,), decimal=",")}),
        decisions=decisions,
        anonymised=anonymised,
        origin=Upload(),
        by=None,
        at=NOW,
    )


def cells_of_x(manifest: DatasetManifest) -> bool:
    told: dict[str, Any] = manifest.model_dump()
    del told["reading"]["cells"]["y"]
    return CELL in str(told)


@given(decisions=st.lists(DECISIONS, max_size=4), action=st.sampled_from(ACTIONS))
def test_no_manifest_shows_a_cell_of_a_hidden_column(decisions: list[Decision], action: Action) -> None:
    anonymised = Anonymised(actions=(action,), fingerprint="1")
    read, derived = (
        version(decisions, anonymised),
        derive(version(decisions, None), Anonymise(anonymised), Table(), at=NOW),
    )
    stored_before = version(decisions, None).model_copy(update={"anonymised": anonymised})
    for manifest in (read, derived, without_cells(stored_before)):
        assert not cells_of_x(manifest)
        assert without_cells(manifest) == manifest
        kept = [each for each in decisions if each.column is None or not isinstance(action, Drop)]
        assert [each.chosen for each in manifest.decisions] == [each.chosen for each in kept]
        assert all(each.reason is not None for each in manifest.decisions)
        assert manifest.options.columns["x"].decimal == ","
        assert isinstance(manifest.reading, Reading)
        assert manifest.reading.cells["y"].missing == ("NA", CELL)


def test_without_an_action_everything_is_shown() -> None:
    decision = Decision(field="missing", column="x", chosen="missing", facts={"value": CELL})
    for anonymised in (None, Anonymised(actions=(Keep(column="x"),), fingerprint="1")):
        manifest = version([decision], anonymised)
        assert manifest.decisions == (decision,)
        assert manifest.options.columns["x"].missing == (CELL,)


def test_what_is_no_cell_stays() -> None:
    decisions = (
        Decision(field="format", chosen="csv", reason=Reason.CELLS, facts={"ending": ".xlsx"}),
        Decision(field="sheet", chosen="", reason=Reason.DOES_NOT_APPLY, facts={"format": "csv", "given": "2024"}),
        Decision(field="names", chosen="y", reason=Reason.NAMES_IN_ORDER, facts={"names": "y"}),
        Decision(
            field="missing", column="y", chosen="missing", reason=Reason.MARKER, facts={"value": "NA", "count": 2}
        ),
        Decision(field="footer_rows", chosen="1", reason=Reason.FOOTER, facts={"lines": CELL, "count": 1}),
    )
    kept = decisions_without_cells(decisions, ACTIONS[:1])
    assert kept[:4] == decisions[:4]
    assert kept[4].facts == {"lines": DOTS, "count": 1}
    asked = Corrections(columns={"y": ColumnCorrections(missing=(CELL,))})
    assert corrections_without_cells(asked, ACTIONS[:1]) == asked


def test_later_texts_are_read_as_what_is_stored_of_a_hidden_column() -> None:
    """A prefix may be the letters NA, and a pseudonym of a number is no number."""
    for action in ACTIONS:
        formats = version([], Anonymised(actions=(action,), fingerprint="1")).cell_formats
        number = NumberFormat(decimal=",")
        expected = CellFormat(missing=("NA",), number=number) if isinstance(action, Bands) else CellFormat()
        assert formats["x"] == expected
        assert formats["y"].missing == ("NA", CELL)
