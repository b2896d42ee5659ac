"""CSV with blanks around the quotes of a cell, such as `1, "a, b", 2`, rewritten without them: for parsers, a
quote behind a blank opens no cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from tablee.tables.csv.records import MAX_RECORD


def without_padding(blocks: Iterator[bytes], separator: str, quote: str) -> Iterator[bytes]:
    """The same cells without blanks before and behind their quotes; lines stay lines. From a malformed record on, the
    bytes stay as they are.

    :param blocks: the text in UTF-8, cut anywhere, each line ended by a line feed, alone or after a carriage return.
    :param quote: the sign around cells; not empty.
    """
    held = b""
    for block in blocks:
        done, held = _rewritten(held + block, separator, quote)
        if done:
            yield done
        if len(held) > MAX_RECORD:
            break
    if held and len(held) <= MAX_RECORD:
        done, held = _rewritten(held if held.endswith(b"\n") else held + b"\n", separator, quote)
        yield done
    if held:
        yield held
    yield from blocks


def _rewritten(data: bytes, separator: str, quote: str) -> tuple[bytes, bytes]:
    """The complete records at the beginning rewritten, and what follows them."""
    mark, sign = separator.encode(), quote.encode()
    record, cell = _patterns(mark, sign)
    out, at = [], 0
    while at < len(data) and (match := record.match(data, at)):
        text = match.group()
        if b" " + sign in text or sign + b" " in text:
            text = cell.sub(lambda found: _bare(found.group(1), sign) + found.group(2), text)
        out.append(text)
        at = match.end()
    return b"".join(out), data[at:]


def _bare(cell: bytes, sign: bytes) -> bytes:
    inner = cell.strip(b" ")
    return inner if inner[:1] == sign else cell


@lru_cache(maxsize=32)
def _patterns(separator: bytes, quote: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """One record with its line break, and one cell with what ends it."""
    mark, sign = re.escape(separator), re.escape(quote)
    quoted = rb" *+Q[^Q]*+(?:QQ[^Q]*+)*+Q *+(?=S|\r*\n)"
    cell = (quoted + rb"|(?! *+Q)[^S\n]*+").replace(b"Q", sign).replace(b"S", mark)
    record = rb"(?:" + cell + rb")(?:" + mark + rb"(?:" + cell + rb"))*+\r*\n"
    one = rb"(?<![^\n" + mark + rb"])(" + cell + rb")(" + mark + rb"|\r*\n)"
    return re.compile(record), re.compile(one)
