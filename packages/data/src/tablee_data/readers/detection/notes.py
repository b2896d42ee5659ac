"""Notes below a table: sources, remarks, numbers of rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

COMMENTS = ("#", "//", "%", "--", "*", "!")
"""Signs that begin a comment."""
VALUE = re.compile(r"[+-]?[.,\s]*+\d[\d.,\s%]*+")
"""A number, roughly."""
MOST_FOOTERS = 20
"""Records at the end that may be notes or totals."""
_NOTE = re.compile(
    r"\W*(?:sources?|notes?|quellen?|fuentes?|fonte|champ|lecture|légende|legend|hinweis|anmerkung|copyright|©|\(c\)|"
    r"last updated?|updated?|mise à jour|dernière mise|date d|generated|exporté|exported|extra[ci]t|remarques?|"
    r"\(?\d\)|[*¹²³]|data from|downloaded|stand:|métadonnées|rows? returned|\(?\d+ rows?)",
    re.IGNORECASE,
)
_RULE = re.compile(r"[-_=*~.]{3,}")
"""A line between the table and its notes."""


def is_spaced(record: Sequence[str]) -> bool:
    """Whether a blank follows each separator, as in sentences."""
    return len(record) > 1 and all(cell.startswith(" ") and cell.strip() for cell in record[1:])


def notes_at_end(records: Sequence[Sequence[str]], width: int, blank_before: Sequence[bool]) -> int:
    """The number of records at the end that are notes; at least one record stays.

    :param width: the number of columns.
    :param blank_before: whether a blank line is before each record.
    """
    if width < 2:
        return 0
    sentences = 2 * sum(map(is_spaced, records)) < len(records)
    count = 0
    for at in range(len(records) - 1, max(len(records) - 1 - MOST_FOOTERS, 0), -1):
        if not _is_note(records, at, blank_before, sentences):
            break
        count += 1
    return count


def _is_note(records: Sequence[Sequence[str]], at: int, blank_before: Sequence[bool], sentences: bool) -> bool:
    """:param sentences: whether a record with a blank behind each separator is a sentence."""
    record = records[at]
    filled = [cell.strip() for cell in record if cell.strip()]
    if not filled:
        return True
    named = _NOTE.match(filled[0]) is not None or filled[0].startswith(COMMENTS)
    if len(filled) > 1:
        spaced = sentences and is_spaced(record)
        return spaced and (named or _is_below_blank(records, at, blank_before, sentences))
    text = filled[0]
    if VALUE.fullmatch(text):
        return False
    return named or bool(_RULE.fullmatch(text)) or _is_below_blank(records, at, blank_before, sentences)


def _is_below_blank(records: Sequence[Sequence[str]], at: int, blank_before: Sequence[bool], sentences: bool) -> bool:
    """Whether an empty line is above, and only sentences are between."""
    for above in range(at, max(at - MOST_FOOTERS, 0), -1):
        record = records[above]
        if sum(bool(cell.strip()) for cell in record) > 1 and not (sentences and is_spaced(record)):
            return False
        if blank_before[above] or not any(cell.strip() for cell in records[above - 1]):
            return True
    return False
