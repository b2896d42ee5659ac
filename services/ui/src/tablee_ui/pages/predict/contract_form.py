"""A form with a field for each column of a model's contract, filled from an example row.

Integers have a number field with steps. Other numbers are typed as text and read by `Formatter.read`, because the
number field of a browser silently drops the decimal comma if the browser's language differs from the page's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from tablee.datasets.generalisation import Generalisation
from tablee.datasets.privacy import Bands, Mask, Period, Prefix
from tablee.i18n import Formatter
from tablee.i18n.message import Message
from tablee.models.contract import CategoryColumn, Column, Contract, TextColumn
from tablee.tables.cells.cell_format import DateFormat, NumberFormat
from tablee.tables.cells.expectations import read_known, several_numbers
from tablee.tables.cells.numbers import PLAIN
from tablee_ui.texts import Texts, escaped

Cell = float | int | str | None
Row = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class WholeField:
    """A field for an integer, with steps; empty means missing."""

    name: str
    low: float
    high: float
    step: int


@dataclass(frozen=True, slots=True)
class NumberField:
    """A text field for a number; empty means missing."""

    name: str
    low: float
    high: float
    number_format: NumberFormat = PLAIN
    """Of the data that the model learnt from."""
    generalisation: Generalisation | None = None


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """The choice of a level; no choice means missing."""

    name: str
    levels: tuple[str, ...]
    generalisation: Generalisation | None = None


@dataclass(frozen=True, slots=True)
class TextField:
    """A text field; empty means missing. The model's recipe reads a text, a number or a date from it."""

    name: str
    reads: Literal["text", "number", "date"]
    date_format: DateFormat | None = None
    """Of the data that the model learnt from; None if it did not learn dates from it."""
    generalisation: Generalisation | None = None


Field = WholeField | NumberField | ChoiceField | TextField


def fields(contract: Contract) -> list[Field]:
    """The fields of a contract, in the order of its columns."""
    return [_field(column) for column in contract.columns]


def _field(column: Column) -> Field:
    if isinstance(column, CategoryColumn):
        return ChoiceField(column.name, column.levels, column.generalisation)
    if isinstance(column, TextColumn):
        return TextField(column.name, column.reads, column.cell_format.date, column.generalisation)
    if column.integer:
        return WholeField(column.name, column.minimum, column.maximum, _step(column.maximum - column.minimum))
    number_format = column.cell_format.number or PLAIN
    return NumberField(column.name, column.minimum, column.highest, number_format, column.generalisation)


def _step(span: float) -> int:
    """The step of a number field: a power of ten near a twentieth of the range."""
    return int(10 ** max(0, math.floor(math.log10(span / 20)))) if span > 0 else 1


def first_row(contract: Contract, example: int = 0) -> Row:
    """An example row of the contract, with every column; all values are missing if there is no such example.

    :param example: index of the example, from 0.
    """
    row = contract.examples[example] if example < len(contract.examples) else {}
    return {field.name: _cell(field, row.get(field.name)) for field in fields(contract)}


def _cell(field: Field, value: Cell) -> Cell:
    if isinstance(field, ChoiceField):
        return value if value in field.levels else None
    if isinstance(field, TextField):
        return value if isinstance(value, str) else None
    if not isinstance(value, int | float):
        return None
    return round(value) if isinstance(field, WholeField) else float(value)


def key(prefix: str, name: str) -> str:
    """The slot of the session with the value of a field."""
    return f"{prefix}:{name}"


def fill(prefix: str, drawn: Sequence[Field], row: Mapping[str, Cell], formatter: Formatter) -> None:
    """Fill the form with a row. Call it before the form is drawn."""
    for field in drawn:
        value = row[field.name]
        typed = formatter.plain(value, digits=0) if isinstance(field, NumberField) else value
        if isinstance(field, TextField):
            typed = value or ""
        st.session_state[key(prefix, field.name)] = typed


def draw(prefix: str, drawn: Sequence[Field], texts: Texts, formatter: Formatter, *, columns: int = 2) -> Row | None:
    """Draw the fields.

    :param drawn: the fields, in order.
    :param columns: fields next to each other.
    :returns: the row that the fields hold; None if a field for a number holds none.
    """
    row: Row = {}
    for start in range(0, len(drawn), columns):
        for column, field in zip(st.columns(columns), drawn[start : start + columns], strict=False):
            with column:
                try:
                    row[field.name] = _draw(key(prefix, field.name), field, texts, formatter)
                except SeveralNumbers as error:
                    expected = error.expected.said(texts)
                    st.caption(f":red[{texts.rich('predict.number_of_two', value=error, expected=expected)}]")
                except ValueError as error:
                    st.caption(f":red[{texts.rich('predict.not_a_number', value=error)}]")
    return row if len(row) == len(drawn) else None


def _draw(key: str, field: Field, texts: Texts, formatter: Formatter) -> Cell:
    label, unknown = escaped(field.name), texts("predict.unknown")
    if isinstance(field, ChoiceField):
        about = coarse(field.generalisation, texts, formatter) or None
        chosen: str | None = st.selectbox(label, field.levels, index=None, key=key, placeholder=unknown, help=about)
        return chosen
    if isinstance(field, TextField):
        hint = texts(f"predict.text_{field.reads}")
        if (written := field.date_format) is not None:
            hint = texts.rich("predict.text_date_written", example=written.example, format=written.pattern)
        hint = coarse(field.generalisation, texts, formatter) or hint
        text = st.text_input(label, key=key, placeholder=unknown, help=hint)
        return text if text.strip() else None  # whether blanks around it count is the contract's matter
    low, high = formatter.plain(field.low), formatter.plain(field.high)
    seen = texts.rich("predict.range", low=low, high=high)
    if isinstance(field, WholeField):
        whole: int | None = st.number_input(
            label, value=None, step=field.step, format="%d", key=key, placeholder=unknown, help=seen
        )
        return whole
    seen = f"{seen} {coarse(field.generalisation, texts, formatter)}".rstrip()
    return read_number(st.text_input(label, key=key, placeholder=unknown, help=seen), field.number_format, formatter)


def read_number(text: str, number_format: NumberFormat, formatter: Formatter) -> float | None:
    """A typed number, as the page's language writes it; None for an empty text.

    :param number_format: of the data that the model learnt from.
    :raises SeveralNumbers: it may be two numbers, and the language and the data do not agree on one.
    :raises ValueError: it is no number.
    """
    value = formatter.read(text)
    meanings = several_numbers(text)
    if meanings and value != read_known(text, number_format):
        raise SeveralNumbers(text, meanings)
    return value


class SeveralNumbers(ValueError):
    """A typed text that may be two numbers."""

    def __init__(self, text: str, expected: Message) -> None:
        super().__init__(text)
        self.expected = expected


def coarse(generalisation: Generalisation | None, texts: Texts, formatter: Formatter) -> str:
    """What the model learnt from where a privacy action made the column coarser; empty where none did."""
    match generalisation.action if generalisation is not None else None:
        case Bands(width=width):
            return texts("predict.coarse_bands", width=formatter.plain(width))
        case Prefix(length=length):
            return texts("predict.coarse_prefix", n=length)
        case Period(to=to):
            return texts(f"predict.coarse_{to}")
        case Mask(keep_last=last):
            return texts("predict.coarse_mask", n=last)
    return ""
