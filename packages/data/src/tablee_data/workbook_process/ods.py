"""What the library does not tell of an .ods: cells that are merged downwards, formulas without a result, and numbers
that are shown with leading zeros, a currency or a unit."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree

from tablee_data.workbook_process.number_formats import Shape

_TABLE, _OFFICE, _TEXT = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{each}:1.0}}" for each in ("table", "office", "text")
)
_SHOWN = re.compile(rb"""currency=|value-type="float"[^>]*>\s*<text:p[^>]*>(?:0\d|[^<]*[^\d<.,\s'%E+-])""")
"""Matches where a number may be shown otherwise than by its digits."""
_OF_NUMBERS = re.compile(r"[\d\s.,'\u2019\u00a0\u202f()+\u2212-]")
_EXPONENT = re.compile(r"[\d.,]+E[+-]?\d+")
_MOST_REPEATED = 1 << 20
Range = tuple[tuple[int, int], tuple[int, int]]
"""The first and the last cell of a range, by row and column, from 0."""


@dataclass
class OdsSheet:
    """What the library does not tell of a sheet of an .ods."""

    merged: list[Range] = field(default_factory=list)
    """What is merged over several rows."""
    formulas: list[tuple[int, int]] = field(default_factory=list)
    """Formulas without a stored result, by row, from 1, and column, from 0."""
    shapes: dict[int, dict[int, Shape]] = field(default_factory=dict)
    """In the same way: numbers that are shown with leading zeros, a currency or a unit."""


def ods_sheets(path: str) -> dict[str, OdsSheet]:
    """By name: the sheets of an .ods of which there is something to tell; none of another workbook."""
    found: dict[str, OdsSheet] = {}
    if not zipfile.is_zipfile(path):
        return found
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml") if "content.xml" in archive.namelist() else b""
    if b"number-rows-spanned" not in content and b":formula=" not in content and not _SHOWN.search(content):
        return found
    sheet, row = OdsSheet(), 0
    for event, element in ElementTree.iterparse(io.BytesIO(content), ("start", "end")):  # noqa: S314 (only this process would fail)
        if element.tag == f"{_TABLE}table" and event == "start":
            sheet, row = found.setdefault(element.get(f"{_TABLE}name", ""), OdsSheet()), 0
        elif element.tag == f"{_TABLE}table-row" and event == "end":
            column, repeated = 0, int(element.get(f"{_TABLE}number-rows-repeated", 1))
            for each in element:
                rows = int(each.get(f"{_TABLE}number-rows-spanned", 1))
                if rows > 1:
                    sheet.merged.append(((row, column), (row + rows - 1, column)))
                if each.get(f"{_TABLE}formula") and not any(key.endswith("}value-type") for key in each.attrib):
                    sheet.formulas.append((row + 1, column))
                columns = int(each.get(f"{_TABLE}number-columns-repeated", 1))
                if (shape := _shape(each)) is not None and repeated * columns <= _MOST_REPEATED:
                    for number in range(row + 1, row + repeated + 1):
                        sheet.shapes.setdefault(number, {}).update(
                            dict.fromkeys(range(column, column + columns), shape)
                        )
                column += columns
            row += repeated
            element.clear()
    return found


def _shape(cell: ElementTree.Element) -> Shape | None:
    """How a number is shown, by its text: with leading zeros, a currency or a unit; None of all other cells."""
    if cell.get(f"{_OFFICE}value-type") not in ("float", "currency"):
        return None
    text = "".join("".join(each.itertext()) for each in cell.findall(f"{_TEXT}p")).strip()
    if text.isdecimal() and text.startswith("0") and len(text) > 1:
        return Shape(("",) * len(text), len(text), "", True)
    unit = cell.get(f"{_OFFICE}currency") or ("" if _EXPONENT.fullmatch(text) else _OF_NUMBERS.sub("", text))
    return Shape((), 0, unit, False) if unit and "%" not in unit else None
