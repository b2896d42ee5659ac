"""Typed field contents as values of a step, and values of a step as typed contents.

Several values in one field are separated by semicolons, because a comma may be part of a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from tablee.errors import InvalidRecipe
from tablee.http.validation_errors import request_error
from tablee.i18n import Formatter
from tablee.recipes import Kind, Step
from tablee_ui.pages.prepare.fields import FORMS, Contents, Typed

SEPARATOR: Final = ";"
_STEP: Final[TypeAdapter[Step]] = TypeAdapter(Step)


def default(field: Typed, formatter: Formatter) -> str:
    """The content of a field before anything was typed."""
    if field.reads in ("share", "number") and field.default:
        return written(field, float(field.default), formatter)
    return field.default


def written(field: Typed, value: Any, formatter: Formatter) -> str:
    """A step's value as typed content. `read` is the inverse."""
    if value is None:
        return ""

    def number(value: float) -> str:
        return formatter.plain(value, digits=0)

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


def step(kind: str, contents: Contents, kinds: Mapping[str, Kind], formatter: Formatter) -> Step:
    """The step that the fields of a form describe.

    :param contents: the fields' contents by name.
    :param kinds: kind of each column by its name.
    :raises ValueError: a field must hold a number and does not; the message is its content.
    :raises InvalidRecipe: there is no such step; says what was expected.
    """
    given: dict[str, Any] = {"kind": kind}
    for field in FORMS[kind]:
        value = contents[field.name]
        found = (
            read(field, value, kinds.get(contents.get("column", "")), formatter) if isinstance(field, Typed) else value
        )
        if found is not None:
            given[field.name] = found
    if given.get("by") in ("median", "most_frequent"):  # the step computes the value from the rows
        given.pop("value", None)
    try:
        return _STEP.validate_python(given)
    except ValidationError as error:
        # pydantic's locations begin with the kind of step, which the form already shows
        faults = [dict(fault) | {"loc": tuple(fault["loc"])[1:]} for fault in error.errors()]
        of_step = [str(fault["msg"]).removeprefix("Value error, ") for fault in faults if not fault["loc"]]
        raise InvalidRecipe("malformed", error="; ".join(of_step) or request_error(faults)) from None


def read(field: Typed, typed: str, kind: Kind | None, formatter: Formatter) -> Any:
    """The value of typed content; None for an empty field.

    :param kind: kind of the step's column, if it has one.
    :raises ValueError: the content is no number where one is needed; the message is the content.
    """
    text = typed.strip()
    if not text:
        return None
    match field.reads:
        case "texts" | "texts?":
            return tuple(part.strip() for part in text.split(SEPARATOR) if part.strip())
        case "numbers" | "numbers?":
            found = (formatter.read(part) for part in text.split(SEPARATOR))
            return tuple(value for value in found if value is not None)
        case "number":
            return formatter.read(text)
        case "share":
            percent = formatter.read(text.removesuffix("%"))
            return None if percent is None else round(percent / 100, 12)
        case "units":
            return dict(_unit(part, formatter) for part in text.split(SEPARATOR) if part.strip())
        case "value" if kind == "number":
            return formatter.read(text)
    return text


def _unit(part: str, formatter: Formatter) -> tuple[str, float]:
    unit, _, factor = part.rpartition("=") if "=" in part else (part, "", "1")
    value = formatter.read(factor)
    return unit.strip(), 1.0 if value is None else value
