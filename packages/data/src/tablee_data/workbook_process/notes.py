"""What the file of a sheet says of its cells, beside their values: formulas, errors, number formats and digits."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree import ElementTree

from tablee_data.workbook_process.number_formats import Shape, shapes_of, without_single_units
from tablee_data.workbook_process.ods import OdsSheet, Range, ods_sheets
from tablee_data.workbook_process.xls import xls_shapes

_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_PLACE, _STYLE = re.compile(rb'\br="([A-Z]+)(\d+)"'), re.compile(rb'\bs="(\d+)"')
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)<")
_LONG = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>(-?\d{16,19})<")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


@dataclass
class Notes:
    """What the file of a sheet says of its cells, beside their values."""

    errors: dict[int, dict[str, int]] = field(default_factory=dict)
    """By column, from 0: the errors of formulas, with their counts. The library reads such a cell as empty."""
    formulas: dict[int, list[int]] = field(default_factory=dict)
    """In the same way: the rows of formulas without a stored result, which the library reads as empty."""
    zeros: dict[int, list[int]] = field(default_factory=dict)
    """In the same way: formulas whose result is 0, in a workbook that asks to be computed when it is opened."""
    others: set[int] = field(default_factory=set)
    """Columns with another result."""
    shapes: dict[int, dict[int, Shape]] = field(default_factory=dict)
    """By row, from 1, and column, from 0."""
    ranges: list[Range] = field(default_factory=list)
    """Merged cells that the library does not tell."""
    merged: dict[int, list[int]] = field(default_factory=dict)
    """By column, from 0: the rows whose cell has the value of a cell above that it is merged with."""
    digits: dict[tuple[int, int], str] = field(default_factory=dict)
    """By row and column: all digits of whole numbers that float64 may not hold."""


def notes_of(path: str, name: str, first: int) -> Notes:
    """What the file of a sheet says of its cells. Empty for .xlsb, and for .xls but for number formats.

    :param first: the number of the first row, from 1.
    """
    found = Notes()
    if not zipfile.is_zipfile(path):
        found.shapes = {row: shapes for row, shapes in xls_shapes(path, name).items() if row >= first}
        without_single_units(found.shapes)
        return found
    other = ods_sheets(path).get(name, OdsSheet())
    found.ranges = other.merged
    for row, column in other.formulas:
        if row >= first:
            found.formulas.setdefault(column, []).append(row)
    found.shapes = {row: shapes for row, shapes in other.shapes.items() if row >= first}
    without_single_units(found.shapes)
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
        column = columns(place[1])
        if shapes and (style := _STYLE.search(attributes)) is not None and (shape := shapes.get(int(style[1]))):
            found.shapes.setdefault(row, {})[column] = shape
        if long and b't="s"' not in attributes and (digits := _LONG.search(content)) is not None:
            found.digits[row, column] = digits[1].decode()
        if not formulas and b't="e"' not in attributes:
            continue
        value = _VALUE.search(content)
        if b't="e"' in attributes:
            counts = found.errors.setdefault(column, {})
            error = value[1].decode() if value is not None else ""
            counts[error] = counts.get(error, 0) + 1
        elif formulas and _FORMULA.search(content):
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


def column_of(letters: bytes) -> int:
    """The place of a column, from 0, by its letters."""
    place = 0
    for letter in letters:
        place = 26 * place + letter - 64
    return place - 1
