"""Names of a table's columns: which names are allowed, and names for new columns."""

from __future__ import annotations

from collections.abc import Iterable

from tablee.errors import InvalidTable
from tablee.errors.cells import shorten
from tablee.i18n.message import Message

MAX_COLUMNS = 10_000
"""Most columns of a file that becomes a data set."""
RESERVED_PREFIX = "__"
"""Names of columns that the platform adds for its own use begin with this."""


def check_names(names: list[str], line: int | None, *, limit: int | None = None) -> list[str]:
    """The same names, if a table may have them.

    :param line: of the header, from 1; None if the file has no header line.
    :param limit: most columns; None for any number.
    :raises InvalidTable: too many names, an empty name, a repeated name, or a name that begins with `RESERVED_PREFIX`.
    """
    if limit is not None and len(names) > limit:
        expected = Message("expected.table.most_columns", {"limit": limit})
        raise InvalidTable("too_many_columns", columns=len(names), line=line, expected=expected)
    seen: set[str] = set()
    for position, name in enumerate(names, 1):
        if not name.strip():
            expected = Message("expected.table.column_name")
            raise InvalidTable("unnamed_column", line=line, column=str(position), expected=expected)
        brief = shorten(name)[1:-1]
        if name.startswith(RESERVED_PREFIX):
            raise InvalidTable("reserved_name", name=brief, line=line, column=name)
        if name in seen:
            expected = Message("expected.table.different_names")
            raise InvalidTable("repeated_name", name=brief, line=line, column=name, expected=expected)
        seen.add(name)
    return names


def unique_names(names: Iterable[str], taken: Iterable[str]) -> list[str]:
    """Names for new columns: each name, with `_1`, `_2` and so on at its end where it is taken.

    :param taken: names of the columns that the table has.
    """
    used, unique = set(taken), []
    for name in names:
        number, free = 0, name
        while free in used:
            number += 1
            free = f"{name}_{number}"
        used.add(free)
        unique.append(free)
    return unique
