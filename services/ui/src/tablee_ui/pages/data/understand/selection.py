"""What a person has accepted for the next training, while looking at a version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tablee.datasets.profile import DropColumns, Proposal, RankBy
from tablee.datasets.store import DatasetManifest


@dataclass(frozen=True, slots=True)
class Choices:
    """Columns to leave out and the metric to rank by."""

    ignored: tuple[str, ...] = ()
    metric: str | None = None

    def holds(self, action: Proposal) -> bool:
        if isinstance(action, DropColumns):
            return set(action.columns) <= set(self.ignored)
        return isinstance(action, RankBy) and action.metric == self.metric

    def turned(self, action: Proposal) -> Choices:
        """With an action of a training if it is not there, without it if it is."""
        if isinstance(action, DropColumns):
            others = tuple(column for column in self.ignored if column not in action.columns)
            return replace(self, ignored=others if self.holds(action) else (*others, *action.columns))
        if isinstance(action, RankBy):
            return replace(self, metric=None if self.holds(action) else action.metric)
        return self

    def query(self, manifest: DatasetManifest, target: str | None) -> dict[str, Any]:
        """As the address of the page Train carries it."""
        ignored = [column for column in self.ignored if column != target]
        found = {"target": target, "ignored": ignored, "metric": self.metric}
        return {"dataset": manifest.name, "version": manifest.version} | {
            name: value for name, value in found.items() if value
        }
