"""Reads a workbook in a process of its own, and prints its cells as JSON lines.

A workbook is a program's memory more than a file: two cells at far corners of a sheet, or a broken length, can ask for
hundreds of gigabytes. Here that ends this process and not the service. It imports nothing of ours, so that it starts
quickly; `reader.py` calls it with a path and a command, and reads the lines.

A cell is null, a number, a text, true or false; or a list of a letter and a text: `d` a date, `t` a date with a time,
`h` a time of day, `b` the digits of a whole number that float64 may not hold; or `u` and a duration's seconds; or `z`,
a text and a number that is shown as that text, with leading zeros; or `m`, in the same way with a currency or a unit,
where those of a column differ.
"""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import re
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
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
_EXACT, _LARGE = 2.0**53, 2.0**63
_MAX_ROWS = 1 << 20
"""Of a sheet."""
_BROKEN = (
    *(CalamineError, OSError, ValueError, LookupError, StopIteration, EOFError, RuntimeError, OverflowError),
    *(ElementTree.ParseError, zipfile.BadZipFile, zlib.error, struct.error),
)
"""What is raised about a workbook that is broken."""
_WRITTEN = re.compile(r"\s*[+-]?(?:0|[1-9]\d{0,14})(?:[.,]\d+)?\s*")
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_PLACE, _STYLE = re.compile(rb'\br="([A-Z]+)(\d+)"'), re.compile(rb'\bs="(\d+)"')
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)<")
_LONG = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>(-?\d{16,19})<")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[\$([^\]-]*)[^\]]*\]|\[([^\]]*)\]|(.)', re.DOTALL)
"""A part of a number format: a text in quotes, an escaped sign, a space as wide as a sign, a currency, a condition or a
colour, or another sign."""
_LOCAL_MONEY = dict.fromkeys((5, 6, 7, 8, 42, 44), '"$"0')
"""Number formats with a currency that a workbook does not describe."""
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SIGNS = frozenset("$€£¥₹₽₺₩₪₫₴₦฿¢")


def cell(value: Any) -> Any:
    """A cell as JSON."""
    if isinstance(value, float):
        if not value.is_integer() or abs(value) >= _LARGE:
            return value
        return int(value) if abs(value) < _EXACT else ["b", str(int(value))]
    if isinstance(value, str):
        return value or None
    if isinstance(value, dt.datetime):
        return ["t", value.isoformat()]
    if isinstance(value, dt.date):
        return ["d", value.isoformat()]
    if isinstance(value, dt.time):
        return ["h", value.isoformat()]
    if isinstance(value, dt.timedelta):
        return ["u", value.total_seconds()]
    return value


