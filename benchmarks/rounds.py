"""Things measured in turns, A B A B, so that what else the machine does hits both alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from typing import TypeVar

T = TypeVar("T")


def interleaved(measures: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """Each measure once a round, for so many rounds; every other round goes backwards."""
    found: dict[str, list[T]] = {name: [] for name in measures}
    for turn in range(rounds):
        for name in sorted(measures, key=list(measures).index, reverse=turn % 2 == 1):
            found[name].append(measures[name]())
    return found


def ratio(ours: list[float], theirs: list[float]) -> float:
    """Ours in parts of theirs: the quotient of the medians."""
    return median(ours) / median(theirs)
