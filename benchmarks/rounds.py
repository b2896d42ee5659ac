"""Measurements in turns (A B A B), so that other work on the machine affects all alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from typing import TypeVar

T = TypeVar("T")


def interleaved(measures: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """Run each measurement once per round; every other round runs them in reverse order."""
    found: dict[str, list[T]] = {name: [] for name in measures}
    for turn in range(rounds):
        for name in sorted(measures, key=list(measures).index, reverse=turn % 2 == 1):
            found[name].append(measures[name]())
    return found


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of ours divided by the median of theirs."""
    return median(ours) / median(theirs)
