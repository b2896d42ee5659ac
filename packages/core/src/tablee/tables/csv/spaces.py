"""Tables whose cells are separated by blanks: each run of them counts as one, as in columns that are aligned."""

from __future__ import annotations

import re
from collections.abc import Iterator

_RUN = re.compile(rb" {2,}")


def single_spaces(blocks: Iterator[bytes], quote: str) -> Iterator[bytes]:
    """The same lines with one blank between cells, and none at their beginning and end. Blanks between quotes stay.

    :param blocks: the text in UTF-8, cut anywhere, each line ended by a line feed, alone or after a carriage return.
    :param quote: may be empty.
    """
    held, at_start, inside = b"", True, False
    for block in blocks:
        parts = (held + block).split(quote.encode()) if quote else [held + block]
        held = b""
        out: list[bytes] = []
        for number, part in enumerate(parts):
            if number:
                out.append(quote.encode())
                inside, at_start = not inside, False
            if inside:
                out.append(part)
                continue
            if number == len(parts) - 1:  # a line break may follow the blanks at the end
                bare = part.rstrip(b" \r")
                part, held = bare, part[len(bare) :]
            text = _RUN.sub(b" ", part).replace(b" \r\n", b"\r\n").replace(b" \n", b"\n").replace(b"\n ", b"\n")
            if at_start:
                text = text.removeprefix(b" ")
            if text:
                out.append(text)
                at_start = text.endswith(b"\n")
        if done := b"".join(out):
            yield done
        held = held if b"\r" in held else held[:1]
    if held.strip(b" "):
        yield held.strip(b" ")
