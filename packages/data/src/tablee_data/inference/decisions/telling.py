"""Cells that show by what several readings of a column differ."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from itertools import combinations
from typing import TypeVar

Choice = TypeVar("Choice", bound=Hashable)


def telling_cells(readings: Mapping[Choice, Mapping[str, object]], first: Iterable[str] = ()) -> tuple[str, ...]:
    """The fewest cells by which each two readings differ: one if there is one, else some more. Readings that no cell
    tells apart are left alike.

    :param readings: what each makes of the same cells.
    :param first: cells that are taken if they tell as many readings apart as others.
    """
    cells = list(dict.fromkeys((*first, *next(iter(readings.values())))))
    alike = set(combinations(readings, 2))
    chosen: list[str] = []
    while alike and cells:
        told = {cell: {(one, other) for one, other in alike if _differ(readings, cell, one, other)} for cell in cells}
        best = max(cells, key=lambda cell: len(told[cell]))
        if not told[best]:
            break
        chosen.append(best)
        alike -= told[best]
    return tuple(chosen)


def _differ(readings: Mapping[Choice, Mapping[str, object]], cell: str, one: Choice, other: Choice) -> bool:
    return readings[one][cell] != readings[other][cell]


def shown(cells: Iterable[str]) -> str:
    """Cells, or what they become, as the example of a question."""
    return ", ".join(cells)
