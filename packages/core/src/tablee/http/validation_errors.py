"""Faults that pydantic finds in a request, as an error of ours: each field with its value and what was expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tablee.errors import InvalidRequest, MalformedBody, TableeError
from tablee.errors.cells import shorten

MAX_FAULTS = 5
"""How many faults one answer names; the rest is counted."""

_PLACES = ("body", "query", "path", "header")


def request_error(faults: Iterable[Mapping[str, Any]]) -> TableeError:
    """The error for what `ValidationError.errors()` gives: `MalformedBody` for no JSON, else `InvalidRequest`."""
    found = list(faults)
    for fault in found:
        if fault["type"] == "json_invalid":
            reason = fault.get("ctx", {}).get("error", fault["msg"])
            at = fault["loc"][-1] if fault["loc"] else 0
            return MalformedBody(f"the body is not JSON: {reason} at character {at}")
    shown = "; ".join(_sentence(fault) for fault in found[:MAX_FAULTS])
    more = f" (and {len(found) - MAX_FAULTS} more)" if len(found) > MAX_FAULTS else ""
    return InvalidRequest(shown + more)


def _sentence(fault: Mapping[str, Any]) -> str:
    place, *path = fault["loc"] or ("body",)
    field = ".".join(str(part) for part in (path if place in _PLACES else [place, *path])) or "the body"
    if fault["type"] == "missing":
        return f"«{field}» is missing" if field != "the body" else "the body is missing"
    if fault["type"] == "extra_forbidden":
        return f"there is no field «{field}»"
    expected = str(fault["msg"]).removeprefix("Value error, ")
    expected = expected.removeprefix("Input should be ").removeprefix("Input should ")
    return f"«{field}»: got {shorten(fault.get('input'))}, expected {expected}"
