"""Records at the end of a CSV file that are no data: notes and totals."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from tablee.datasets.reading import Decision, Reading, Reason
from tablee.tables.csv.dialect import Dialect
from tablee.tables.csv.escapes import without_escapes
from tablee.tables.csv.parsing import python_reader
from tablee.tables.csv.spaces import single_spaces
from tablee_data.readers.content import Source
from tablee_data.readers.detection.table_place import COMMENTS, VALUE

_NOTE = re.compile(
    r"\W*(?:sources?|notes?|quellen?|fuentes?|fonte|champ|lecture|légende|legend|hinweis|anmerkung|copyright|©|\(c\)|"
    r"last updated?|updated?|mise à jour|dernière mise|date d|generated|exporté|exported|extra[ci]t|remarques?|"
    r"\(?\d\)|[*¹²³]|data from|downloaded|stand:|métadonnées|rows? returned|\(?\d+ rows?)",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"\W*(?:grand |sous-|sub-?)?(?:totale?s?|totaux|sum|summe|somme|suma|gesamt|insgesamt|ensemble|all|total général|"
    r"total general|итого|всего|合计|總計|合計)\W*",
    re.IGNORECASE,
)
MOST_FOOTERS = 20
"""Records at the end that may be notes or totals."""


def detect_footers(source: Source, reading: Reading, width: int) -> Decision | None:
    """The records at the end of a file that are no data, as a decision; None if there are none.

    :param width: the number of columns.
    """
    end, whole = source.end()
    text = end.decode(reading.encoding, errors="replace").replace("\r\n", "\n").replace("\r", "\n").rstrip("\x1a")
    if not whole:
        text = text[text.find("\n") + 1 :]
    dialect = Dialect(reading.separator, reading.quote or ('"' if reading.escape else ""))
    if reading.separator == " ":
        text = b"".join(single_spaces(iter([text.encode()]), reading.quote)).decode()
    if reading.escape:
        text = b"".join(without_escapes(iter([text.encode()]), reading.separator, reading.quote)).decode()
    records, blank_before = _records(text, dialect, reading.skipped_lines if whole else 0)
    above = (reading.header + (reading.header and reading.units_row)) if whole else 0
    return footers(records[above:], width, blank_before[above:])


def _records(text: str, dialect: Dialect, skipped: int) -> tuple[list[list[str]], list[bool]]:
    """The records below the skipped lines, and whether a blank line is before each."""
    reader = python_reader(io.StringIO(text, newline=""), dialect, strict=False)
    records: list[list[str]] = []
    blank_before: list[bool] = []
    blank = False
    try:
        for cells in reader:
            if cells and reader.line_num > skipped:
                records.append(cells)
                blank_before.append(blank)
            blank = not cells
    except csv.Error:
        return [], []
    return records, blank_before


def footers(records: Sequence[Sequence[str]], width: int, blank_before: Sequence[bool]) -> Decision | None:
    """The records at the end of a file that are notes or totals, as a decision.

    :param records: the last of the file, without a header; at least one stays.
    :param blank_before: whether a blank line is before each.
    """
    count, total, noted, said = 0, False, False, []
    for at in range(len(records) - 1, max(len(records) - 1 - MOST_FOOTERS, 0), -1):
        record = records[at]
        filled = [cell.strip() for cell in record if cell.strip()]
        if width > 1 and len(filled) <= 1 and not total:
            text = filled[0] if filled else ""
            padded = len(record) == width
            is_note = not text or (not VALUE.fullmatch(text) and _explains(records, at, blank_before, text, padded))
            if not is_note:
                break
            count, noted = count + 1, noted or bool(text)
            said.append(text)
        elif width > 1 and len(record) == width and filled and _TOTAL.fullmatch(filled[0]) and _is_total(records, at):
            count, total = count + 1, True
            said.append(", ".join(filled))
        else:
            break
    if not any(said):
        return None
    return Decision(
        field="footer_rows",
        chosen=str(count),
        reason=Reason.TOTAL if total else Reason.FOOTER,
        facts={"count": count, "lines": " / ".join(text for text in reversed(said) if text)[:300]},
        alternatives=("0",),
        sure=False,
    )


def _explains(records: Sequence[Sequence[str]], at: int, blank_before: Sequence[bool], text: str, padded: bool) -> bool:
    """Whether the only filled cell of a record is a note: by its words, or because a blank line is above it."""
    if _NOTE.match(text) or text.startswith(COMMENTS):
        return True
    for above in range(at, max(at - MOST_FOOTERS, 0), -1):
        if len([cell for cell in records[above] if cell.strip()]) > 1:
            return False
        if blank_before[above] or not any(cell.strip() for cell in records[above - 1]):
            return True
    return padded and len(records[at]) > 2 and len(text.split()) > 3


def _is_total(records: Sequence[Sequence[str]], at: int) -> bool:
    """Whether a record is a total: its word is in no other record but those below, and it has a number."""
    word = next(cell for cell in records[at] if cell.strip()).strip().casefold()
    column = next(place for place, cell in enumerate(records[at]) if cell.strip())
    above = [record[column].strip().casefold() for record in records[:at] if column < len(record)]
    values = [cell for cell in records[at] if VALUE.fullmatch(cell.strip())]
    return bool(values) and word not in above
