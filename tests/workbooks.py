"""Workbooks for tests: .xlsx by a library; .ods, .xlsb and .xls by hand, as nothing that writes them is well kept."""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Shown:
    """A number or a date with a number format."""

    value: Any
    number_format: str


@dataclass(frozen=True)
class Formula:
    """A formula with its result; the result may be an error such as #N/A, or None in an .ods."""

    result: Any


def xlsx(
    sheets: Rows | Mapping[str, Rows],
    *,
    hidden: Sequence[str] = (),
    at: tuple[int, int] = (0, 0),
    merged: Sequence[str] = (),
    **options: Any,
) -> bytes:
    """
    :param sheets: the rows of each sheet, or of the only one.
    :param at: the row and the column of the first cell, from 0.
    :param merged: ranges such as A2:A4; the cell at the top left keeps its value.
    """
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, options)
    formats = {}
    for name, rows in sheets.items() if isinstance(sheets, Mapping) else [("Sheet1", sheets)]:
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        elif hidden:
            sheet.activate()  # the first sheet is not hidden otherwise
            sheet.set_first_sheet()
        for each in merged:
            sheet.merge_range(each, "")
        for row, cells in enumerate(rows, at[0]):
            for column, cell in enumerate(cells, at[1]):
                shown = cell.number_format if isinstance(cell, Shown) else None
                value = cell.value if isinstance(cell, Shown) else cell
                if shown is None and isinstance(value, dt.datetime | dt.date):
                    shown = "yyyy-mm-dd hh:mm" if isinstance(value, dt.datetime) else "yyyy-mm-dd"
                style = formats.setdefault(shown, book.add_format({"num_format": shown})) if shown else None
                if isinstance(value, Formula):
                    sheet.write_formula(row, column, "=A1", style, value.result)
                elif isinstance(value, str):
                    sheet.write_string(row, column, value, style)
                elif isinstance(value, dt.datetime | dt.date | dt.time | dt.timedelta):
                    sheet.write_datetime(row, column, value, style)
                elif value is not None:
                    sheet.write(row, column, value, style)
    book.close()
    return file.getvalue()


