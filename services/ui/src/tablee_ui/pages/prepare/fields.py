"""The fields of the form of each kind of step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, get_args

from tablee.recipes import Kind
from tablee.recipes.steps import MAX_BINS, Part

Meaning = Literal["text", "texts", "texts?", "number", "numbers", "numbers?", "share", "units", "value"]


@dataclass(frozen=True, slots=True)
class Column:
    """The choice of one column of certain kinds."""

    name: str
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """The choice of several columns."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The choice of one option."""

    name: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Several:
    """The choice of several options."""

    name: str
    options: tuple[str, ...]
    default: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """An integer between two bounds."""

    name: str
    low: int
    high: int
    default: int


@dataclass(frozen=True, slots=True)
class Day:
    """A date of the calendar."""

    name: str
    default: date


@dataclass(frozen=True, slots=True)
class Typed:
    """A text field whose content has a meaning."""

    name: str
    reads: Meaning
    """What its content becomes, see `typed_values.read`. A `?` behind a list: an empty field means None."""
    default: str = ""
    area: bool = False
    """Whether the field has several lines."""


Contents = dict[str, Any]
"""The contents of a form's fields, by name."""
Field = Column | Columns | Choice | Several | Whole | Day | Typed

_NEW: Final = Typed("to", "text")
FORMS: Final[dict[str, tuple[Field, ...]]] = {
    "clean_text": (
        Column("column", ("text",)),
        Choice("case", ("keep", "lower", "upper")),
        Choice("accents", ("keep", "remove")),
        _NEW,
    ),
    "missing": (Column("column", ("text", "number")), Typed("markers", "texts"), Typed("numbers", "numbers"), _NEW),
    "parse_number": (
        Column("column", ("text",)),
        Choice("decimal", (",", ".")),
        Several("thousands", (" ", ".", ",", "'"), (" ",)),
        Typed("units", "units"),
        Choice("without_unit", ("read", "missing")),
        _NEW,
    ),
    "parse_date": (
        Column("column", ("text",)),
        Choice("order", ("day_month_year", "month_day_year", "year_month_day", "month_year")),
        _NEW,
    ),
    "date_parts": (Column("column", ("date",)), Several("parts", get_args(Part)), Day("since", date(1970, 1, 1))),
    "elapsed": (
        Column("start", ("date",)),
        Column("end", ("date",)),
        Choice("unit", ("days", "hours", "minutes", "seconds")),
        _NEW,
    ),
    "rare": (
        Column("column", ("text",)),
        Whole("least", 1, 1_000_000_000, 10),
        Whole("most", 1, 1000, 200),
        Typed("other", "text", "(other)"),
        Typed("levels", "texts?"),
        _NEW,
    ),
    "cap": (
        Column("column", ("number",)),
        Typed("low_share", "share", "0.01"),
        Typed("high_share", "share", "0.01"),
        Typed("low", "number"),
        Typed("high", "number"),
        _NEW,
    ),
    "fill": (
        Column("column", ("number", "text")),
        Choice("by", ("constant", "median", "most_frequent")),
        Typed("value", "value"),
        _NEW,
    ),
    "log": (Column("column", ("number",)), Typed("offset", "number", "0"), _NEW),
    "ratio": (Column("numerator", ("number",)), Column("denominator", ("number",)), _NEW),
    "bin": (Column("column", ("number",)), Whole("bins", 2, MAX_BINS, 10), Typed("edges", "numbers?"), _NEW),
    "formula": (_NEW, Typed("expression", "text", area=True)),
    "drop": (Columns("columns"),),
}
"""The fields by kind of step, in the order in which the kinds are offered."""


def applicable(kind: str, kinds: Mapping[str, Kind]) -> bool:
    """Whether the columns suffice for a step of that kind.

    :param kinds: kind of each column by its name.
    """
    wanted = [field for field in FORMS[kind] if isinstance(field, Column)]
    return bool(kinds) and all(any(have in field.kinds for have in kinds.values()) for field in wanted)


def first_empty(kind: str, contents: Contents) -> str | None:
    """The name of the first empty field that must be filled; None if there is none."""
    needed = {"parts", "expression"} | ({"to"} if kind in ("elapsed", "ratio", "formula") else set())
    for field in FORMS[kind]:
        if (isinstance(field, Column | Columns) or field.name in needed) and not contents[field.name]:
            return field.name
    return None
