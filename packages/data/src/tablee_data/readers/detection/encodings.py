"""The encoding of a text file, found out: by its byte order mark, by whether it is all UTF-8, else by its letters."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress

from tablee.datasets.reading import Decision, Encoding, Reason
from tablee.errors import InvalidTable
from tablee_data.readers.content import Source
from tablee_data.readers.detection.eight_bits import MOST, Candidate, most_plausible, telling_words
from tablee_data.readers.detection.letters import Plausibility
from tablee_data.readers.encoding import DOS_END

SAMPLE = 1 << 20
"""Bytes at the beginning of a file that are looked at."""
LETTERS = 1 << 16
"""Bytes of lines beyond ASCII by which an eight-bit encoding is chosen."""
BYTE_ORDER_MARKS: dict[bytes, Encoding] = {
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
"""With the longer ones first, since that of UTF-32 begins with that of UTF-16."""
CONTROL_SEPARATORS = ("\x01", "\x1f", "\x1e")
"""Control characters that separate the cells of some databases' files."""
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def detect_encoding(source: Source, allowed: str = "") -> Decision:
    """The encoding of a text file.

    :param allowed: control characters that the file may have, such as a separator that a person names.
    :raises InvalidTable: it is not a text file.
    """
    start = source.start(SAMPLE)
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if start.startswith(mark):
            if encoding == "utf-8" and not _is_utf_8(source):
                _, broken, line = _utf_8_letters(source)
                return _nearly_utf_8(broken, line, sure=False)
            return Decision(field="encoding", chosen=encoding, reason=Reason.ENCODING_MARK)
    if wide := _wide(start):
        return Decision(field="encoding", chosen=wide, reason=Reason.ZEROS)
    allowed += "".join(mark for mark in CONTROL_SEPARATORS if _separates(start, mark))
    for found in _CONTROLS.finditer(start):
        if found.group().decode() in allowed and found.group() != b"\0":
            continue
        line = start.count(b"\n", 0, found.start()) + 1
        value = repr(found.group())[2:-1]
        if found.group() == b"\0":
            raise InvalidTable("nul_byte", line=line, value=value)
        if found.start() < len(start) - 1 or found.group() != DOS_END:
            raise InvalidTable("control_character", byte=found.group().hex(), line=line, value=value)
    if _is_utf_8(source):
        return Decision(field="encoding", chosen="utf-8", reason=Reason.ALL_UTF_8)
    return _eight_bits(source)


def asked_encoding(source: Source, encoding: Encoding) -> Decision:
    """The encoding that a person names; if that is UTF-8 and a few bytes are broken, with the first of their lines."""
    asked = Decision(field="encoding", chosen=encoding, reason=Reason.ASKED)
    if encoding != "utf-8" or _is_utf_8(source):
        return asked
    sound, broken, line = _utf_8_letters(source)
    return _nearly_utf_8(broken, line) if 2 * sound >= broken else asked


def _nearly_utf_8(broken: int, line: int, *, sure: bool = True) -> Decision:
    facts: dict[str, float | str] = {"count": broken, "line": line}
    return Decision(field="encoding", chosen="utf-8", reason=Reason.NEARLY_UTF_8, facts=facts, sure=sure)


def _separates(start: bytes, mark: str) -> bool:
    """Whether the first lines have the same number of a control character, at least one."""
    lines = [line for line in start[:10_000].split(b"\n")[:-1] if line.strip()]
    counts = {line.count(mark.encode()) for line in lines}
    return len(lines) > 1 and len(counts) == 1 and counts != {0}


def _wide(start: bytes) -> Encoding | None:
    """UTF-16 or UTF-32 without a byte order mark: of Western text, half of the bytes or more are zero; of any text in
    UTF-16, the high bytes of line breaks and digits are."""
    half, quarter = len(start) // 2, len(start) // 4
    first, second, third, fourth = (start[at::4].count(0) for at in range(4))
    if quarter and not len(start) % 4:
        for encoding, zeros, others in (
            ("utf-32-le", min(third, fourth), first),
            ("utf-32-be", min(first, second), fourth),
        ):
            if zeros > 0.98 * quarter and others < 0.02 * quarter:
                return encoding
    even, odd = start[0::2].count(0), start[1::2].count(0)
    least = 0.3 * half if half < 20 else 0.1 * half
    for encoding, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if half and zeros > least and others < 0.02 * half and _decodes(start, encoding):
            return encoding
    return None


def _decodes(start: bytes, encoding: Encoding) -> bool:
    """Whether the bytes are text in UTF-16 with line breaks; the last character may be cut."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(start)
    except UnicodeDecodeError:
        return False
    return "\n" in text or "\r" in text or len(start) < 100


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


def _utf_8_letters(source: Source) -> tuple[int, int, int]:
    """How many characters beyond ASCII are UTF-8, how many places are broken, and the line of the first of them."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    sound, broken, line, first = 0, 0, 1, 0
    for block in source.blocks():
        if block.isascii() and not decoder.getstate()[0]:
            line += 0 if first else _line_ends(block)
            continue
        text = decoder.decode(block)
        unknown = text.count("\ufffd") - block.count("\ufffd".encode())
        sound += len(text) - len(text.encode("ascii", "ignore")) - unknown
        broken += unknown
        if unknown and not first:
            first = line + _line_ends(text[: text.index("\ufffd")].encode())
        line += 0 if first else _line_ends(text.encode())
    broken += bool(decoder.getstate()[0])
    return sound, broken, first or line


def _line_ends(text: bytes) -> int:
    return text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")


def _eight_bits(source: Source) -> Decision:
    """The encoding of a file that is not all UTF-8: UTF-8 with a few broken letters, if more letters are sound than
    broken; else the encoding that gives the most plausible text. The other one is among the choices."""
    lines = b"\n".join(_lines_beyond_ascii(source))
    text = lines.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    sound = sum(letter > "\x7f" for letter in text) - broken
    decision, shown = most_plausible(lines)
    if 2 * sound < broken or not sound:
        return decision
    sound, broken, line = _utf_8_letters(source)
    utf_8 = Candidate("utf-8", text, Plausibility(0, {}))
    if sound > broken:
        with suppress(UnicodeDecodeError):
            western = Candidate("windows-1252", lines.decode("cp1252"), Plausibility(0, {}))
            shown = [western, *(each for each in shown[:1] if each.encoding != "windows-1252")]
        shown = [utf_8, *shown[:2]]
        decision = _nearly_utf_8(broken, line)
    else:
        shown = [shown[0], utf_8, *shown[1 : MOST - 1]]
    others = tuple(each.encoding for each in shown[1:])
    return decision.model_copy(
        update={"sure": False, "alternatives": others, "examples": telling_words(shown)}
        | ({"reason": Reason.OTHER_ENCODINGS} if shown[0] is not utf_8 else {})
    )


def _lines_beyond_ascii(source: Source) -> Iterator[bytes]:
    """Lines that are not ASCII only, about `LETTERS` bytes of them."""
    left = LETTERS
    for block in source.blocks():
        if block.isascii():
            continue
        for line in block.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"):
            if not line.isascii():
                yield line if len(line) <= LETTERS else line[:LETTERS]
                left -= len(line)
                if left <= 0:
                    return
