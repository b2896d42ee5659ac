"""The dialects in which the beginning of a CSV file may be read, and how well each fits."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from tablee.datasets.reading import Corrections, Quote
from tablee.tables.csv.dialect import Dialect
from tablee.tables.csv.parsing import python_reader
from tablee.tables.csv.rewriting import rewritten_text
from tablee_data.readers.detection.notes import is_spaced
from tablee_data.readers.detection.table_place import TablePlace, place

RECORDS = 200
"""Records that are looked at."""
SEPARATORS = (",", ";", "\t", "|")
"""Those that are tried, the usual one first."""
CLOSE = 0.05
"""A score is close to a higher one if it is at most this much lower."""
_LOOSE = 0.3
"""How much a separator of another dialect counts against a cell if a blank follows it, as in prose; else 1."""
_MUCH = 2.0
"""How much a tab counts against a cell, or signs between numbers: texts have none."""
_PAIR = re.compile(r"\d;\d")
_LIST = re.compile(r"\d,[\d.]+,\d")
"""Three numbers with commas between: rather cells of their own."""
_NUMBER = re.compile(r"(?<![\d,])[+-]?\d+(?:,\d{3})*(?:[.,]\d+)?(?![\d,])")
"""A number, whose comma is no separator."""
_ANY = re.compile("[" + "".join(SEPARATORS) + "]( ?)")
_FOREIGN = {mark: re.compile("[" + "".join(SEPARATORS).replace(mark, "") + "]( ?)") for mark in SEPARATORS}
_COMMENTS = frozenset("#%*!")
"""Signs of comments that are one character."""
_FRAME = re.compile(r"\+(?:[-=]+\+)+")
"""A line around the rows of a table that a program draws."""
_NULL = "\\N"
"""How databases write a missing value, where they escape signs by backslashes."""
_ESCAPED = re.compile(r"""\\[ntr\\"']""")
"""What stands for one sign where backslashes escape signs."""
_ESCAPED_QUOTE = re.compile(r"""\\["']""")
"""As `_ESCAPED`, and hardly ever written otherwise."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a file, without lines that are left out."""

    text: str
    line: int
    """The line of the file, from 1, that it begins on."""
    whole: bool
    """Whether it is the whole file."""
    asked: Corrections


@dataclass(frozen=True, slots=True)
class Candidate:
    """The beginning of a file, parsed in one dialect."""

    separator: str
    quote: Quote
    escape: str
    records: list[list[str]]
    lines: list[int]
    """The line, from 1, that each record begins on."""
    place: TablePlace
    score: float
    """The share of the records that are the table, times the share of these with the most frequent number of cells,
    times the share of cells without other separators; from 0 to 1."""
    sound: bool
    """Whether no text follows a closing quote, and every quote is closed."""
    comments: tuple[str, ...] = ()
    """The first cells of records between the others that are comments; all begin with the same sign."""
    escaped: tuple[str, str] | None = None
    """A cell that means something else where backslashes escape signs: without escapes, and with them. None if only one
    of both can be right."""

    @property
    def sign(self) -> str:
        """The quote without a blank."""
        return self.quote.strip()

    @property
    def width(self) -> int:
        """The most frequent number of cells."""
        return self.place.width

    @property
    def table(self) -> list[list[str]]:
        """The records of the table, with its header."""
        return self.records[self.place.begin : self.place.end]

    @property
    def fits(self) -> bool:
        """Whether all records of the table can be read."""
        return self.sound and self.place.even == 1

    def covers(self, other: Candidate) -> bool:
        """Whether this table has all records of the other one, and its header is above them: the other one leaves that
        line out. A title, with a blank behind its commas, is no header."""
        if not self.fits or self.width < 2 or self.place.row_names or not other.table:
            return False
        if is_spaced(self.table[0]) and not is_spaced(self.table[-1]):
            return False
        begin, end = self.lines[self.place.begin], self.lines[self.place.end - 1]
        return begin < other.lines[other.place.begin] and end >= other.lines[other.place.end - 1]


def candidates(sample: Sample, separators: tuple[str, ...]) -> list[Candidate]:
    """The beginning of a file in each dialect that may be its own."""
    asked, text = sample.asked.quote, sample.text
    quotes: list[Quote] = ['"'] if asked is None else [asked]
    if asked is None and "'" in text:
        quotes.append("'")
    found = []
    for separator in separators:
        tried = [_escaped_or_not(sample, separator, quote) for quote in quotes]
        if asked is None and '"' in text:
            plain = _candidate(sample, separator, "", sample.asked.escape or "")
            if tried[0].fits and _quotes(plain):
                del tried[1:]  # they split cells that are between quotes
            elif separator == "\t" and not tried[0].sound and plain.fits and not _quotes(plain):
                tried = [plain]  # quotes are usual characters in many such files
        if asked is None and f'{separator} "' in text:
            padded = _escaped_or_not(sample, separator, ' "')
            if padded.fits and padded.records != tried[0].records:
                tried.insert(0, padded)
        found += tried
    return found


