"""Records at the end of a CSV file that are no data: notes and totals."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from tablee.datasets.reading import Decision, Reading, Reason
from tablee.tables.csv.dialect import Dialect
from tablee.tables.csv.parsing import python_reader
from tablee.tables.csv.rewriting import rewritten_text
from tablee_data.readers.content import Source
from tablee_data.readers.detection.notes import MOST_FOOTERS, VALUE, notes_at_end

_TOTAL = re.compile(
    r"\W*(?:grand |sous-|sub-?)?(?:totale?s?|totaux|sum|summe|somme|suma|gesamt|insgesamt|ensemble|all|total général|"
    r"moyennes?(?: générales?)?|average|mittelwert|durchschnitt|promedio|gemiddelde|"
    r"total general|razem|ogółem|toplam|σύνολο|celkem|összesen|totaal|yhteensä|ukupno|итого|всего|合计|總計|合計|합계)"
    r"\W*",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?")
MANY = 4
"""Addends from which on a sum is no chance."""


def detect_footers(source: Source, reading: Reading, width: int) -> Decision | None:
    """The records at the end of a file that are no data, as a decision; None if there are none.

    :param width: the number of columns.
    """
    end, whole = source.end()
    text = end.decode(reading.encoding, errors="replace").replace("\r\n", "\n").replace("\r", "\n").rstrip("\x1a")
    if not whole:
        text = text[text.find("\n") + 1 :]
    text, dialect = rewritten_text(text, reading.separator, reading.quote, reading.escape)
    records, blank_before = _records(text, dialect, reading.skipped_lines if whole else 0, reading.comment)
    above = (reading.header + (reading.header and reading.units_row)) if whole else 0
    return footers(records[above:], width, blank_before[above:])


def _records(text: str, dialect: Dialect, skipped: int, comment: str) -> tuple[list[list[str]], list[bool]]:
    """The records below the skipped lines that are no comments, and whether a blank line is before each."""
    reader = python_reader(io.StringIO(text, newline=""), dialect, strict=False)
    records: list[list[str]] = []
    blank_before: list[bool] = []
    blank = False
    try:
        for cells in reader:
            if cells and comment and cells[0].startswith(comment):
                continue
            filled = any(map(str.strip, cells)) or len(cells) == 1
            if filled and reader.line_num > skipped:
                records.append(cells)
                blank_before.append(blank)
            blank = not filled
    except csv.Error:
        return [], []
    return records, blank_before


def footers(records: Sequence[Sequence[str]], width: int, blank_before: Sequence[bool]) -> Decision | None:
    """The records at the end of a file that are notes or totals, as a decision. It is sure if none of them has as many
    cells as a row. A record that looks like a total by its numbers alone stays, unless that is no chance.

    :param records: the last of the file, without a header; at least one stays.
    :param blank_before: whether a blank line is before each.
    """
    notes = notes_at_end(records, width, blank_before)
    rows = records[: len(records) - notes]
    totals = 0
    while len(rows) - totals > 1 and totals < MOST_FOOTERS and _is_named_total(rows[: len(rows) - totals], width):
        totals += 1
    certain: bool | None = True
    if not totals and (certain := _is_total(rows, width)) is not None:
        totals = 1
    said = [", ".join(cell.strip() for cell in record if cell.strip()) for record in records[len(rows) - totals :]]
    if not any(said):
        return None
    count = notes + totals
    chosen = count if certain or not totals else notes
    unreadable = max((at for at in range(1, notes + 1) if len(records[-at]) != width), default=0)
    rest = tuple(str(each) for each in dict.fromkeys((unreadable, count)) if each != chosen)
    return Decision(
        field="footer_rows",
        chosen=str(chosen),
        reason=Reason.FOOTER if not totals else Reason.TOTAL if certain else Reason.MAYBE_TOTAL,
        facts={"count": count, "lines": " / ".join(text for text in said if text)[:300]},
        alternatives=rest,
        sure=not rest,
    )


def _is_named_total(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether the last row is a total by its word, which is in no other row, and has a number."""
    label = _label(rows, width)
    return label is not None and _TOTAL.fullmatch(label) is not None


def _is_total(rows: Sequence[Sequence[str]], width: int) -> bool | None:
    """Whether the last row looks like a total in any language, as its numbers are the sums of their columns, or half of
    its cells are empty; None if it does not, False if that may be chance."""
    label = _label(rows, width) if len(rows) > 2 else None
    if label is None or any(map(str.isdigit, label)):
        return None
    *above, last = rows
    above = [row for row in above if len(row) == width]
    numbers = [at for at, cell in enumerate(last) if VALUE.fullmatch(cell.strip())]
    sums = [_addends([row[at] for row in above], last[at]) for at in numbers]
    found = [count for count in sums if count > 1]
    if 2 * len(found) > len(numbers):
        return len(found) > 1 or found[0] >= MANY
    empty = [at for at, cell in enumerate(last) if not cell.strip()]
    if 2 * len(empty) >= width and all(row[at].strip() for row in above for at in empty):
        return False
    return None


def _label(rows: Sequence[Sequence[str]], width: int) -> str | None:
    """The first cell of the last row if it is a word that its column has in no other row, and the row has a number."""
    last = rows[-1]
    at = next((at for at, cell in enumerate(last) if cell.strip()), None)
    if width < 2 or len(last) != width or at is None or VALUE.fullmatch(last[at].strip()):
        return None
    label = last[at].strip()
    above = [row[at].strip().casefold() for row in rows[:-1] if at < len(row)]
    has_number = any(VALUE.fullmatch(cell.strip()) for cell in last)
    return label if has_number and label.casefold() not in above else None


def _addends(cells: Sequence[str], total: str) -> int:
    """The number of cells that are not zero if all of them are numbers, in one format, and their sum is the total; 0 if
    not, or if they rise evenly, such as 1, 2, 3."""
    for decimal, thousands in ((".", ","), (",", ".")):
        numbers = [_number(cell, decimal, thousands) for cell in (*cells, total)]
        known = [number for number in numbers if number is not None]
        if len(known) == len(numbers) and sum(known[:-1]) == known[-1]:
            evenly = len({after - before for before, after in pairwise(known)}) == 1
            return 0 if evenly else sum(number != 0 for number in known[:-1])
    return 0


def _number(cell: str, decimal: str, thousands: str) -> Decimal | None:
    """The number in a cell; 0 if it is empty, None if it has no number of that format."""
    plain = "".join(cell.split()).replace(thousands, "").replace(decimal, ".")
    if not plain:
        return Decimal(0)
    return Decimal(plain) if _PLAIN.fullmatch(plain) else None
