"""The step that leaves columns out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from tablee.recipes.steps.base import BaseStep, Kind, Name


class Drop(BaseStep):
    """Leave columns out of what the model reads."""

    kind: Literal["drop"] = "drop"
    columns: Annotated[tuple[Name, ...], Field(min_length=1)]

    @property
    def reads(self) -> tuple[str, ...]:
        return self.columns

    def makes(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        return {}
