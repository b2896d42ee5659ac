"""Writes the rows of a query as JSON lines: numbers stay numbers, dates and times are ISO 8601, the rest are texts."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from pathlib import Path
from typing import IO, Any

import orjson

from tablee.datasets.reading import Corrections
from tablee.errors import InvalidQuery, InvalidTable
from tablee.tables.column_names import MAX_COLUMNS, check_names

EXACT = 2**53
"""Whole numbers from here on are kept as texts: a double would not hold them."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?!\d)")
_TEXTS = (str, time, uuid.UUID, IPv4Address, IPv6Address, IPv4Interface, IPv6Interface, IPv4Network, IPv6Network)


class RowFile:
    """A file of rows that is written batch by batch. Which columns hold texts is known after the last row.

    :param names: of the columns.
    :raises InvalidQuery: a table cannot have columns of these names.
    """

    def __init__(self, path: Path, names: Sequence[str], *, max_bytes: int) -> None:
        try:
            self._names = check_names([str(name) for name in names], None, limit=MAX_COLUMNS)
        except InvalidTable as error:
            raise InvalidQuery("column_names", hint="name_columns", cause=error) from None
        self._path, self._max_bytes = path, max_bytes
        self._file: IO[bytes] | None = None
        self._texts = dict.fromkeys(self._names, False)
        self.rows = self.bytes = 0

    def __enter__(self) -> RowFile:
        self._file = self._path.open("wb")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """
        :raises InvalidQuery: a value is of a type that no column can have, or the file has more than `max_bytes`.
        """
        assert self._file is not None, "opened by the with statement"  # noqa: S101 (narrows the type)
        lines = bytearray()
        for number, row in enumerate(rows, self.rows + 1):
            cells = {}
            for name, value in zip(self._names, row, strict=True):
                cells[name] = value if value is None or type(value) is float else self._cell(value, name, number)
            lines += orjson.dumps(cells) + b"\n"  # orjson writes NaN and infinities as null
        self.rows += len(rows)
        self.bytes += len(lines)
        if self.bytes > self._max_bytes:
            raise InvalidQuery("too_many_bytes", hint="fewer_rows", limit=self._max_bytes)
        self._file.write(lines)

    def _cell(self, value: Any, name: str, row: int) -> Any:
        match value:
            case bool() | float():
                return value
            case int():
                return value if abs(value) < EXACT else self._cell(str(value), name, row)
            case Decimal():
                number = _number(value)
                return self._cell(number, name, row) if type(number) is int else number
            case datetime():
                return (value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)).isoformat()
            case date():
                return value.isoformat()
            case Enum():
                return self._cell(value.value, name, row)
        if isinstance(value, _TEXTS):
            text = str(value)
            if not self._texts[name] and not _DATE.match(text):
                self._texts[name] = True
            return text
        raise InvalidQuery("cell_type", hint="convert_column", row=row, column=name, type=type(value).__name__)

    def corrections(self) -> Corrections:
        """The columns that hold texts, so that the reader does not take texts such as `007` for numbers. Texts that
        look like dates are left to the reader, as in other typed files."""
        texts = tuple(sorted(name for name, is_text in self._texts.items() if is_text))
        return Corrections(format="jsonl", encoding="utf-8", texts=texts)


def _number(value: Decimal) -> int | float:
    """A whole number as int, any other as the nearest double."""
    return int(value) if value.is_finite() and value == value.to_integral_value() else float(value)
