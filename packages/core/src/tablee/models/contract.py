"""What a model expects and returns: the contract.

Training makes the contract once, and it travels in the model's bundle. The form of the UI, the OpenAPI schema, the
checks of requests (`tablee.models.validation`) and the encoding for the scorer are all derived from it.
"""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from tablee.models.columns import CategoryColumn, Column, Frozen, NumberColumn, TextColumn
from tablee.models.problem import ProblemType
from tablee.tables.cells.cell_format import CellFormat

__all__ = ["CategoryColumn", "Column", "Contract", "NumberColumn", "Target", "TextColumn"]


class Target(Frozen):
    """What is predicted."""

    name: str
    problem_type: ProblemType
    classes: tuple[str, ...] = ()
    """Class labels in the scorer's order; for two classes the second is the positive one. Empty for regression."""
    integer: bool = False

    @model_validator(mode="after")
    def _classes_fit_the_problem(self) -> Target:
        wanted = {ProblemType.BINARY: len(self.classes) == 2, ProblemType.MULTICLASS: len(self.classes) > 2}
        if not wanted.get(self.problem_type, not self.classes):
            raise ValueError(f"{self.problem_type} does not go with {len(self.classes)} classes")
        return self


class Contract(Frozen):
    """The columns that a model reads, the target that it predicts, and example rows."""

    format: Literal[1] = 1
    model: str
    columns: tuple[Column, ...]
    target: Target
    ignored: tuple[str, ...] = ()
    """Columns of the data set that the model does not read (the target among them): accepted and left out."""
    threshold: float | None = None
    """Two classes: the positive class is answered from this probability on."""
    examples: tuple[dict[str, float | int | str | None], ...] = ()
    """Rows of the training data, input columns only."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> NumberColumn | CategoryColumn | TextColumn:
        """The column of that name.

        :raises KeyError: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def cell_formats(self) -> dict[str, CellFormat]:
        """How texts of the columns are written, by name."""
        return {column.name: column.cell_format for column in self.columns}

    def to_json(self) -> bytes:
        return self.model_dump_json(indent=2).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Contract:
        return cls.model_validate_json(data)
