"""Converts pydantic's validation errors of a request into one error of the platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from tablee.errors import InvalidRequest, MalformedBody, TableeError
from tablee.errors.causes import json_fault
from tablee.errors.cells import shorten
from tablee.errors.unfit import Unfit
from tablee.i18n.message import Message, english, joined

MAX_FAULTS: Final = 5
"""Largest number of faults that an error names. Of further ones it gives the number."""

_PLACES = ("body", "query", "path", "header")


def request_error(faults: Iterable[Mapping[str, Any]]) -> TableeError:
    """The error for the result of `ValidationError.errors()`.

    :return: `MalformedBody` if the body is not JSON, else `InvalidRequest` with each field, its value and what was
        expected.
    """
    found = list(faults)
    for fault in found:
        if fault["type"] == "json_invalid":
            at = fault["loc"][-1] if fault["loc"] else 0
            return MalformedBody(
                "not_json_at", error=json_fault(str(fault.get("ctx", {}).get("error", ""))), character=at
            )
    named = joined([_message(fault) for fault in found[:MAX_FAULTS]], "part.semicolon")
    if len(found) > MAX_FAULTS:
        return InvalidRequest("more_faults", faults=named, more=len(found) - MAX_FAULTS)
    return InvalidRequest("faults", faults=named)


def _message(fault: Mapping[str, Any]) -> Message:
    place, *path = fault["loc"] or ("body",)
    field = ".".join(str(part) for part in (path if place in _PLACES else [place, *path]))
    if fault["type"] == "missing":
        return Message("fault.missing", {"field": field}) if field else Message("fault.no_body")
    if fault["type"] == "extra_forbidden":
        return Message("fault.unknown_field", {"field": field})
    expected = expectation(fault)
    value = shorten(fault.get("input"))
    if not field:
        return Message("fault.body_value", {"value": value, "expected": expected})
    return Message("fault.value", {"field": field, "value": value, "expected": expected})


def expectation(fault: Mapping[str, Any]) -> Message:
    """What was expected where pydantic found a fault, one of `ValidationError.errors()`."""
    kind, facts = str(fault["type"]), dict(fault.get("ctx") or {})
    cause = facts.get("error")
    if isinstance(cause, Unfit):
        return cause.expected
    if kind in ("value_error", "assertion_error"):
        return Message("fit.pydantic_says", {"words": shorten(str(cause), 200)})
    key = f"fit.{kind}"
    if key not in english():
        return Message("fit.of_type", {"type": kind})
    return Message(key, {name: _fact(value) for name, value in facts.items()})


def _fact(value: Any) -> Any:
    """A number as it is, all else as a text; lists of choices are given in quotation marks, `'a', 'b' or 'c'`."""
    if isinstance(value, int | float):
        return value
    return str(value).replace("'", "").replace(" or ", ", ")
