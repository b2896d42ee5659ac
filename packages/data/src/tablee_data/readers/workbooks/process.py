"""Reads a workbook in a process of its own, and prints its cells as JSON lines.

A workbook is a program's memory more than a file: two cells at far corners of a sheet, or a broken length, can ask for
hundreds of gigabytes. Here that ends this process and not the service. It imports nothing of ours, so that it starts
quickly; `reader.py` calls it with a path and a command, and reads the lines.

A cell is null, a number, a text, true or false; or a list of a letter and a text: `d` a date, `t` a date with a time,
`h` a time of day; or `u` and a duration's seconds.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import orjson
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

MEMORY = 3 << 30
"""Bytes of address space."""
SECONDS = 600
"""Of computing."""
HEAD, TAIL = 120, 30
"""Rows at the beginning and at the end of a sheet by which its table is found."""
_EXACT = 2.0**53
_BROKEN = (
    *(CalamineError, OSError, ValueError, LookupError, StopIteration, EOFError, RuntimeError, OverflowError),
    *(ElementTree.ParseError, zipfile.BadZipFile, zlib.error, struct.error),
)
"""What is raised about a workbook that is broken."""
_WRITTEN = re.compile(r"\s*[+-]?(?:0|[1-9]\d{0,14})(?:[.,]\d+)?\s*")
_ERROR = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*? t="e"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>([^<]*)</v>')


def cell(value: Any) -> Any:
    """A cell as JSON."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, dt.datetime):
        return ["t", value.isoformat()]
    if isinstance(value, dt.date):
        return ["d", value.isoformat()]
    if isinstance(value, dt.time):
        return ["h", value.isoformat()]
    if isinstance(value, dt.timedelta):
        return ["u", value.total_seconds()]
    return value


def kind_of(value: Any) -> str:
    """`int`, `float`, `bool`, `str`, the letter of a list, or `n` for a number that is written as text."""
    if isinstance(value, list):
        return str(value[0])
    return "n" if isinstance(value, str) and _WRITTEN.fullmatch(value) else type(value).__name__


def numbered(sheet: CalamineSheet) -> Iterator[tuple[int, list[Any]]]:
    """The rows that have a cell, with their numbers from 1. All begin with column A."""
    if sheet.start is None:
        return
    padding = [None] * sheet.start[1]
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = [cell(value) for value in row]
        if any(value is not None for value in cells):
            yield number, padding + cells


def sheets(workbook: CalamineWorkbook) -> None:
    """Print a line for each sheet of cells: its name, whether it is hidden, its number of rows, and its first and last
    rows."""
    for found in workbook.sheets_metadata:
        if found.typ != SheetTypeEnum.WorkSheet:
            continue
        head: list[Any] = []
        tail: list[Any] = []
        count = 0
        for row in numbered(workbook.get_sheet_by_name(found.name)):
            count += 1
            if count <= HEAD:
                head.append(row)
            tail.append(row)
            if len(tail) > TAIL:
                del tail[0]
        hidden = found.visible != SheetVisibleEnum.Visible
        put({"name": found.name, "hidden": hidden, "rows": count, "head": head, "tail": tail})


def errors(path: str, name: str, first: int) -> dict[str, dict[str, int]]:
    """By the letters of a column: the errors of formulas in the cells of a sheet, from a row on, with their counts. The
    library reads such a cell as an empty one. Empty for workbooks other than .xlsx.

    :param first: the number of the first row, from 1.
    """
    found: dict[str, dict[str, int]] = {}
    if not zipfile.is_zipfile(path):
        return found
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return found
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 (only this process would fail)
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 (as above)
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        sheet = next(each for each in book.iter() if each.tag.endswith("}sheet") and each.get("name") == name)
        link = next(value for key, value in sheet.attrib.items() if key.endswith("}id"))
        text = archive.read(posixpath.normpath(posixpath.join("/xl", targets[link]))[1:])
    for letters, row, value in _ERROR.findall(text):
        if int(row) >= first:
            counts = found.setdefault(letters.decode(), {})
            counts[value.decode()] = counts.get(value.decode(), 0) + 1
    return found


def rows(workbook: CalamineWorkbook, path: str, name: str, first: int, footers: int) -> None:
    """Print the kinds of cells that each column has, from a row on, and its errors; then these rows with their numbers.

    :param first: the number of the first row, from 1.
    :param footers: the number of rows at the end that are left out.
    """
    found = [row for row in numbered(workbook.get_sheet_by_name(name)) if row[0] >= first]
    found = found[: len(found) - footers]
    kinds: list[dict[str, int]] = [{} for _ in range(max((len(cells) for _, cells in found), default=0))]
    for _, cells in found:
        for place, value in enumerate(cells):
            if value is not None:
                kind = kind_of(value)
                kinds[place][kind] = kinds[place].get(kind, 0) + 1
    put({"kinds": kinds, "errors": errors(path, name, first)})
    for row in found:
        put(row)


def put(line: Any) -> None:
    """Print a line."""
    sys.stdout.buffer.write(orjson.dumps(line) + b"\n")


def main(path: str, command: str, *rest: str) -> None:
    """Carry out a command; print `{"error": …}` if the workbook cannot be read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with Path(path).open("rb") as file, CalamineWorkbook.from_filelike(file) as workbook:
            if command == "sheets":
                sheets(workbook)
            else:
                rows(workbook, path, rest[0], int(rest[1]), int(rest[2]))
    except PasswordError:
        put({"error": "password"})
    except _BROKEN as error:
        put({"error": str(error)})


if __name__ == "__main__":
    main(*sys.argv[1:])
