"""Rows in JSON bodies: `{"rows": [{…}, …]}` or `{"row": {…}}`."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from tablee.errors import Cell, InvalidRequest, InvalidRows, MalformedBody, TooManyRows, shorten

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)


def parse(body: bytes, max_rows: int) -> list[Any]:
    """The rows of a body, not yet looked into.

    :raises MalformedBody: not UTF-8, not JSON; NaN, Infinity and numbers beyond float64 are none.
    :raises InvalidRequest: JSON of another shape.
    :raises InvalidRows: a row names a column twice.
    :raises TooManyRows: more than `max_rows`.
    """
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedBody(f"the body is not JSON: {error}") from None
    if type(data) is not dict:
        raise InvalidRequest(f"the body is {shorten(data)}, expected an object with «rows» or «row»")
    unknown = data.keys() - {"rows", "row"}
    if unknown:
        raise InvalidRequest(f"unknown member {shorten(min(unknown))}, expected «rows» or «row»")
    if len(data) != 1:
        raise InvalidRequest(f"{'both' if data else 'neither'} «rows» and «row» are given, expected one of the two")
    rows = data["rows"] if "rows" in data else [data["row"]]
    if type(rows) is not list:
        raise InvalidRequest(f"«rows» is {shorten(rows)}, expected a list of objects")
    if len(rows) > max_rows:
        raise TooManyRows(f"{len(rows):,} rows, expected at most {max_rows:,} in JSON")
    _refuse_repeated_names(body, rows)
    return rows


def _refuse_repeated_names(body: bytes, rows: list[Any]) -> None:
    """A JSON parser keeps the last of two equal names, in silence. Every name is followed by a colon, so the parsed
    names and the colons (outside of texts) are equally many just when no name was dropped."""
    names = 1
    for row in rows:
        if type(row) is dict:
            names += len(row)
    if body.count(b":") == names or _STRINGS.sub(b"", body).count(b":") == names:
        return
    top = _pairs(body)
    if len(top) > 1:
        raise InvalidRequest(f"«{top[0][0]}» is given {len(top)} times, expected once")
    cells = [
        Cell(number, name, row[at][1], "each column once")
        for number, row in enumerate(top[0][1] if top[0][0] == "rows" else [top[0][1]], 1)
        if type(row) is _Pairs
        for at, name in enumerate(name for name, _ in row)
        if any(earlier == name for earlier, _ in row[:at])
    ]
    if cells:
        raise InvalidRows(cells)


class _Pairs(list[tuple[str, Any]]):
    """An object's members as written."""


def _pairs(body: bytes) -> _Pairs:
    try:
        pairs: _Pairs = json.loads(body, object_pairs_hook=_Pairs, parse_int=float)
    except RecursionError:
        raise MalformedBody("the body is not JSON that can be read: nested too deeply") from None
    return pairs
