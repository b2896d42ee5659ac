"""Names of a table's columns: put in order when a file is read, checked, and made for new columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from tablee.errors import InvalidTable
from tablee.errors.cells import shorten
from tablee.i18n.message import Message

MAX_COLUMNS = 10_000
"""Most columns of a file that becomes a data set."""
MAX_NAME = 300
"""Characters of the longest name that every part of the platform takes."""
RESERVED = re.compile(r"__(?:score_\d+|target|hash|row|rows|count)")
"""Names of columns that the platform adds for its own use."""
_BLANKS = re.compile(r"[ \u00a0]*[\t\n\v\f\r\u0085\u2028\u2029][\s\u00a0]*")
"""A line break or a tab, with the blanks around it."""
_UNSEEN = ("Cc", "Cf")
"""Unicode categories of characters that nobody sees."""
_JOINERS = "\u200c\u200d"
"""They change how their neighbours look, as in Persian words and in pictures of several persons."""

_SIMILAR = 0.75
"""Share of letters that a near name has in common with another one, from 0 to 1."""
_COMPARED = 200
"""Most names that are compared letter by letter."""


def clean_name(name: str) -> str:
    """A name without blanks at its ends and without invisible characters; line breaks and tabs inside are a space;
    letters are composed (NFC)."""
    spaced = _BLANKS.sub(" ", name)
    shown = "".join(sign for sign in spaced if sign in _JOINERS or unicodedata.category(sign) not in _UNSEEN)
    while shown != (stripped := shown.strip().strip(_JOINERS)):
        shown = stripped
    return unicodedata.normalize("NFC", shown)


def ordered_names(names: Sequence[str]) -> tuple[list[str], Mapping[int, str]]:
    """The names that columns are given: cleaned; `column_3` for the third if it has none; `amount_2` for the second
    `amount`. Also the names as they were, by position from 0, where they differ."""
    cleaned = [clean_name(name) for name in names]
    own = set(cleaned)
    used: set[str] = set()
    given = []
    for at, name in enumerate(cleaned):
        free, number = name or f"column_{at + 1}", 1
        base = free
        while free in used or (free in own and free != name):
            number += 1
            free = f"{base}_{number}"
        used.add(free)
        given.append(free)
    return given, {at: names[at] for at in range(len(names)) if names[at] != given[at]}


def check_names(names: list[str], line: int | None, *, limit: int | None = None) -> list[str]:
    """The same names, if a table may have them.

    :param line: of the header, from 1; None if the file has no header line.
    :param limit: most columns; None for any number.
    :raises InvalidTable: too many names, an empty, a repeated or a very long name, or one of the platform's own
        (`RESERVED`).
    """
    if limit is not None and len(names) > limit:
        expected = Message("expected.table.most_columns", {"limit": limit})
        raise InvalidTable("too_many_columns", columns=len(names), line=line, expected=expected)
    seen: set[str] = set()
    for position, name in enumerate(names, 1):
        if not name.strip():
            expected = Message("expected.table.column_name")
            raise InvalidTable("unnamed_column", line=line, column=str(position), expected=expected)
        brief = str(shorten(name))
        if RESERVED.fullmatch(name):
            raise InvalidTable("reserved_name", name=brief, line=line, column=name)
        if len(name) > MAX_NAME:
            raise InvalidTable("long_name", name=brief, limit=MAX_NAME, line=line, column=brief)
        if name in seen:
            expected = Message("expected.table.different_names")
            raise InvalidTable("repeated_name", name=brief, line=line, column=name, expected=expected)
        seen.add(name)
    return names


def near(name: str, names: Iterable[str]) -> dict[str, str]:
    """The fact `near` of an error about a column that does not exist: the name that is nearly the same. Case, accents,
    blanks and signs do not count; where no such name is there, one with a few other letters is near, too. Empty if no
    name is near."""
    others = [each for each in names if each != name]
    bare = _bare(name)
    if bare and (same := next((each for each in others if _bare(each) == bare), None)) is not None:
        return {"near": same}
    by_bare = {_bare(each): each for each in others[:_COMPARED]}
    close = get_close_matches(bare, [each for each in by_bare if each], n=1, cutoff=_SIMILAR) if bare else []
    return {"near": by_bare[close[0]]} if close else {}


def _bare(name: str) -> str:
    """The letters and digits of a name, in lower case and without accents."""
    return "".join(each for each in unicodedata.normalize("NFKD", name).casefold() if each.isalnum())


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
