"""The text of a file as UTF-8 with line feeds."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import islice

from tablee.datasets.reading import Encoding, Reading
from tablee.errors import InvalidTable
from tablee.errors.causes import file_fault
from tablee.i18n.message import Message
from tablee_data.readers.content import Source

DOS_END = b"\x1a"
"""Old programs for DOS end a text file with this byte."""

_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_LONE_RETURN = re.compile(rb"\r(?!\n)")


def of_reading(source: Source, reading: Reading) -> Iterator[bytes]:
    """As `utf_8`, with the settings of a reading."""
    return utf_8(source, reading.encoding, replace=reading.replaced_bytes)


def csv_of_reading(source: Source, reading: Reading) -> Iterator[bytes]:
    """As `of_reading`, but line breaks between quotes stay as they are."""
    blocks = utf_8(source, reading.encoding, replace=reading.replaced_bytes, returns=bool(reading.quote.strip()))
    return _ended_by_line_feeds(blocks, reading) if reading.quote.strip() else blocks


def utf_8(source: Source, encoding: Encoding, *, replace: bool = False, returns: bool = False) -> Iterator[bytes]:
    """The text as UTF-8 without a byte order mark, block by block; each line ends with a line feed, alone or after a
    carriage return.

    :param replace: whether bytes that the encoding does not have become U+FFFD.
    :param returns: whether carriage returns that no line feed follows stay, instead of ending lines.
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
                cause = file_fault("Python", error)
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
        if not returns and _has_lone_return(data):
            data = _LONE_RETURN.sub(b"\n", data)
        if final:
            data = data.removesuffix(DOS_END)
        if data:
            yield data


def _has_lone_return(data: bytes) -> bool:
    return b"\r" in data and data.count(b"\r") != data.count(b"\r\n")


def _ended_by_line_feeds(blocks: Iterator[bytes], reading: Reading) -> Iterator[bytes]:
    """The same text, in which carriage returns that no line feed follows end lines, unless they are between quotes.

    A cell between quotes may go over several blocks; the number of quotes tells. Only in a file that has quotes inside
    of other cells and a block without a carriage return before, that number may be misleading.
    """
    quote, separator = reading.quote.strip().encode(), reading.separator.encode()
    before = rb"(?<![^ S\r\n])" if reading.quote != reading.quote.strip() else rb"(?<![^S\r\n])"
    inside = rb"(?:[^Q\\]|\\.|QQ)*+" if reading.escape else rb"[^Q]*+(?:QQ[^Q]*+)*+"
    written = (before + b"Q" + inside + rb"(?:Q|\Z)|\r(?!\n)").replace(b"Q", re.escape(quote))
    cell_or_return = re.compile(written.replace(b"S", re.escape(separator)), re.DOTALL)
    rest_of_cell = re.compile((inside + b"Q").replace(b"Q", re.escape(quote)), re.DOTALL)
    is_open = False
    for data in blocks:
        if _has_lone_return(data):
            begin = rest_of_cell.match(data) if is_open else None
            start = begin.end() if begin is not None else len(data) if is_open else 0
            ended = cell_or_return.sub(lambda found: b"\n" if found[0] == b"\r" else found[0], data[start:])
            yield data[:start] + ended
        else:
            yield data
        unescaped = _ESCAPED.sub(b"", data) if reading.escape and b"\\" in data else data
        is_open ^= unescaped.count(quote) % 2 == 1


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
