"""Date formats as people write them, such as `dd/mm/yyyy` or `jj/mm/aaaa`, in the notation of strptime."""

from __future__ import annotations

import re
from typing import Final

from tablee.errors import InvalidRequest

_DIRECTIVES: Final = {
    **dict.fromkeys(("d", "dd", "j", "jj"), "%d"),
    **dict.fromkeys(("m", "mm"), "%m"),
    "mmm": "%b",
    "mmmm": "%B",
    **dict.fromkeys(("yyyy", "aaaa"), "%Y"),
    **dict.fromkeys(("yy", "aa"), "%y"),
    **dict.fromkeys(("h", "hh"), "%H"),
    **dict.fromkeys(("s", "ss"), "%S"),
}
"""By a run of one letter: what strptime calls it."""
_WORDS: Final = {"month": "%B", "mois": "%B", "am/pm": "%p", ".f": "%.f", "hhh": "%Hh"}
"""Parts of formats as sentences of the platform name them."""
_RUN: Final = re.compile(r"(t)(?=h)|month|mois|am/pm|\.f|([^\W\d_])\2*|.", re.DOTALL)
"""Matches one letter, however often it is there, a word, or another sign."""


def directives(written: str) -> str:
    """A date format in the notation of strptime. One in letters is translated: `m` and `mm` behind hours are minutes.
    What is neither stays as it is."""
    if "%" in written:
        return written
    found: list[str] = []
    for run in _RUN.finditer(written.strip().lower()):
        text = run[0]
        if text in _WORDS:
            found.append(_WORDS[text])
        elif not text[0].isalpha() or run[1]:
            found.append(text.upper())
        elif text in ("m", "mm") and {"%H", "%Hh"} & {*found} and "%M" not in found:
            found.append("%M")
        elif text in _DIRECTIVES:
            found.append(_DIRECTIVES[text])
        else:
            return written
    return "".join(found)


def check_year(pattern: str) -> None:
    """
    :raises InvalidRequest: a date format has no year; it would be no date of any cell.
    """
    if "%Y" not in pattern and "%y" not in pattern:
        raise InvalidRequest("date_format_without_year", format=pattern, hint="date_format")
