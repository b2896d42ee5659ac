"""Rows in JSON bodies: `{"rows": [{…}, …]}`, `{"row": {…}}`, or by column `{"columns": {"…": […], …}}`."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from tablee.errors import InvalidRequest, InvalidRows, MalformedBody, TooManyRows
from tablee.errors.causes import json_fault_at
from tablee.errors.cells import Cell, shorten
from tablee.i18n.message import Message, joined
from tablee_api.codecs.table import ColumnTable, RowTable, Table

_MEMBERS = ("rows", "row", "columns")
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)


def parse(body: bytes, max_rows: int) -> Table:
    """The rows of a body, not validated yet.

    :raises MalformedBody: not UTF-8, or not JSON; NaN, Infinity and numbers beyond float64 are not JSON.
    :raises InvalidRequest: JSON of another shape.
    :raises InvalidRows: a row names a column twice.
    :raises TooManyRows: more than `max_rows`.
    """
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedBody("not_json", error=json_fault_at(error)) from None
    if type(data) is not dict:
        raise InvalidRequest("body_without_rows", body=shorten(data))
    unknown = data.keys() - set(_MEMBERS)
    if unknown:
        raise InvalidRequest("unknown_member", member=shorten(min(unknown)))
    if not data:
        raise InvalidRequest("no_member")
    if len(data) > 1:
        given = [Message("part.quoted", {"name": name}) for name in _MEMBERS if name in data]
        raise InvalidRequest("several_members", members=joined(given, "part.and"))
    if "columns" in data:
        refuse_repeated_names(body, [data["columns"]])
        table = by_column(data["columns"], "columns")
        limit(table.rows, max_rows)
        return table
    rows = data["rows"] if "rows" in data else [data["row"]]
    if type(rows) is not list:
        raise InvalidRequest("no_list_of_objects", member="rows", value=shorten(rows))
    limit(len(rows), max_rows)
    refuse_repeated_names(body, rows)
    return RowTable(rows)


def limit(rows: int, most: int) -> None:
    """
    :raises TooManyRows: more than `most`.
    """
    if rows > most:
        raise TooManyRows("in_json", rows=rows, limit=most)


def by_column(data: Any, member: str) -> ColumnTable:
    """Lists of cells by column name.

    :raises InvalidRequest: no object, a column that is no list, or lists of different lengths.
    """
    if type(data) is not dict:
        raise InvalidRequest("no_object_of_columns", member=member, value=shorten(data))
    first, rows = "", 0
    for name, values in data.items():
        if type(values) is not list:
            raise InvalidRequest("column_no_list", column=name, value=shorten(values))
        if not first:
            first, rows = name, len(values)
        elif len(values) != rows:
            raise InvalidRequest("column_lengths", column=name, values=len(values), first=first, rows=rows)
    return ColumnTable(data, rows)


def refuse_repeated_names(body: bytes, objects: list[Any], *, around: int = 1, first_row: int = 1) -> None:
    """Refuse a body in which a name is given twice. A JSON parser keeps only the last of two equal names. Every name is
    followed by a colon, so a name was dropped exactly if there are more colons (outside of texts) than parsed names.

    :param objects: the rows or columns in the body.
    :param around: the number of names outside of them.
    :raises InvalidRequest: a name of the body itself is repeated.
    :raises InvalidRows: a row names a column twice.
    """
    names = around + sum(len(each) for each in objects if type(each) is dict)
    if body.count(b":") == names or _STRINGS.sub(b"", body).count(b":") == names:
        return
    to_json = _pairs(body)
    top = to_json if type(to_json) is _Pairs else _Pairs([("", to_json)])
    if repeated := _repeated(top):
        raise InvalidRequest("repeated_member", member=repeated[0][0], times=len(repeated) + 1)
    cells = [
        Cell(number, name, value, Message("expected.column_once"))
        for _, held in top
        for number, row in enumerate([held] if type(held) is _Pairs else held if type(held) is list else [], first_row)
        if type(row) is _Pairs
        for name, value in _repeated(row)
    ]
    if cells:
        raise InvalidRows(cells)


class _Pairs(list[tuple[str, Any]]):
    """The members of an object as they are written."""


def _repeated(pairs: _Pairs) -> list[tuple[str, Any]]:
    """The members whose name an earlier member has."""
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
        raise MalformedBody("nested_too_deeply") from None
