"""The text of a file as UTF-8 with line feeds."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from itertools import islice

from tablee.datasets.reading import Encoding, Reading
from tablee.errors import InvalidTable
from tablee.errors.causes import quoted
from tablee.i18n.message import Message
from tablee_data.readers.content import Source

DOS_END = b"\x1a"
"""Old programs for DOS end a text file with this byte."""


def of_reading(source: Source, reading: Reading) -> Iterator[bytes]:
    """As `utf_8`, with the settings of a reading."""
    return utf_8(source, reading.encoding, replace=reading.replaced_bytes)


def utf_8(source: Source, encoding: Encoding, *, replace: bool = False) -> Iterator[bytes]:
    """The text as UTF-8 without a byte order mark, block by block; each line ends with a line feed, alone or after a
    carriage return.

    :param replace: whether bytes that the encoding does not have become U+FFFD.
    :raises InvalidTable: bytes that the encoding does not have, or a NUL byte; with the line.
    """
    decoder = codecs.getincrementaldecoder(encoding)("replace" if replace else "strict")
    held = b""
    plain = encoding == "utf-8" and not replace
    for number, (block, final) in enumerate(_with_end(source.blocks())):
        if plain and block.isascii() and not decoder.getstate()[0]:
            data = block
        else:
            try:
                text = decoder.decode(block, final)
            except UnicodeDecodeError as error:
                line = _line(source, encoding, number, bytes(error.object[: error.start]), encoding)
                raise _undecodable(error, encoding, line) from None
            except UnicodeError as error:  # some codecs do not say where
                expected = Message("expected.table.encoding", {"encoding": encoding.upper()})
                cause = quoted("Python", error)
                raise InvalidTable("undecodable", encoding=encoding.upper(), error=cause, expected=expected) from None
            data = block if plain else text.encode(errors="replace")
        if b"\0" in data:
            line = _line(source, encoding, number, data[: data.index(b"\0")], "utf-8")
            raise InvalidTable("nul_byte", line=line, value="\\x00", expected=Message("expected.table.text_file"))
        data = held + data if held else data
        if not number:
            data = data.removeprefix(codecs.BOM_UTF8)
        held = b""
        if data.endswith((b"\r", DOS_END)) and not final:  # the next block may begin with a line feed, or be empty
            data, held = data[:-1], data[-1:]
        if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if final:
            data = data.removesuffix(DOS_END)
        if data:
            yield data


def _with_end(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    for block in blocks:
        yield block, False
    yield b"", True


def _line(source: Source, encoding: Encoding, blocks: int, rest: bytes, rest_encoding: Encoding) -> int:
    """The line, from 1, that the first blocks of a file and the rest end on. Reads the file again; only called for an
    error."""
    line, after_return = 1, False
    for data, its_encoding in (*((each, encoding) for each in islice(source.blocks(), blocks)), (rest, rest_encoding)):
        feed, back = ("\n".encode(its_encoding), "\r".encode(its_encoding))
        line += data.count(feed) + data.count(back) - data.count(back + feed)
        line -= after_return and data.startswith(feed)  # a line end over two blocks
        after_return = data.endswith(back)
    return line


def _undecodable(error: UnicodeDecodeError, encoding: Encoding, line: int) -> InvalidTable:
    bad = bytes(error.object[error.start : error.end]).hex(" ")
    expected = Message("expected.table.encoding", {"encoding": encoding.upper()})
    return InvalidTable("not_in_encoding", encoding=encoding.upper(), line=line, value=bad, expected=expected)
