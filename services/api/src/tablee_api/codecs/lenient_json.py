"""JSON with NaN, as clients of other protocols write it."""

from __future__ import annotations

import json
from typing import Any

import orjson

from tablee.errors import InvalidRequest, MalformedBody
from tablee.errors.causes import json_fault_at
from tablee.errors.cells import shorten

_CONSTANTS = {"NaN": None, "Infinity": float("inf"), "-Infinity": float("-inf")}


def loads(body: bytes | memoryview) -> dict[str, Any]:
    """The JSON object in a body. NaN is not valid JSON, but common for missing values; it is read as null.

    :raises MalformedBody: not UTF-8, not JSON.
    :raises InvalidRequest: no object.
    """
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        try:
            data = json.loads(bytes(body), parse_constant=_CONSTANTS.__getitem__)
        except (ValueError, RecursionError):
            raise MalformedBody("not_json", error=json_fault_at(error)) from None
    if type(data) is not dict:
        raise InvalidRequest("body_no_object", body=shorten(data))
    return data
