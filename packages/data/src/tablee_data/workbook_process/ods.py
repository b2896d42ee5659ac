"""What the library does not tell of an .ods: cells that are merged downwards, and formulas without a result."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
Range = tuple[tuple[int, int], tuple[int, int]]
"""The first and the last cell of a range, by row and column, from 0."""


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
    for event, element in ElementTree.iterparse(io.BytesIO(content), ("start", "end")):  # noqa: S314 (only this process would fail)
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
