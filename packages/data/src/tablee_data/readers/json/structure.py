"""The brackets of a JSON document of any size, found without parsing it: where its objects and lists begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import orjson

from tablee.errors import InvalidTable
from tablee.i18n.message import Message

MAX_RECORD = 64 << 20
"""Bytes of the largest object that is a row."""
_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_STEPS = np.zeros(256, dtype=np.int8)
_STEPS[list(b"{[")] = 1
_STEPS[list(b"}]")] = -1


Bracket = tuple[int, bool, int]
"""A bracket outside of texts: its place in the block, whether it opens, and the number of brackets around what is
inside of it."""


def brackets(blocks: Iterable[bytes], deepest: int) -> Iterator[tuple[bytes, Iterable[Bracket]]]:
    """The blocks, each with its brackets of at most a depth.

    :param blocks: of UTF-8.
    :raises InvalidTable: the document ends before its brackets do.
    """
    inside, depth, left = 0, 0, b""
    for block in blocks:
        text = left + block
        backslashes = len(text) - len(text.rstrip(b"\\"))
        text, left = (text[:-1], text[-1:]) if backslashes % 2 else (text, b"")
        signs = np.frombuffer(_ESCAPED.sub(b"__", text) if b"\\" in text else text, dtype=np.uint8)
        quotes = np.cumsum(signs == 34, dtype=np.uint8)  # whether there are an even number of them is what counts
        places = np.flatnonzero(_STEPS[signs])
        places = places[(quotes[places] + inside) % 2 == 0]
        found = _STEPS[signs[places]]
        after = depth + np.cumsum(found, dtype=np.int64)
        depths = np.where(found > 0, after, after + 1)
        near = depths <= deepest
        yield text, zip(places[near].tolist(), (found[near] > 0).tolist(), depths[near].tolist(), strict=True)
        inside = (inside + int(quotes[-1] if len(quotes) else 0)) % 2
        depth = int(after[-1]) if len(after) else depth
    if depth or inside:
        raise InvalidTable("cut_json", expected=Message("expected.table.whole_json"))


@dataclass(slots=True)
class Member:
    """A list or an object that is a member of the document's object."""

    name: str
    is_list: bool
    first: str = ""
    """The first sign inside: `{` in a list of objects."""


@dataclass(slots=True)
class Outline:
    """What a document is made of."""

    is_list: bool = False
    first: str = ""
    """The first sign inside."""
    values: int = 0
    """Objects and lists that follow each other."""
    members: list[Member] = field(default_factory=list)
    """Of the first object: its lists and objects."""


def outline(blocks: Iterable[bytes]) -> Outline:
    """What a document is made of. Its objects and lists are not looked into; a document that is a list is not read.

    :raises InvalidTable: the document's object is broken.
    """
    found = Outline()
    between, wanting, outside = b"", None, False
    for text, marks in brackets(blocks, 2):
        begin = 0
        if wanting is not None and (sign := text.lstrip()[:1]):
            wanting.first, wanting = sign.decode(errors="replace"), None
        for at, opens, inner in marks:
            if outside and opens and inner == 2:
                between += text[begin:at]
                if found.values == 1:
                    member = Member(_last_name(between), text[at : at + 1] == b"[", _first(text, at))
                    found.members.append(member)
                    wanting = None if member.first else member  # then the next block has it
                outside = False
            elif inner == 2:
                outside, begin, between = True, at + 1, b""
            elif opens:
                found.values += 1
                outside, begin, between = True, at + 1, b""
                if found.values == 1:
                    found.is_list = text[at : at + 1] == b"["
                    found.first = _first(text, at)
                    if found.is_list:
                        return found
            else:
                outside = False
        if outside:
            between += text[begin:]
            if len(between) > MAX_RECORD:
                raise _too_long()
    return found


def records(blocks: Iterable[bytes], depth: int, parent: int = 0) -> Iterator[tuple[int, bytes]]:
    """The objects and lists at a depth, each with the line that it begins on, from 1.

    :param depth: 1 for the values of the document, 2 for the elements of its list, 3 for those of a member.
    :param parent: which of the lists and objects one level above has them, from 0.
    :raises InvalidTable: something else is between two of them, or one is too long.
    """
    line, left, start, parents, done = 1, b"", -1, -1, True
    for block, marks in brackets(blocks, depth):
        text = left + block
        shift, counted, end = len(left), 0, 0
        if start >= 0:
            counted, end = start, start
        for place, opens, inner in marks:
            at = place + shift
            if inner == depth - 1:
                if opens:
                    parents += 1
                    if depth == 2 and parents > parent:
                        _check_between(b"[", line + text.count(b"\n", counted, at), last=True, empty=True)
                elif parents == parent and depth > 1:
                    _check_between(text[end:at], line + text.count(b"\n", counted, end), last=True, empty=done)
                end, done = at + 1, True
            elif inner == depth and (depth == 1 or parents == parent):
                if opens:
                    above = text.count(b"\n", counted, end)
                    _check_between(text[end:at], line + above, last=False, empty=done or depth == 1)
                    line += text.count(b"\n", counted, at)
                    start = counted = at
                else:
                    yield line, text[start : at + 1]
                    line += text.count(b"\n", counted, at + 1)
                    counted = end = at + 1
                    start, done = -1, False
        keep = start if start >= 0 else end
        if start < 0:
            line += text.count(b"\n", counted, keep)
        left = text[keep:]
        if depth > 1 and parents != parent and start < 0:
            line += left.count(b"\n")
            left = b""
        if len(left) > MAX_RECORD:
            raise _too_long(line)
        start = 0 if start >= 0 else -1
    if depth < 3:
        _check_between(left, line, last=True, empty=True)


def _check_between(text: bytes, line: int, *, last: bool, empty: bool) -> None:
    """
    :param line: that the text begins on.
    :raises InvalidTable: the text between two elements is not a comma.
    """
    if text.strip() != (b"" if last or empty else b","):
        rest = text.lstrip(b", \t\r\n")
        line += text[: len(text) - len(rest)].count(b"\n")
        value = rest[:100].decode(errors="replace").rstrip()
        raise InvalidTable("json_between", line=line, value=value, expected=Message("expected.table.json_object"))


def _last_name(between: bytes) -> str:
    """The name of the member that a text of an object leads to, such as `"count": 3, "data": `."""
    try:
        return str([*orjson.loads(b"{" + between.lstrip().removeprefix(b",") + b"0}")][-1])
    except (orjson.JSONDecodeError, IndexError):
        raise InvalidTable("json_between", value=between.strip()[:100].decode(errors="replace")) from None


def _first(text: bytes, at: int) -> str:
    """The first sign behind a bracket; empty if the block ends before."""
    return text[at + 1 : at + 1000].lstrip()[:1].decode(errors="replace")


def _too_long(line: int | None = None) -> InvalidTable:
    return InvalidTable("json_too_long", limit=MAX_RECORD, line=line, expected=Message("expected.table.json_lines"))
