"""Rows in JSON bodies: `{"rows": [{…}, …]}`, `{"row": {…}}`, or by column `{"columns": {"…": […], …}}`."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from tablee.errors import InvalidRequest, InvalidRows, MalformedBody, TooManyRows
from tablee.errors.cells import Cell, shorten
from tablee_api.codecs.table import ColumnTable, RowTable, Table

_MEMBERS = ("rows", "row", "columns")
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)


def parse(body: bytes, max_rows: int) -> Table:
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
        raise InvalidRequest(f"the body is {shorten(data)}, expected an object with «rows», «row» or «columns»")
    unknown = data.keys() - set(_MEMBERS)
    if unknown:
        raise InvalidRequest(f"unknown member {shorten(min(unknown))}, expected «rows», «row» or «columns»")
    if not data:
        raise InvalidRequest("neither «rows» nor «row» nor «columns» is given, expected one of the three")
    if len(data) > 1:
        given = " and ".join(f"«{name}»" for name in _MEMBERS if name in data)
        raise InvalidRequest(f"both {given} are given, expected one of the three")
    if "columns" in data:
        refuse_repeated_names(body, [data["columns"]])
        table = by_column(data["columns"], "columns")
        limit(table.rows, max_rows)
        return table
    rows = data["rows"] if "rows" in data else [data["row"]]
    if type(rows) is not list:
        raise InvalidRequest(f"«rows» is {shorten(rows)}, expected a list of objects")
    limit(len(rows), max_rows)
    refuse_repeated_names(body, rows)
    return RowTable(rows)


def limit(rows: int, most: int) -> None:
    """
    :raises TooManyRows: more than `most`.
    """
    if rows > most:
        raise TooManyRows(f"{rows:,} rows, expected at most {most:,} in JSON")


def by_column(data: Any, member: str) -> ColumnTable:
    """Lists of cells by column name.

    :raises InvalidRequest: no object, a column that is no list, or lists of different lengths.
    """
    if type(data) is not dict:
        raise InvalidRequest(f"«{member}» is {shorten(data)}, expected an object with a list per column")
    first, rows = "", 0
    for name, values in data.items():
        if type(values) is not list:
            raise InvalidRequest(f"column «{name}» is {shorten(values)}, expected a list of values")
        if not first:
            first, rows = name, len(values)
        elif len(values) != rows:
            raise InvalidRequest(f"column «{name}» has {len(values):,} values where «{first}» has {rows:,}")
    return ColumnTable(data, rows)


def refuse_repeated_names(body: bytes, objects: list[Any], *, around: int = 1, first_row: int = 1) -> None:
    """A JSON parser keeps the last of two equal names, in silence. Every name is followed by a colon, so the parsed
    names and the colons (outside of texts) are equally many just when no name was dropped.

    :param objects: what the body's one long member holds.
    :param around: how many names stand around them.
    :raises InvalidRequest: a name of the body itself is repeated.
    :raises InvalidRows: a row names a column twice.
    """
    names = around + sum(len(each) for each in objects if type(each) is dict)
    if body.count(b":") == names or _STRINGS.sub(b"", body).count(b":") == names:
        return
    to_json = _pairs(body)
    top = to_json if type(to_json) is _Pairs else _Pairs([("", to_json)])
    if repeated := _repeated(top):
        raise InvalidRequest(f"«{repeated[0][0]}» is given {len(repeated) + 1} times, expected once")
    cells = [
        Cell(number, name, value, "each column once")
        for _, held in top
        for number, row in enumerate([held] if type(held) is _Pairs else held if type(held) is list else [], first_row)
        if type(row) is _Pairs
        for name, value in _repeated(row)
    ]
    if cells:
        raise InvalidRows(cells)


class _Pairs(list[tuple[str, Any]]):
    """An object's members as written."""


def _repeated(pairs: _Pairs) -> list[tuple[str, Any]]:
    """Members whose name an earlier one has already."""
    seen: set[str] = set()
    repeated = []
    for name, value in pairs:
        if name in seen:
            repeated.append((name, value))
        seen.add(name)
    return repeated


def _pairs(body: bytes) -> Any:
    try:
        return json.loads(body, object_pairs_hook=_Pairs, parse_int=float)
    except RecursionError:
        raise MalformedBody("the body is not JSON that can be read: nested too deeply") from None
