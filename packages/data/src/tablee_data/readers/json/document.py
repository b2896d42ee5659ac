"""JSON documents whose rows are not one a line: a list of objects, objects that follow each other, an object with one
list of objects in it, or an object of columns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

import orjson

from tablee.datasets.reading import Decision, Reason
from tablee.errors import InvalidTable
from tablee.i18n.message import Message
from tablee_data.readers import encoding
from tablee_data.readers.json.keyed import rows_of
from tablee_data.readers.json.lines import JsonLinesReader
from tablee_data.readers.json.structure import Outline, outline, records

MAX_WHOLE: Final = 64 << 20
"""Bytes of the largest document of columns, which is read as a whole."""


class JsonDocumentReader(JsonLinesReader):
    """Reads a JSON document as its reading says, in constant memory unless it is one of columns."""

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """As of JSON lines, and which list or which form the rows were found in."""
        return (*super().decisions, *self._form[1])

    @cached_property
    def _outline(self) -> Outline:
        return outline(self._blocks())

    @cached_property
    def _form(self) -> tuple[tuple[int, int] | None, tuple[Decision, ...]]:
        """The depth of the rows and the place of their list, see `records`; None if the document has columns.

        :raises InvalidTable: the document has no rows, or several lists of them.
        """
        found = self._outline
        if found.is_list:
            if found.first == "[":
                raise InvalidTable("json_rows_are_lists", line=1, expected=Message("expected.table.json_objects"))
            return (2, 0), ()
        if found.values > 1:
            return (1, 0), ()
        lists = [at for at, each in enumerate(found.members) if each.is_list and each.first == "{"]
        if len(lists) > 1:
            names = [found.members[at].name for at in lists]
            raise InvalidTable("json_several_lists", names=names, expected=Message("expected.table.json_objects"))
        if lists:
            name = found.members[lists[0]].name
            return (3, lists[0]), (_remark(Reason.JSON_MEMBER, name),)
        if self._may_be_columns and all(isinstance(cells, list | dict) for cells in self._whole().values()):
            is_keyed = self._reading.keyed and self.objects
            return None, () if is_keyed else (_remark(Reason.JSON_COLUMNS, ""),)
        return (1, 0), ()

    @property
    def _may_be_columns(self) -> bool:
        """Whether the document is one object, with lists or objects of values in it."""
        found = self._outline
        each_flat = all(each.first not in ("{", "[") for each in found.members)
        return not found.is_list and found.values == 1 and bool(found.members) and each_flat

    @cached_property
    def objects(self) -> dict[str, dict[str, Any]] | None:
        """The document, if it is an object of objects of values, which may be rows or columns; else None.

        :raises InvalidTable: the document is broken or too large.
        """
        members = self._outline.members
        if not self._may_be_columns or any(each.is_list for each in members):
            return None
        found = self._whole()
        return found if all(isinstance(cells, dict) for cells in found.values()) else None

    def _blocks(self) -> Iterator[bytes]:
        return encoding.of_reading(self._source, self._reading)

    def _rows(self) -> Iterator[tuple[int, dict[str, Any], bytes]]:
        place, _ = self._form
        if place is None:
            yield from self._rows_of_columns()
            return
        for line, text in records(self._blocks(), *place):
            yield line, self._object(text, line, is_plain=False), text

    def _rows_of_columns(self) -> Iterator[tuple[int, dict[str, Any], bytes]]:
        """The rows of `{"a": [1, 2], "b": [3, 4]}`, or of `{"a": {"0": 1, "1": 2}, ...}` as pandas writes it, or of
        `{"0": {"a": 1, "b": 3}, ...}` if the objects are rows. The names of rows are a column unless they count them.

        :raises InvalidTable: the document is too large, or its columns have different lengths.
        """
        if self.objects is not None:
            yield from ((1, row, orjson.dumps(row)) for row in rows_of(self.objects, keyed=self._reading.keyed))
            return
        columns = self._whole()
        lists = {name: cells if isinstance(cells, list) else None for name, cells in columns.items()}
        keys: list[Any] = []
        for name, cells in columns.items():
            if isinstance(cells, dict):
                keys = keys or [*cells]
                lists[name] = [cells.get(key) for key in keys] if cells.keys() == {*keys} else None
        lengths = {None if cells is None else len(cells) for cells in lists.values()}
        if len(lengths) > 1 or None in lengths:
            raise InvalidTable("json_uneven_columns", line=1, expected=Message("expected.table.json_objects"))
        for cells in zip(*lists.values(), strict=True):
            row = dict(zip(lists, cells, strict=True))
            yield 1, row, orjson.dumps(row)

    def _whole(self) -> dict[str, Any]:
        """The document's object.

        :raises InvalidTable: the document is too large.
        """
        text = b""
        for block in self._blocks():
            text += block
            if len(text) > MAX_WHOLE:
                raise InvalidTable("json_too_long", limit=MAX_WHOLE, expected=Message("expected.table.json_lines"))
        return self._object(text, 1, is_plain=False)


def _remark(reason: Reason, member: str) -> Decision:
    return Decision(field="format", chosen="json", reason=reason, facts={"member": member} if member else {})
