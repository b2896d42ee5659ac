"""A single text as a date, for the common formats: the same as `dates.parse_known` gives, in a fiftieth of the time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from tablee.tables.cells.cell_format import DateFormat
from tablee.tables.cells.dates import PATTERNS, TOKEN

_PARTS: Final = (set("Ymd"), set("YmdHM"), set("YmdHMS"))
_ISO: Final = (
    re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})"),
    re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})"),
)


def plain_reader(date_format: DateFormat | None) -> Callable[[str], str | None]:
    """A function that gives the date of a text in ISO 8601, or None for a text that is left to `dates.parse_known`.

    :param date_format: of the column; None for ISO 8601 alone.
    """
    own = None if date_format is None else _expression(date_format.pattern)
    if own is None and date_format is not None:
        return lambda text: None

    def read(text: str) -> str | None:
        if own is not None and (found := own.fullmatch(text)) is not None:
            parts = found.groupdict()
            return _iso(*[int(parts[name]) for name in "YmdHMS" if name in parts])
        for expression in _ISO:
            if (found := expression.fullmatch(text)) is not None:
                return _iso(*map(int, found.groups()))
        return None

    return read


def _iso(*parts: int) -> str | None:
    try:
        return date(*parts).isoformat() if len(parts) == 3 else datetime(*parts).isoformat()  # type: ignore[arg-type]
    except ValueError:  # no such day
        return None


def _expression(pattern: str) -> re.Pattern[str] | None:
    """The regular expression of a format that has digits only, with signs between them; None for another one."""
    tokens = TOKEN.findall(pattern)
    directives = [token[1:] for token in tokens if token.startswith("%")]
    beside = any(first.startswith("%") and second.startswith("%") for first, second in pairwise(tokens))
    if beside or len(set(directives)) < len(directives) or set(directives) not in _PARTS:
        return None
    return re.compile(
        "".join(f"(?P<{token[1]}>{PATTERNS[token]})" if token[0] == "%" else re.escape(token) for token in tokens)
    )
