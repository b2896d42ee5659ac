"""CSV as some programs write it, rewritten so that every parser reads the same cells.

Blanks around the quotes of a cell go, as in `1, "a, b", 2`: for parsers, a quote behind a blank opens no cell. Of
several blanks that separate cells one stays. Quotes behind a backslash, as MySQL, Spark and unload commands of
databases write them, are doubled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tablee.tables.csv.dialect import Dialect
from tablee.tables.csv.records import MAX_RECORD, last_record_end
from tablee.tables.csv.spaces import single_spaces

_NULL = b"\\N"
"""An unquoted cell that databases write for a missing value."""
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
"""What letters behind a backslash mean in tab-separated files of databases."""
_ESCAPED = re.compile(rb"\\(\r\n|.)", re.DOTALL)


def rewritten(blocks: Iterator[bytes], separator: str, quote: str, escape: str) -> tuple[Iterator[bytes], Dialect]:
    """The text, and the dialect that it is in then.

    :param blocks: the text in UTF-8, cut anywhere, each line ended by a line feed, alone or after a carriage return.
    :param quote: with a blank if blanks may stand around quotes; may be empty.
    :param escape: a backslash, or empty.
    """
    sign = quote.strip()
    if quote != sign:
        blocks = without_padding(blocks, separator, sign)
    if separator == " ":
        blocks = single_spaces(blocks, sign)
    if escape:
        blocks = without_escapes(blocks, separator, sign)
    return blocks, Dialect(separator, sign or ('"' if escape else ""))


def rewritten_text(text: str, separator: str, quote: str, escape: str) -> tuple[str, Dialect]:
    """As `rewritten`; the text may have lone surrogates, as UTF-7 does."""
    blocks, dialect = rewritten(iter([text.encode(errors="surrogatepass")]), separator, quote, escape)
    return b"".join(blocks).decode(errors="surrogatepass"), dialect


def without_padding(blocks: Iterator[bytes], separator: str, quote: str) -> Iterator[bytes]:
    """The same cells without blanks before and behind their quotes; lines stay lines. From a malformed record on, the
    bytes stay as they are.

    :param quote: the sign around cells; not empty.
    """
    sign = quote.encode()
    padded = rb" *+Q[^Q]*+(?:QQ[^Q]*+)*+Q *+(?=S|\r*\n)|(?! *+Q)[^S\n]*+"
    pattern = padded.replace(b"Q", re.escape(sign)).replace(b"S", re.escape(separator.encode()))

    def bare(cell: bytes) -> bytes:
        inner = cell.strip(b" ")
        return inner if inner.startswith(sign) else cell

    return _by_records(
        blocks, _cells_changed(pattern, separator, lambda text: b" " + sign in text or sign + b" " in text, bare)
    )


def without_escapes(blocks: Iterator[bytes], separator: str, quote: str) -> Iterator[bytes]:
    r"""The same cells with quotes around those that need some, and quotes inside doubled; lines stay lines.

    A backslash before a quote, a separator, a line break or a backslash goes; any other one stays, as in `C:\data`. An
    unquoted `\N` becomes an empty cell. From a malformed record on, the bytes stay as they are.

    :param quote: may be empty; the written quote is `"` then.
    """
    dialect, special = Dialect(separator, quote or '"'), re.compile(rb"\\" if quote else rb'[\\"]')
    pattern = rb"[^S\n\\]*+(?:\\(?:\r\n|.)[^S\n\\]*+)*+".replace(b"S", re.escape(separator.encode()))
    if quote:
        sign = re.escape(quote.encode())
        quoted = rb"Q[^Q\\]*+(?:(?:\\.|QQ)[^Q\\]*+)*+Q".replace(b"Q", sign)
        pattern = quoted + rb"|(?!" + sign + rb")" + pattern
    changed = _cells_changed(
        pattern, separator, lambda text: bool(special.search(text)), lambda cell: _unescaped(cell, separator, quote)
    )

    def rewrite(data: bytes) -> tuple[bytes, bytes]:
        if special.search(data):
            return changed(data)
        end, _ = last_record_end(data, dialect)  # faster
        return data[:end], data[end:]

    return _by_records(blocks, rewrite)


_Rewrite = Callable[[bytes], tuple[bytes, bytes]]
"""Gives the complete records at the beginning rewritten, and what follows them."""


def _by_records(blocks: Iterator[bytes], rewrite: _Rewrite) -> Iterator[bytes]:
    held = b""
    for block in blocks:
        done, held = rewrite(held + block)
        if done:
            yield done
        if len(held) > MAX_RECORD:
            break
    if held and len(held) <= MAX_RECORD:
        done, held = rewrite(held if held.endswith(b"\n") else held + b"\n")
        yield done
    if held:
        yield held
    yield from blocks


def _cells_changed(
    cell: bytes, separator: str, is_affected: Callable[[bytes], bool], change: Callable[[bytes], bytes]
) -> _Rewrite:
    """
    :param cell: a regular expression of a cell.
    :param is_affected: whether a record may have cells to be changed.
    """
    mark = re.escape(separator.encode())
    record = re.compile(rb"(?:%b)(?:%b(?:%b))*+\r*\n" % (cell, mark, cell), re.DOTALL)
    one = re.compile(rb"(?<![^\n%b])(%b)(%b|\r*\n)" % (mark, cell, mark), re.DOTALL)

    def rewrite(data: bytes) -> tuple[bytes, bytes]:
        out, at = [], 0
        while at < len(data) and (match := record.match(data, at)):
            text = match.group()
            out.append(one.sub(lambda found: change(found[1]) + found[2], text) if is_affected(text) else text)
            at = match.end()
        return b"".join(out), data[at:]

    return rewrite


def _unescaped(text: bytes, separator: str, quote: str) -> bytes:
    """A cell without escapes."""
    written, mark = (quote or '"').encode(), separator.encode()
    quoted = bool(quote) and text[:1] == written
    if not quoted and text == _NULL:
        return b""
    if b"\\" not in text and (quoted or text[:1] != written):
        return text
    value = text[1:-1].replace(written * 2, written) if quoted else text
    value = _ESCAPED.sub(lambda found: _meaning(found[1], mark, written), value)
    if quoted or value[:1] == written or any(each in value for each in (mark, b"\n", b"\r")):
        return written + value.replace(written, written * 2) + written
    return value


def _meaning(behind: bytes, separator: bytes, quote: bytes) -> bytes:
    """What a backslash with the sign behind it stands for."""
    if separator == b"\t" and behind in _LETTERS:
        return _LETTERS[behind]
    kept = behind not in (quote, separator, b"\\", b"'", b'"', b"\n", b"\r\n")
    return b"\\" + behind if kept else behind
