"""What is said of columns that privacy actions hide: which settings were chosen, but no cell.

Readings, corrections and decisions show cells: as examples, as codes, as texts that stand for a missing value. Every
way to a version and to a preview goes through here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import Action, Drop, hidden_columns
from tablee.datasets.reading import Corrections, Decision, Reading, Reason
from tablee.tables.cells import missing_markers

DOTS: Final = "…"
_OF_NO_CELL: Final = frozenset(("ending", "format", "given", "member"))
"""Facts about a whole file that are texts, and not of a cell."""


def without_cells(manifest: DatasetManifest) -> DatasetManifest:
    """The manifest without cells of the columns that its privacy actions hide."""
    actions = manifest.actions
    if not hidden_columns(actions):
        return manifest
    reading = manifest.reading
    return manifest.model_copy(
        update={
            "reading": reading_without_cells(reading, actions) if isinstance(reading, Reading) else reading,
            "options": corrections_without_cells(manifest.options, actions),
            "decisions": decisions_without_cells(manifest.decisions, actions),
        }
    )


def decisions_without_cells(decisions: Iterable[Decision], actions: Sequence[Action]) -> tuple[Decision, ...]:
    """Decisions about hidden columns only say what was chosen, and ask where it is not sure, without a cell. Those
    about dropped columns are left out. If there is a hidden column, decisions about the whole file show no text of the
    file, which may be a cell of the column."""
    hidden = hidden_columns(actions)
    dropped = frozenset(action.column for action in actions if isinstance(action, Drop))
    kept = (each for each in decisions if each.column not in dropped)
    return tuple(_without_cells(each, hidden) if hidden else each for each in kept)


def _without_cells(decision: Decision, hidden: frozenset[str]) -> Decision:
    if decision.column in hidden:
        return _of_hidden(decision)
    if decision.column is not None or decision.field == "names":
        return decision
    facts = {
        name: DOTS if isinstance(fact, str) and name not in _OF_NO_CELL else fact
        for name, fact in decision.facts.items()
    }
    return decision.model_copy(update={"facts": facts, "examples": {}})


def _of_hidden(decision: Decision) -> Decision:
    """A decision about a hidden column that is kept. A usual text for a missing value is shown, as an answer needs it;
    another text that may be one is not, so that only text can be answered."""
    update: dict[str, object] = {"reason": None, "facts": {}, "examples": {}, "odd": ()}
    if decision.reason is not None:
        if decision.facts.get("value") in missing_markers.OF_NUMBERS:
            update["facts"] = {"value": decision.facts["value"]}
        elif decision.reason is Reason.ODD_CELLS or "value" in decision.facts:
            update["alternatives"] = ()
        update["reason"] = Reason.HIDDEN if decision.sure else Reason.HIDDEN_CELLS
    return decision.model_copy(update=update)


def reading_without_cells(reading: Reading, actions: Sequence[Action]) -> Reading:
    """The reading without the texts of hidden columns that are true, false or missing, but for the usual ones."""
    hidden = hidden_columns(actions)
    cells = dict(reading.cells)
    for name in hidden & cells.keys():
        usual = tuple(text for text in cells[name].missing if text in missing_markers.OF_NUMBERS)
        cells[name] = cells[name].model_copy(update={"missing": usual, "booleans": None})
    return reading.model_copy(update={"cells": cells})


def corrections_without_cells(asked: Corrections, actions: Sequence[Action]) -> Corrections:
    """The corrections without the texts that stand for a missing value in hidden columns."""
    hidden = hidden_columns(actions)
    columns = {
        name: own.model_copy(update={"missing": None}) if name in hidden else own for name, own in asked.columns.items()
    }
    return asked.model_copy(update={"columns": columns})