def is_blank(value: Any) -> bool:
    """Whether a cell is empty, or a text of blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def kind_of(value: Any) -> str:
    """`int`, `float`, `bool`, `str`, the letter of a list, `n` for a number that is written as text, or `blank`."""
    if isinstance(value, list):
        return str(value[0])
    if is_blank(value):
        return "blank"
    return "n" if isinstance(value, str) and _WRITTEN.fullmatch(value) else type(value).__name__


Range = tuple[tuple[int, int], tuple[int, int]]
"""The first and the last cell of a range, by row and column, from 0."""


@dataclass(frozen=True)
class Shape:
    """A number format that says more than the number."""

    parts: tuple[str, ...]
    """Signs as they are shown, and placeholders of digits, which are empty."""
    zeros: int
    """Digits that are shown at least."""
    unit: str
    """A currency or a unit."""
    unit_first: bool
    """Whether it stands before the number."""

    def shown(self, value: float) -> str:
        """A number as it is shown, but with all of its digits."""
        if self.zeros < 2:
            return f"{'-' * (value < 0)}{self.unit}{abs(value)}" if self.unit_first else f"{value} {self.unit}"
        digits = [*str(abs(int(value))).zfill(self.zeros)]
        found: list[str] = []
        first = self.parts.index("")
        for at, part in reversed([*enumerate(self.parts)]):
            if part:
                found.append(part)
            elif at == first:
                found += reversed(digits)
            elif digits:
                found.append(digits.pop())
        return "-" * (value < 0) + "".join(reversed(found)).strip()


@dataclass
class Notes:
    """What the file of a sheet says of its cells, beside their values."""

    errors: dict[str, dict[str, int]] = field(default_factory=dict)
    """By the letters of a column: the errors of formulas, with their counts. The library reads such a cell as empty."""
    formulas: dict[int, list[int]] = field(default_factory=dict)
    """By column, from 0: the rows of formulas without a stored result, which the library reads as empty."""
    zeros: dict[int, list[int]] = field(default_factory=dict)
    """In the same way: formulas whose result is 0, in a workbook that asks to be computed when it is opened."""
    others: set[int] = field(default_factory=set)
    """Columns with another result."""
    shapes: dict[int, dict[int, Shape]] = field(default_factory=dict)
    """By row, from 1, and column, from 0."""
    digits: dict[tuple[int, int], str] = field(default_factory=dict)
    """In the same way: all digits of whole numbers that float64 may not hold."""


def numbered(
    sheet: CalamineSheet,
    merges: Iterable[Range],
    first: int = 1,
    notes: Notes | None = None,
    merged: dict[int, list[int]] | None = None,
) -> Iterator[tuple[int, list[Any]]]:
    """The rows that have a cell, with their numbers from 1. All begin with column A. What is merged downwards is in
    each row that has another cell.

    :param merges: ranges of merged cells that the library does not tell.
    :param first: the number of the first row whose cells may be merged with rows below.
    :param merged: takes the rows of each column that have such a cell.
    """
    if sheet.start is None:
        return
    padding = [None] * sheet.start[1]
    begins: dict[int, list[tuple[int, int]]] = {}
    for (top, place), (bottom, _) in sheet.merged_cell_ranges or merges:
        if bottom > top:
            begins.setdefault(top + 1, []).append((place, bottom + 1))
    above: dict[int, tuple[int, Any]] = {}
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells: list[Any] = padding + [cell(value) for value in row]
        if all(value is None for value in cells):
            continue
        for at, shape in notes.shapes.get(number, {}).items() if notes is not None else ():
            if at < len(cells):
                cells[at] = _as_shown(cells[at], shape)
        if notes is not None and notes.digits:
            cells = [_with_digits(value, notes.digits.get((number, at))) for at, value in enumerate(cells)]
        for place, (bottom, value) in [*above.items()]:
            if number > bottom:
                del above[place]
            elif cells[place] is None:
                cells[place] = value
                if merged is not None:
                    merged.setdefault(place, []).append(number)
        for place, bottom in begins.get(number, ()) if number >= first else ():
            if place < len(cells) and cells[place] is not None:
                above[place] = (bottom, cells[place])
        yield number, cells


def _with_digits(value: Any, digits: str | None) -> Any:
    is_same = digits is not None and isinstance(value, list) and value[0] == "b" and float(digits) == float(value[1])
    return ["b", digits] if is_same else value


def _as_shown(value: Any, shape: Shape) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if shape.zeros < 2:
        return ["m", shape.shown(value), value]
    return ["z", shape.shown(value), value] if isinstance(value, int) else value


def sheets(workbook: CalamineWorkbook, path: str) -> None:
    """Print a line for each sheet of cells: its name, whether it is hidden, its number of rows, and its first and last
    rows."""
    others = ods_sheets(path)
    lines = []
    for found in workbook.sheets_metadata:
        if found.typ != SheetTypeEnum.WorkSheet:
            continue
        head: list[Any] = []
        tail: list[Any] = []
        count = 0
        merges = others.get(found.name, OdsSheet()).merged
        for number, cells in numbered(workbook.get_sheet_by_name(found.name), merges):
            row = (number, [None if is_blank(value) else value for value in cells])
            if not any(value is not None for value in row[1]):
                continue
            count += 1
            if count <= HEAD:
                head.append(row)
            tail.append(row)
            if len(tail) > TAIL:
                del tail[0]
        hidden = found.visible != SheetVisibleEnum.Visible
        lines.append({"name": found.name, "hidden": hidden, "rows": count, "head": head, "tail": tail})
    for line in lines:  # not before all is read: an error is the first line
        put(line)


def notes_of(path: str, name: str, first: int) -> Notes:
    """What the file of a sheet says of its cells. Empty for workbooks other than .xlsx and .ods.

    :param first: the number of the first row, from 1.
    """
    found = Notes()
    if not zipfile.is_zipfile(path):
        return found
    for row, column in ods_sheets(path).get(name, OdsSheet()).formulas:
        if row >= first:
            found.formulas.setdefault(column, []).append(row)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if "xl/workbook.xml" not in names:
            return found
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 (only this process would fail)
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 (as above)
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        sheet = next(each for each in book.iter() if each.tag.endswith("}sheet") and each.get("name") == name)
        link = next(value for key, value in sheet.attrib.items() if key.endswith("}id"))
        text = archive.read(posixpath.normpath(posixpath.join("/xl", targets[link]))[1:])
        styles = archive.read("xl/styles.xml") if "xl/styles.xml" in names else b""
    shapes = shapes_of(styles) if styles else {}
    formulas = _FORMULA.search(text) is not None
    long = _LONG.search(text) is not None
    if not (shapes or formulas or long or b't="e"' in text):
        return found
    empty: dict[int, list[int]] = {}
    columns = lru_cache(column_of)
    late = any(each.tag.endswith("}calcPr") and each.get("fullCalcOnLoad") in ("1", "true") for each in book.iter())
    for attributes, content in _CELL.findall(text):
        place = _PLACE.search(attributes)
        if place is None or (row := int(place[2])) < first:
            continue
        letters = place[1].decode()
        if shapes and (style := _STYLE.search(attributes)) is not None and (shape := shapes.get(int(style[1]))):
            found.shapes.setdefault(row, {})[columns(letters)] = shape
        if long and b't="s"' not in attributes and (digits := _LONG.search(content)) is not None:
            found.digits[row, columns(letters)] = digits[1].decode()
        if not formulas and b't="e"' not in attributes:
            continue
        value = _VALUE.search(content)
        if b't="e"' in attributes:
            counts = found.errors.setdefault(letters, {})
            error = value[1].decode() if value is not None else ""
            counts[error] = counts.get(error, 0) + 1
        elif formulas and _FORMULA.search(content):
            column = columns(letters)
            is_text = b't="str"' in attributes
            if value is None and not is_text:
                found.formulas.setdefault(column, []).append(row)
            elif value is not None and not value[1] and not is_text:
                empty.setdefault(column, []).append(row)
            elif late and value is not None and value[1] == b"0" and not is_text:
                found.zeros.setdefault(column, []).append(row)
            else:
                found.others.add(column)
    for column in empty.keys() - found.others:  # beside results, an empty one may be a text
        found.formulas[column] = sorted([*found.formulas.get(column, ()), *empty[column]])
    without_single_units(found.shapes)
    return found


@dataclass
class OdsSheet:
    """What the library does not tell of a sheet of an .ods."""

    merged: list[Range] = field(default_factory=list)
    """What is merged over several rows."""
    formulas: list[tuple[int, int]] = field(default_factory=list)
    """Formulas without a stored result, by row, from 1, and column, from 0."""


def ods_sheets(path: str) -> dict[str, OdsSheet]:
    """By name: the sheets of an .ods that have formulas or merged cells; none of another workbook."""
    found: dict[str, OdsSheet] = {}
    if not zipfile.is_zipfile(path):
        return found
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml") if "content.xml" in archive.namelist() else b""
    if b"number-rows-spanned" not in content and b":formula=" not in content:
        return found
    sheet, row = OdsSheet(), 0
    for event, element in ElementTree.iterparse(io.BytesIO(content), ("start", "end")):  # noqa: S314 (as above)
        if element.tag == f"{_TABLE}table" and event == "start":
            sheet, row = found.setdefault(element.get(f"{_TABLE}name", ""), OdsSheet()), 0
        elif element.tag == f"{_TABLE}table-row" and event == "end":
            column = 0
            for each in element:
                rows = int(each.get(f"{_TABLE}number-rows-spanned", 1))
                if rows > 1:
                    sheet.merged.append(((row, column), (row + rows - 1, column)))
                if each.get(f"{_TABLE}formula") and not any(key.endswith("}value-type") for key in each.attrib):
                    sheet.formulas.append((row + 1, column))
                column += int(each.get(f"{_TABLE}number-columns-repeated", 1))
            row += int(element.get(f"{_TABLE}number-rows-repeated", 1))
            element.clear()
    return found


def without_single_units(shapes: dict[int, dict[int, Shape]]) -> None:
    """Forget the units of columns that have a single one: their numbers mean the same."""
    units: dict[int, set[str]] = {}
    for row in shapes.values():
        for column, shape in row.items():
            if shape.zeros < 2:
                units.setdefault(column, set()).add(shape.unit)
    single = {column for column, each in units.items() if len(each) < 2}
    for row in shapes.values() if single else ():
        for column in [column for column in row.keys() & single if row[column].zeros < 2]:
            del row[column]


def shapes_of(styles: bytes) -> dict[int, Shape]:
    """By the number of a style: its number format, if that says more than the number, as one of several units does."""
    tree = ElementTree.fromstring(styles)  # noqa: S314 (only this process would fail)
    codes: dict[int, str] = dict(_LOCAL_MONEY)
    for each in tree.iter():
        if each.tag.endswith("}numFmt"):
            codes[int(each.get("numFmtId", 0))] = each.get("formatCode", "")
    used = next((each for each in tree if each.tag.endswith("}cellXfs")), ())
    found = {at: shape_of(codes.get(int(each.get("numFmtId", 0)), "")) for at, each in enumerate(used)}
    several = len({shape.unit for shape in found.values() if shape is not None and shape.zeros < 2}) > 1
    return {at: shape for at, shape in found.items() if shape is not None and (several or shape.zeros > 1)}


def shape_of(code: str) -> Shape | None:
    """A number format that shows whole numbers with leading zeros, or numbers with a currency or a unit; None of all
    others. The format of positive numbers counts."""
    parts: list[str] = []
    zeros, unit, unit_first, is_whole, digits = 0, "", True, True, 0
    for quoted, escaped, money, _, sign in _TOKEN.findall(code.replace("General", "0")):
        text = quoted or escaped or money
        if sign == ";":
            break
        if sign in ("0", "#", "?"):
            digits += 1
            zeros += sign == "0" or zeros > 0
            parts.append("")
            continue
        if sign and sign in ".,%/@EeyYmMdDhHsSgGbB":
            is_whole = False
            if sign in "@yYmMdDhHsSgGbB":  # a text or a date
                return None
        text = text or sign
        if text:
            parts.append(text)
        named = text.strip()
        if not unit and (
            money or named in _SIGNS or (quoted and any(each.isalpha() or each in _SIGNS for each in named))
        ):
            unit, unit_first = named, not digits
    if not digits:
        return None
    if is_whole and zeros > 1:
        return Shape(tuple(parts), zeros, unit, unit_first)
    return Shape((), 0, unit, unit_first) if unit else None


def column_of(letters: str) -> int:
    """The place of a column, from 0, by its letters."""
    place = 0
    for letter in letters:
        place = 26 * place + ord(letter) - 64
    return place - 1


def rows(workbook: CalamineWorkbook, path: str, name: str, first: int, footers: int) -> None:
    """Print what is to be said of the columns, from a row on; then these rows with their numbers.

    :param first: the number of the first row, from 1.
    :param footers: the number of rows at the end that are left out.
    """
    notes = notes_of(path, name, first)
    merged: dict[int, list[int]] = {}
    sheet = workbook.get_sheet_by_name(name)
    merges = ods_sheets(path).get(name, OdsSheet()).merged
    found = [row for row in numbered(sheet, merges, first, notes, merged) if row[0] >= first]
    if footers:  # rows of blanks do not count
        filled = [at for at, (_, cells) in enumerate(found) if not all(map(is_blank, cells))]
        found = found[: filled[-footers]] if footers <= len(filled) else []
    last = found[-1][0] if found else _MAX_ROWS
    kinds: list[dict[str, int]] = [{} for _ in range(max((len(cells) for _, cells in found), default=0))]
    undated: list[tuple[int, Any] | None] = [None] * len(kinds)
    codes: dict[str, list[Any]] = {}
    units: dict[str, dict[str, str]] = {}
    for number, cells in found:
        for place, value in enumerate(cells):
            if value is not None:
                kind = kind_of(value)
                kinds[place][kind] = kinds[place].get(kind, 0) + 1
                if undated[place] is None and kind not in ("d", "t", "blank"):
                    undated[place] = (number, value)
                if kind == "z" and (str(place) not in codes or (value[1][0] == "0" != codes[str(place)][0][0])):
                    codes[str(place)] = value[1:]
                elif kind == "m":
                    units.setdefault(str(place), {}).setdefault(
                        value[1].replace(str(abs(value[2])), "").strip(" -"), value[1]
                    )
    zeros = {column: found for column, found in notes.zeros.items() if column not in notes.others}
    put(
        {
            "kinds": kinds,
            "errors": notes.errors,
            "formulas": up_to(last, notes.formulas),
            "zeros": up_to(last, zeros),
            "merged": up_to(last, merged),
            "undated": undated,
            "codes": codes,
            "units": {place: [*examples.values()][:5] for place, examples in units.items()},
        }
    )
    for row in found:
        put(row)


def up_to(last: int, rows: Mapping[Any, list[int]]) -> dict[str, tuple[int, int]]:
    """By column: how many of some rows there are up to the last one of the table, and the first of them."""
    counted = {str(column): [row for row in each if row <= last] for column, each in rows.items()}
    return {column: (len(each), each[0]) for column, each in counted.items() if each}


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
                sheets(workbook, path)
            else:
                rows(workbook, path, rest[0], int(rest[1]), int(rest[2]))
    except PasswordError:
        put({"error": "password"})
    except _BROKEN as error:
        put({"error": str(error)})
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the library's, which has no name to import
            raise
        put({"error": str(error)})


if __name__ == "__main__":
    main(*sys.argv[1:])
