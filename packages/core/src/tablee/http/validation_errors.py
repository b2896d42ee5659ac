"""Converts pydantic's validation errors of a request into one error of the platform."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from tablee.errors import InvalidRequest, MalformedBody, TableeError
from tablee.errors.causes import json_fault
from tablee.errors.cells import shorten
from tablee.errors.unfit import expectation
from tablee.i18n.message import Message, joined

MAX_FAULTS: Final = 5
"""Largest number of faults that an error names. Of further ones it gives the number."""

_PLACES = ("body", "query", "path", "header")


Request = TypeVar("Request")


def checked(validate: Callable[[Any], Request], given: Any) -> Request:
    """A request of which pydantic has checked the members.

    :param validate: of the type of the request, such as `model_validate`.
    :raises InvalidRequest: the members are not valid.
    """
    try:
        return validate(given)
    except ValidationError as error:
        raise request_error(error.errors(include_url=False)) from None


def request_error(faults: Iterable[Mapping[str, Any]]) -> TableeError:
    """The error for the result of `ValidationError.errors()`.

    :return: `MalformedBody` if the body is not JSON, `InvalidRequest` with the parameter if one is not, else
        `InvalidRequest` with each field, its value and what was expected.
    """
    found = list(faults)
    for fault in found:
        if fault["type"] == "json_invalid":
            place, why = fault["loc"] or ("body", 0), json_fault(str(fault.get("ctx", {}).get("error", "")))
            if place[0] != "body":
                return InvalidRequest("not_json", field=_field(place), error=why, hint="json_parameter")
            return MalformedBody("not_json_at", error=why, character=place[-1])
    named = joined([_message(fault) for fault in found[:MAX_FAULTS]], "part.semicolon")
    if len(found) > MAX_FAULTS:
        return InvalidRequest("more_faults", faults=named, more=len(found) - MAX_FAULTS)
    return InvalidRequest("faults", faults=named)


def _message(fault: Mapping[str, Any]) -> Message:
    field = _field(fault["loc"] or ("body",))
    if fault["type"] == "missing":
        return Message("fault.missing", {"field": field}) if field else Message("fault.no_body")
    if fault["type"] == "extra_forbidden":
        return Message("fault.unknown_field", {"field": field})
    expected = expectation(fault)
    value = shorten(fault.get("input"))
    if not field:
        return Message("fault.body_value", {"value": value, "expected": expected})
    return Message("fault.value", {"field": field, "value": value, "expected": expected})


def _field(path: Sequence[str | int]) -> str:
    """The name of a field by its path, without the part of the request that it is in."""
    return ".".join(str(part) for part in (path[1:] if path[0] in _PLACES else path))
