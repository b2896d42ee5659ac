"""The proposals that a visitor has accepted for the next training."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.profile import DropColumns, RankBy, WarningAction


@dataclass(frozen=True, slots=True)
class Selection:
    """Columns to leave out, and the metric that ranks the models."""

    ignored: tuple[str, ...] = ()
    metric: str | None = None

    def includes(self, action: WarningAction) -> bool:
        if isinstance(action, DropColumns):
            return set(action.columns) <= set(self.ignored)
        return isinstance(action, RankBy) and action.metric == self.metric

    def toggled(self, action: WarningAction) -> Selection:
        """The selection with the action added, or removed if it was included."""
        if isinstance(action, DropColumns):
            others = tuple(column for column in self.ignored if column not in action.columns)
            return replace(self, ignored=others if self.includes(action) else (*others, *action.columns))
        if isinstance(action, RankBy):
            return replace(self, metric=None if self.includes(action) else action.metric)
        return self

    def query(self, manifest: DatasetManifest, target: str | None) -> dict[str, Any]:
        """Parameters of the URL of the page Train."""
        ignored = [column for column in self.ignored if column != target]
        found = {"target": target, "ignored": ignored, "metric": self.metric}
        return {"dataset": manifest.name, "version": manifest.version} | {
            name: value for name, value in found.items() if value
        }
