"""CSV with a backslash before quotes, separators and line breaks inside of cells, as MySQL, Spark and unload commands
of databases write it: rewritten with doubled quotes, so that every parser reads the same cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from tablee.tables.csv.dialect import Dialect
from tablee.tables.csv.records import MAX_RECORD, last_record_end

_NULL = b"\\N"
"""An unquoted cell that databases write for a missing value."""
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
"""What letters behind a backslash mean in tab-separated files of databases."""


def without_escapes(blocks: Iterator[bytes], separator: str, quote: str) -> Iterator[bytes]:
    r"""The same cells with quotes around those that need some, and quotes inside doubled; lines stay lines.

    A backslash before a quote, a separator, a line break or a backslash goes; any other one stays, as in `C:\data`. An
    unquoted `\N` becomes an empty cell. From a malformed record on, the bytes stay as they are.

    :param blocks: the text in UTF-8, cut anywhere, each line ended by a line feed, alone or after a carriage return.
    :param quote: may be empty; the written quote is `"` then.
    """
    dialect = Dialect(separator, quote or '"')
    special = re.compile(rb"\\" if quote else rb'[\\"]')
    held = b""
    for block in blocks:
        held = held + block if held else block
        if special.search(held):
            done, rest = _rewritten(held, separator, quote)
        else:
            end, _ = last_record_end(held, dialect)
            done, rest = held[:end], held[end:]
        if done:
            yield done
        held = rest
        if len(held) > MAX_RECORD:
            break
    if held and len(held) <= MAX_RECORD:
        ended = held if held.endswith(b"\n") else held + b"\n"
        done, held = _rewritten(ended, separator, quote)
        yield done
    if held:
        yield held
    yield from blocks


def _rewritten(data: bytes, separator: str, quote: str) -> tuple[bytes, bytes]:
    """The complete records at the beginning rewritten, and what follows them."""
    record, cell = _patterns(separator.encode(), quote.encode())
    out, at = [], 0
    while at < len(data) and (match := record.match(data, at)):
        text = match.group()
        if b"\\" in text or (not quote and b'"' in text):
            text = cell.sub(lambda found: _cell(found.group(1), separator, quote) + found.group(2), text)
        out.append(text)
        at = match.end()
    return b"".join(out), data[at:]


def _cell(text: bytes, separator: str, quote: str) -> bytes:
    written, mark = (quote or '"').encode(), separator.encode()
    quoted = bool(quote) and text[:1] == written
    if not quoted and text == _NULL:
        return b""
    if b"\\" not in text and (quoted or text[:1] != written):
        return text
    value = text[1:-1].replace(written * 2, written) if quoted else text
    value = _ESCAPED.sub(lambda found: _meaning(found.group(1), mark, written), value)
    if quoted or value[:1] == written or any(each in value for each in (mark, b"\n", b"\r")):
        return written + value.replace(written, written * 2) + written
    return value


_ESCAPED = re.compile(rb"\\(\r\n|.)", re.DOTALL)


def _meaning(behind: bytes, separator: bytes, quote: bytes) -> bytes:
    if separator == b"\t" and behind in _LETTERS:
        return _LETTERS[behind]
    kept = behind not in (quote, separator, b"\\", b"'", b'"', b"\n", b"\r\n")
    return b"\\" + behind if kept else behind


@lru_cache(maxsize=32)
def _patterns(separator: bytes, quote: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """One record with its line break, and one cell with what ends it."""
    mark = re.escape(separator)
    bare = rb"[^S\n\\]*+(?:\\(?:\r\n|.)[^S\n\\]*+)*+".replace(b"S", mark)
    cell = bare
    if quote:
        quoted = rb"Q[^Q\\]*+(?:(?:\\.|QQ)[^Q\\]*+)*+Q".replace(b"Q", re.escape(quote))
        cell = quoted + rb"|(?!" + re.escape(quote) + rb")" + bare
    record = rb"(?:" + cell + rb")(?:" + mark + rb"(?:" + cell + rb"))*+\r*\n"
    one = rb"(?<![^\n" + mark + rb"])(" + cell + rb")(" + mark + rb"|\r*\n)"
    return re.compile(record, re.DOTALL), re.compile(one, re.DOTALL)