def uncomputed(workbook: bytes) -> bytes:
    """A workbook whose formulas have no result, as libraries write it that compute nothing."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return zipped({name: re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1<v/>", text) for name, text in members.items()})


def zipped(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def ods(rows: Rows, name: str = "Feuille1", merged: Mapping[tuple[int, int], int] | None = None) -> bytes:
    """
    :param merged: by row and column of a cell, from 0: over how many rows it is merged.
    """
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    spans = {place: f' table:number-rows-spanned="{rows}"' for place, rows in (merged or {}).items()}
    body = "".join(
        "<table:table-row>"
        + "".join(_ods_cell(cell, spans.get((row, at), "")) for at, cell in enumerate(cells))
        + "</table:table-row>"
        for row, cells in enumerate(rows)
    )
    spaces = " ".join(
        f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"' for each in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="{name}">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return zipped(
        {"mimetype": kind.encode(), "content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()}
    )


def _ods_cell(value: Any, span: str = "") -> str:
    if isinstance(value, Formula):
        if value.result is None:
            return '<table:table-cell table:formula="of:=[.A1]"/>'
        return _ods_cell(value.result, ' table:formula="of:=[.A1]"')
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, Shown):  # a currency such as EUR, or the text that is shown
        told = f'office:value-type="float" office:value="{value.value}"'
        if value.number_format.isalpha():
            told = f'office:value-type="currency" office:currency="{value.number_format}" office:value="{value.value}"'
        return f"<table:table-cell {told}{span}><text:p>{escape(value.number_format)}</text:p></table:table-cell>"
    if isinstance(value, bool):
        told = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, int | float):
        told = f'office:value-type="float" office:value="{value}"'
    elif isinstance(value, dt.date):
        told = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    else:
        told = 'office:value-type="string"'
    return f"<table:table-cell {told}{span}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def xlsb(rows: Rows, name: str = "Sheet1") -> bytes:
    """Numbers and texts only."""
    cells = [_record(0x94, struct.pack("<4I", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)), _record(0x91, b"")]
    for at, row in enumerate(rows):
        cells.append(_record(0, struct.pack("<I", at) + bytes(13)))
        for column, value in enumerate(row):
            head = struct.pack("<II", column, 0)
            if isinstance(value, str):
                cells.append(_record(6, head + _wide(value)))
            elif value is not None:
                cells.append(_record(5, head + struct.pack("<d", value)))
    sheet = _record(0x81, b"") + b"".join(cells) + _record(0x92, b"") + _record(0x82, b"")
    bundle = struct.pack("<II", 0, 1) + _wide("rId1") + _wide(name)
    book = _record(0x83, b"") + _record(0x8F, b"") + _record(0x9C, bundle) + _record(0x90, b"") + _record(0x84, b"")
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    links = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{relation}" Target="worksheets/sheet1.bin"/></Relationships>'
    )
    return zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": links.encode(),
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def _record(kind: int, data: bytes) -> bytes:
    """A record of .xlsb: its kind and its length are written in groups of seven bits."""
    number = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = len(data), b""
    while True:
        length += bytes([size & 0x7F | (0x80 if size >= 0x80 else 0)])
        size >>= 7
        if not size:
            return number + length + data


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xls(rows: Rows, name: str = "Sheet1") -> bytes:
    """Numbers, also with number formats, and texts only: BIFF8 in a compound file."""
    shapes: dict[str, int] = {}
    opening = struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 0x0600)
    cells = _biff(0x0809, opening)
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            shape = value.number_format if isinstance(value, Shown) else ""
            value = value.value if isinstance(value, Shown) else value
            head = struct.pack("<3H", at, column, shapes.setdefault(shape, len(shapes) + 1) if shape else 0)
            if isinstance(value, str):
                cells += _biff(0x0204, head + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
            elif value is not None:
                cells += _biff(0x0203, head + struct.pack("<d", value))
    cells += _biff(0x000A, b"")
    begin = _biff(0x0809, opening.replace(b"\x10\0", b"\x05\0", 1))
    for shape, number in shapes.items():
        wide = shape.encode("utf-16-le")
        begin += _biff(0x041E, struct.pack("<HHB", 163 + number, len(wide) // 2, 1) + wide)
    for number in [0, *(163 + each for each in shapes.values())] if shapes else ():
        begin += _biff(0x00E0, struct.pack("<HH", 0, number) + bytes(16))
    sheet_name = struct.pack("<BB", len(name), 0) + name.encode("latin-1")
    place = len(begin) + 4 + 6 + len(sheet_name) + 4
    book = begin + _biff(0x0085, struct.pack("<IBB", place, 0, 0) + sheet_name) + _biff(0x000A, b"") + cells
    return compound({"Workbook": book})


def _biff(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file of Office with some streams; each is filled up with zeros."""
    sector, end, free = 512, 0xFFFFFFFE, 0xFFFFFFFF
    padded = {name: data + bytes(-len(data) % sector + 4096) for name, data in streams.items()}
    padded = {name: data[: len(data) // sector * sector] for name, data in padded.items()}
    table, entries, body = [0xFFFFFFFD, end], [_entry("Root Entry", 5, end, 0, child=1)], b""
    for number, (name, data) in enumerate(padded.items(), 1):
        first, count = len(table), len(data) // sector
        table += [*range(first + 1, first + count), end]
        entries.append(_entry(name, 2, first, len(data), right=number + 1 if number < len(padded) else free))
        body += data
    table += [free] * (sector // 4 - len(table))
    directory = b"".join(entries) + bytes(sector - 128 * len(entries))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<I", 0) + b"\xff" * 432
    return head + struct.pack(f"<{sector // 4}I", *table) + directory + body


def _entry(name: str, kind: int, first: int, size: int, *, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
    wide = (name + "\0").encode("utf-16-le")
    head = wide.ljust(64, b"\0") + struct.pack("<HBB3I", len(wide), kind, 1, 0xFFFFFFFF, right, child)
    return head + bytes(36) + struct.pack("<IQ", first, size)
