"""The fields of every kind of step, and how what was typed into them becomes the step.

Several values in one field stand between semicolons, since commas may be part of a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, get_args

from pydantic import TypeAdapter, ValidationError

from tablee.errors import InvalidRecipe
from tablee.http.validation_errors import request_error
from tablee.i18n import Formatter
from tablee.recipes import Kind, Step
from tablee.recipes.steps import MOST_BINS, Part

SEPARATOR: Final = ";"
_STEP: Final[TypeAdapter[Step]] = TypeAdapter(Step)


@dataclass(frozen=True, slots=True)
class Column:
    """One of the columns that are there, of certain kinds."""

    name: str
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Some of the columns that are there."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    name: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Several:
    """Some of a few words."""

    name: str
    options: tuple[str, ...]
    default: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number."""

    name: str
    low: int
    high: int
    default: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar."""

    name: str
    default: date


@dataclass(frozen=True, slots=True)
class Typed:
    """Something typed. `reads`: a text, texts, a number, numbers, a share in percent, units with their factors, or a
    value of the kind that the step's column has."""

    name: str
    reads: str
    default: str = ""
    area: bool = False


Typing = dict[str, Any]
"""What the fields of a form hold, by name."""
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
    "bin": (Column("column", ("number",)), Whole("bins", 2, MOST_BINS, 10), Typed("edges", "numbers?"), _NEW),
    "formula": (_NEW, Typed("expression", "text", area=True)),
    "drop": (Columns("columns"),),
}
"""By kind of step, in the order in which they are offered."""


def possible(kind: str, kinds: Mapping[str, Kind]) -> bool:
    """Whether there are columns for a step of that kind."""
    wanted = [field for field in FORMS[kind] if isinstance(field, Column)]
    return bool(kinds) and all(any(have in field.kinds for have in kinds.values()) for field in wanted)


def unfilled(kind: str, held: Typing) -> str | None:
    """Name of a field that is empty and must not be."""
    needed = {"parts", "expression"} | ({"to"} if kind in ("elapsed", "ratio", "formula") else set())
    for field in FORMS[kind]:
        if (isinstance(field, Column | Columns) or field.name in needed) and not held[field.name]:
            return field.name
    return None


def default(field: Typed, figures: Formatter) -> str:
    """What a field that nobody filled yet shows."""
    if field.reads in ("share", "number") and field.default:
        return written(field, float(field.default), figures)
    return field.default


def written(field: Typed, value: Any, figures: Formatter) -> str:
    """A step's value as a person would type it; `read` gives it back."""
    if value is None:
        return ""

    def number(value: float) -> str:
        return figures.plain(value, digits=0)

    match field.reads:
        case "texts" | "texts?":
            return f"{SEPARATOR} ".join(value)
        case "numbers" | "numbers?":
            return f"{SEPARATOR} ".join(number(one) for one in value)
        case "units":
            return f"{SEPARATOR} ".join(f"{unit} = {number(factor)}" for unit, factor in value.items())
        case "share":
            return number(round(100 * value, 10))
    return value if isinstance(value, str) else number(value)


def step(kind: str, held: Typing, kinds: Mapping[str, Kind], figures: Formatter) -> Step:
    """The step that the fields of a form describe.

    :raises ValueError: a number is none; the text is its message.
    :raises InvalidRecipe: there cannot be such a step; says what was expected.
    """
    given: dict[str, Any] = {"kind": kind}
    for field in FORMS[kind]:
        value = held[field.name]
        found = read(field, value, kinds.get(held.get("column", "")), figures) if isinstance(field, Typed) else value
        if found is not None:
            given[field.name] = found
    if given.get("by") in ("median", "most_frequent"):  # which learn the value
        given.pop("value", None)
    try:
        return _STEP.validate_python(given)
    except ValidationError as error:
        faults = [dict(fault) | {"loc": tuple(fault["loc"])[1:]} for fault in error.errors()]  # without the kind
        whole = [str(fault["msg"]).removeprefix("Value error, ") for fault in faults if not fault["loc"]]
        raise InvalidRecipe("; ".join(whole) or request_error(faults).detail) from None


def read(field: Typed, typed: str, kind: Kind | None, figures: Formatter) -> Any:
    """What was typed as the step wants it; None for a field left empty.

    :raises ValueError: it is no number where there should be one; the text is its message.
    """
    text = typed.strip()
    if not text:
        return None
    match field.reads:
        case "texts" | "texts?":
            return tuple(part.strip() for part in text.split(SEPARATOR) if part.strip())
        case "numbers" | "numbers?":
            found = (figures.read(part) for part in text.split(SEPARATOR))
            return tuple(value for value in found if value is not None)
        case "number":
            return figures.read(text)
        case "share":
            percent = figures.read(text.removesuffix("%"))
            return None if percent is None else round(percent / 100, 12)
        case "units":
            return dict(_unit(part, figures) for part in text.split(SEPARATOR) if part.strip())
        case "value" if kind == "number":
            return figures.read(text)
    return text


def _unit(part: str, figures: Formatter) -> tuple[str, float]:
    unit, _, factor = part.rpartition("=") if "=" in part else (part, "", "1")
    value = figures.read(factor)
    return unit.strip(), 1.0 if value is None else value
