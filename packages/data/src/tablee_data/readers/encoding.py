"""The encoding of a text file, and the text as UTF-8 with line feeds."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import islice

from charset_normalizer import from_bytes

from tablee.datasets.reading import Decision, Encoding, Reason, usual_name
from tablee.errors import InvalidTable
from tablee.i18n.message import Message
from tablee_data.readers.content import Source

SAMPLE = 1 << 20
"""Bytes at the beginning of a file that are looked at."""
LETTERS = 1 << 16
"""Bytes of lines beyond ASCII by which an eight-bit encoding is chosen."""
BYTE_ORDER_MARKS: dict[bytes, Encoding] = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_NOT_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_BEYOND_LATIN_1 = re.compile(rb"[\x80-\x9f]")
_DOS_END = b"\x1a"
"""Old programs for DOS end a text file with this byte."""
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def detect_encoding(source: Source) -> Decision:
    """The encoding of a text file: by its byte order mark, by whether all of its bytes are UTF-8, else by its letters.

    :raises InvalidTable: it is not a text file, or is in UTF-32.
    """
    start = source.start(SAMPLE)
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise InvalidTable("utf_32", line=1, expected=Message("expected.table.known_encoding"))
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if start.startswith(mark):
            return Decision(field="encoding", chosen=encoding, reason=Reason.ENCODING_MARK)
    if wide := _utf_16(start):
        return Decision(field="encoding", chosen=wide, reason=Reason.ZEROS)
    if found := _CONTROLS.search(start):
        line = start.count(b"\n", 0, found.start()) + 1
        value = repr(found.group())[2:-1]
        if found.group() == b"\0":
            raise InvalidTable("nul_byte", line=line, value=value)
        if found.start() < len(start) - 1 or found.group() != _DOS_END:
            raise InvalidTable("control_character", byte=found.group().hex(), line=line, value=value)
    if _is_utf_8(source):
        return Decision(field="encoding", chosen="utf-8", reason=Reason.ALL_UTF_8)
    return _eight_bits(source)


def _utf_16(start: bytes) -> Encoding | None:
    """UTF-16 without a byte order mark: every other byte of Western text is zero."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if half and odd > 0.3 * half and even < 0.02 * half:
        return "utf-16-le"
    if half and even > 0.3 * half and odd < 0.02 * half:
        return "utf-16-be"
    return None


def _is_utf_8(source: Source) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in source.blocks():
            if decoder.getstate()[0] or not block.isascii():
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _eight_bits(source: Source) -> Decision:
    """The encoding of a file that is not all UTF-8.

    UTF-8 with a few broken letters, if more than two letters are sound for each broken one; else Windows-1252, which
    holds all letters of ISO-8859-1; else what charset-normalizer finds."""
    letters = b"\n".join(_lines_beyond_ascii(source))
    text = letters.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    sound = sum(letter > "\x7f" for letter in text) - broken
    if sound > 2 * broken:
        return Decision(field="encoding", chosen="utf-8", reason=Reason.NEARLY_UTF_8, sure=False)
    guessed = [match.encoding for match in from_bytes(letters)]
    others = tuple(dict.fromkeys(usual_name(each) for each in guessed))
    if _NOT_1252.search(letters):
        chosen = next((each for each in others if each != "windows-1252"), "iso-8859-1")
        return Decision(field="encoding", chosen=chosen, reason=Reason.NOT_WINDOWS, alternatives=others, sure=False)
    euro = _BEYOND_LATIN_1.search(letters)
    reason = Reason.NOT_LATIN if euro else Reason.LIKE_LATIN
    rest = tuple(each for each in ("iso-8859-1", *others) if each != "windows-1252")
    return Decision(field="encoding", chosen="windows-1252", reason=reason, alternatives=tuple(dict.fromkeys(rest)))


def _lines_beyond_ascii(source: Source) -> Iterator[bytes]:
    """Lines that are not ASCII only, about `LETTERS` bytes of them."""
    left = LETTERS
    for block in source.blocks():
        if block.isascii():
            continue
        for line in block.split(b"\n"):
            if not line.isascii():
                yield line[:left]
                left -= len(line)
                if left <= 0:
                    return


def utf_8(source: Source, encoding: Encoding) -> Iterator[bytes]:
    """The text as UTF-8 without a byte order mark, block by block; each line ends with a line feed, alone or after a
    carriage return.

    :raises InvalidTable: bytes that the encoding does not have, or a NUL byte; with the line.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    held = b""
    plain = encoding == "utf-8"
    for number, (block, final) in enumerate(_with_end(source.blocks())):
        if plain and block.isascii() and not decoder.getstate()[0]:
            data = block
        else:
            try:
                text = decoder.decode(block, final)
            except UnicodeDecodeError as error:
                line = _line(source, encoding, number, bytes(error.object[: error.start]), encoding)
                raise _undecodable(error, encoding, line) from None
            data = block if plain else text.encode()
        if b"\0" in data:
            line = _line(source, encoding, number, data[: data.index(b"\0")], "utf-8")
            raise InvalidTable("nul_byte", line=line, value="\\x00", expected=Message("expected.table.text_file"))
        data = held + data if held else data
        if not number:
            data = data.removeprefix(codecs.BOM_UTF8)
        held = b""
        if data.endswith((b"\r", _DOS_END)) and not final:  # the next block may begin with a line feed, or be empty
            data, held = data[:-1], data[-1:]
        if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if final:
            data = data.removesuffix(_DOS_END)
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
