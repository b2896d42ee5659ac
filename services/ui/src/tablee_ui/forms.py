"""A model's contract as a form: one field a column, filled from an example row."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from tablee.contract import CategoryColumn, Contract, NumberColumn
from tablee_ui.figures import Figures
from tablee_ui.texts import Texts, escaped

Cell = float | int | str | None
Row = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class NumberField:
    """A number to type or step through; empty means unknown."""

    name: str
    low: float
    high: float
    step: float
    decimals: int

    @property
    def integer(self) -> bool:
        return self.decimals == 0

    def shown(self, value: Cell) -> float | int | None:
        """An example's value as the widget holds it."""
        if not isinstance(value, int | float):
            return None
        return round(value) if self.integer else float(value)


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """One of a closed list; None means unknown."""

    name: str
    levels: tuple[str, ...]

    def shown(self, value: Cell) -> str | None:
        return value if value in self.levels else None


Field = NumberField | ChoiceField


def fields(contract: Contract) -> list[Field]:
    """The fields of a contract, in its order."""
    return [_field(column, [row.get(column.name) for row in contract.examples]) for column in contract.columns]


def _field(column: NumberColumn | CategoryColumn, examples: Sequence[Cell]) -> Field:
    if isinstance(column, CategoryColumn):
        return ChoiceField(column.name, column.levels)
    if column.integer:
        return NumberField(column.name, column.minimum, column.maximum, max(1, _step(column)), 0)
    step = _step(column)
    decimals = max([decimals_of(step), *(decimals_of(value) for value in examples if isinstance(value, float))])
    return NumberField(column.name, column.minimum, column.maximum, step, min(max(decimals, 1), 6))


def _step(column: NumberColumn) -> float:
    """A power of ten near a fiftieth of the range."""
    span = column.maximum - column.minimum
    return 10.0 ** math.floor(math.log10(span / 20)) if span > 0 else 1.0


def decimals_of(value: float) -> int:
    """Decimals that show a number: 0.25 has two."""
    text = f"{value:.6f}".rstrip("0")
    return len(text.partition(".")[2])


def first_row(contract: Contract, example: int = 0) -> Row:
    """An example row as the form starts with, every column there; all unknown if there is no such example."""
    row = contract.examples[example] if example < len(contract.examples) else {}
    return {field.name: field.shown(row.get(field.name)) for field in fields(contract)}


def key(prefix: str, name: str) -> str:
    """Where the session keeps the value of a field."""
    return f"{prefix}:{name}"


def fill(prefix: str, row: Mapping[str, Cell]) -> None:
    """Put a row into the form; call it before the form is drawn."""
    for name, value in row.items():
        st.session_state[key(prefix, name)] = value


def draw(prefix: str, drawn: Sequence[Field], texts: Texts, figures: Figures, *, columns: int = 2) -> Row:
    """Draw the fields and return what they hold now."""
    row: Row = {}
    for start in range(0, len(drawn), columns):
        for place, field in zip(st.columns(columns), drawn[start : start + columns], strict=False):
            with place:
                row[field.name] = _draw(prefix, field, texts, figures)
    return row


def _draw(prefix: str, field: Field, texts: Texts, figures: Figures) -> Cell:
    common: dict[str, Any] = {
        "label": escaped(field.name),
        "key": key(prefix, field.name),
        "placeholder": texts("predict.unknown"),
    }
    if isinstance(field, ChoiceField):
        chosen: str | None = st.selectbox(options=field.levels, index=None, **common)
        return chosen
    kind = int if field.integer else float
    low, high = (figures.number(edge, field.decimals) for edge in (field.low, field.high))
    value: float | int | None = st.number_input(
        value=None,
        step=kind(field.step),
        format="%d" if field.integer else f"%.{field.decimals}f",
        help=texts.rich("predict.range", low=low, high=high),
        **common,
    )
    return value
