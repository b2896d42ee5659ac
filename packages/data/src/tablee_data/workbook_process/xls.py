"""What the library does not tell of an .xls: the number formats of its cells. The file is a compound file of Office
(MS-CFB), of which one stream has the records of the workbook (MS-XLS)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from tablee_data.workbook_process.number_formats import Shape, shapes_of_styles

_END = 0xFFFFFFFA
"""Numbers of sectors are below this."""
_BIFF_8 = 0x0600
_BOF, _EOF, _FORMAT, _XF, _SHEET = 0x0809, 0x000A, 0x041E, 0x00E0, 0x0085
_NUMBER, _RK, _FORMULA, _SEVERAL = 0x0203, 0x027E, 0x0006, 0x00BD


def xls_shapes(path: str, name: str) -> dict[int, dict[int, Shape]]:
    """By row, from 1, and column, from 0: the number formats of a sheet that say more than the number. Empty if the
    workbook cannot be read; the library says why.

    :param name: of the sheet.
    """
    try:
        return _shapes(_stream(Path(path).read_bytes()), name)
    except (struct.error, LookupError, ValueError):
        return {}


def _shapes(book: bytes, name: str) -> dict[int, dict[int, Shape]]:
    codes: dict[int, str] = {}
    used: list[int] = []
    place, version = None, 0
    for kind, data in _records(book, 0):
        if kind == _BOF:
            version = struct.unpack_from("<H", data)[0]
        elif kind == _FORMAT:
            codes[struct.unpack_from("<H", data)[0]] = _text(data, 2, version, long=True)
        elif kind == _XF:
            used.append(struct.unpack_from("<H", data, 2)[0])
        elif kind == _SHEET and _text(data, 6, version, long=False) == name:
            place = struct.unpack_from("<I", data)[0]
    shapes = shapes_of_styles(codes, used)
    found: dict[int, dict[int, Shape]] = {}
    if not shapes or place is None:
        return found
    for kind, data in _records(book, place):
        if kind in (_NUMBER, _RK, _FORMULA):
            row, column, style = struct.unpack_from("<3H", data)
            if (shape := shapes.get(style)) is not None:
                found.setdefault(row + 1, {})[column] = shape
        elif kind == _SEVERAL:
            row, column = struct.unpack_from("<2H", data)
            for at, (style, _) in enumerate(struct.iter_unpack("<HI", data[4:-2])):
                if (shape := shapes.get(style)) is not None:
                    found.setdefault(row + 1, {})[column + at] = shape
    return found


def _records(book: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """The records of a part of the workbook, without those of charts inside of it."""
    depth = 0
    while place + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, place)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 1:
            yield kind, book[place + 4 : place + 4 + size]
        if depth == 0:
            return
        place += 4 + size


def _text(data: bytes, at: int, version: int, *, long: bool) -> str:
    """A text with its length before it, which has two bytes if it is long; in workbooks of Excel 95 it has one."""
    is_8 = version == _BIFF_8
    size = struct.unpack_from("<H" if long and is_8 else "<B", data, at)[0]
    at += 2 if long and is_8 else 1
    if not is_8:
        return data[at : at + size].decode("cp1252", "replace")
    wide = data[at] & 1
    return data[at + 1 : at + 1 + size * (1 + wide)].decode("utf-16-le" if wide else "latin-1")


def _stream(file: bytes) -> bytes:
    """The stream of the workbook in a compound file.

    :raises LookupError: there is none.
    """
    shift, small_shift = struct.unpack_from("<HH", file, 30)
    directory, _, most_small, first_small, _, first_more, _ = struct.unpack_from("<7I", file, 48)
    size = 1 << shift

    def sector(number: int) -> bytes:
        return file[size * (number + 1) : size * (number + 2)]

    tables = [each for each in struct.unpack_from("<109I", file, 76) if each < _END]
    while first_more < _END and len(tables) <= len(file) // size:
        *more, first_more = struct.unpack(f"<{size // 4}I", sector(first_more))
        tables += [each for each in more if each < _END]
    following = [each for table in tables for each in struct.unpack(f"<{size // 4}I", sector(table))]

    def chain(first: int) -> bytes:
        return b"".join(map(sector, _chain(first, following)))

    entries = chain(directory)
    found: dict[str, tuple[int, int]] = {}
    for at in range(0, len(entries), 128):
        length, first, count = struct.unpack_from("<H50xII", entries, at + 64)
        found[entries[at : at + max(length - 2, 0)].decode("utf-16-le")] = (first, count)
    first, count = found["Workbook"] if "Workbook" in found else found["Book"]
    if count >= most_small:
        return chain(first)[:count]
    small, small_size = chain(found["Root Entry"][0]), 1 << small_shift
    small_table = chain(first_small)
    small_following = struct.unpack(f"<{len(small_table) // 4}I", small_table)
    places = _chain(first, small_following)
    return b"".join(small[small_size * each : small_size * (each + 1)] for each in places)[:count]


def _chain(first: int, following: list[int] | tuple[int, ...]) -> Iterator[int]:
    """:raises ValueError: it has no end."""
    for _ in range(len(following) + 1):
        if first >= _END:
            return
        yield first
        first = following[first]
    raise ValueError