def _quotes(plain: Candidate) -> bool:
    """Whether some cell, parsed without quotes, begins with a quote, and some one ends with a quote."""
    cells = [cell.strip() for record in plain.records for cell in record]
    return any(cell[:1] == '"' for cell in cells) and any(cell[-1:] == '"' for cell in cells)


def _escaped_or_not(sample: Sample, separator: str, quote: Quote) -> Candidate:
    plain = _candidate(sample, separator, quote, sample.asked.escape or "")
    marks = (quote.strip(), separator, "N")
    if sample.asked.escape is not None or not any(f"\\{mark}" in sample.text for mark in marks if mark):
        return plain
    escaped = _candidate(sample, separator, quote, "\\")
    mended = escaped.sound and not plain.sound and escaped.score >= plain.score - CLOSE
    if mended or escaped.score > plain.score:
        return escaped
    if separator != "\t" or not escaped.fits or not any(_NULL in record for record in plain.records):
        return plain
    pairs = zip(plain.records, escaped.records, strict=False)
    changed = [
        (cell, other)
        for record, others in pairs
        for cell, other in zip(record, others, strict=False)
        if cell != _NULL and _ESCAPED.search(cell)
    ]
    if not changed:
        return plain
    chosen = escaped if any(_ESCAPED_QUOTE.search(cell) for cell, _ in changed) else plain
    return replace(chosen, escaped=changed[0])


def _candidate(sample: Sample, separator: str, quote: Quote, escape: str) -> Candidate:
    text, dialect = rewritten_text(sample.text, separator, quote, escape)
    records, lines = _records(text, dialect, sample.line)
    found = place(records, lines, rows=RECORDS)
    sign = _sign_of_comments(records, found) if sample.asked.comment is None else sample.asked.comment
    comments = tuple(record[0] for record in records if sign and record[0].startswith(sign))
    if comments:
        kept = [at for at, record in enumerate(records) if not record[0].startswith(sign)]
        records, lines = [records[at] for at in kept], [lines[at] for at in kept]
        found = place(records, lines, rows=RECORDS)
    cells = [cell for record in records[found.begin : found.end] for cell in record]
    against = sum(_foreign(cell, separator, quote.strip()) for cell in cells)
    inside = (found.end - found.begin) / max(len(records), 1)
    score = inside * found.even * max(1 - against / len(cells), 0) if cells else 0.0
    sound = _sound(text, dialect, whole=sample.whole)
    return Candidate(separator, quote, escape, records, lines, found, score, sound, comments)


def _sign_of_comments(records: list[list[str]], found: TablePlace) -> str:
    """The sign of comments that all records of the table with another number of cells begin with, and no others; empty
    if there is none."""
    table = records[found.begin : found.end]
    lines = [record[0] for record in table if len(record) != found.width]
    signs = {line[:1] for line in lines}
    known = signs < _COMMENTS or all(map(_FRAME.fullmatch, lines))
    if found.width < 2 or found.row_names or len(signs) != 1 or not known:
        return ""
    sign = signs.pop()
    return "" if any(record[0].startswith(sign) for record in table if len(record) == found.width) else sign


def _records(sample: str, dialect: Dialect, line: int) -> tuple[list[list[str]], list[int]]:
    """The first records with cells, and the line that each begins on."""
    reader = python_reader(io.StringIO(sample, newline=""), dialect, strict=False)

    def found() -> Iterator[tuple[int, list[str]]]:
        before = 0
        for cells in reader:
            if cells:
                yield line + before, cells
            before = reader.line_num

    try:
        rows = list(islice(found(), RECORDS + 1))
    except csv.Error:
        return [], []
    if len(rows) > RECORDS or (len(rows) > 1 and not sample.endswith(("\n", "\r"))):
        rows = rows[:-1]  # the sample may end within the last one
    return [cells for _, cells in rows], [at for at, _ in rows]


def _sound(sample: str, dialect: Dialect, *, whole: bool) -> bool:
    if not dialect.quote or dialect.quote not in sample:
        return True
    reader = python_reader(io.StringIO(sample, newline=""), dialect, strict=True)
    try:
        for _ in islice(reader, RECORDS):
            pass
    except csv.Error as error:
        return not whole and "unexpected end of data" in str(error)  # the sample may end within a cell
    return True


def _foreign(cell: str, separator: str, quote: str) -> float:
    """How much other separators speak against the cell."""
    pattern = _FOREIGN.get(separator, _ANY)
    if pattern.search(cell) is None and '"' not in cell:
        return 0.0
    if separator != ",":
        cell = _NUMBER.sub("", cell)
        if _LIST.search(cell):
            return _MUCH
    if ("\t" in cell and separator != "\t") or _PAIR.search(cell):
        return _MUCH
    if quote != '"' and cell.strip()[:1] == '"':
        return 1.0
    return max((_LOOSE if blank else 1.0 for blank in pattern.findall(cell)), default=0.0)
