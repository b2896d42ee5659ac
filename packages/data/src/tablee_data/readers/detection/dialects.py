"""Separator, quotes and the place of the table in a CSV file, found out from its beginning."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from tablee.datasets.reading import Corrections, Decision, Reason
from tablee.errors import InvalidRequest
from tablee.tables.csv.dialect import Dialect
from tablee.tables.csv.escapes import without_escapes
from tablee.tables.csv.parsing import python_reader
from tablee.tables.csv.spaces import single_spaces
from tablee_data.readers.detection.encodings import CONTROL_SEPARATORS
from tablee_data.readers.detection.headers import has_header, has_units_row
from tablee_data.readers.detection.table_place import TablePlace, lines_above, place

SAMPLE = 1 << 18
"""Characters at the beginning of the text that are looked at."""
RECORDS = 200
"""Records that are looked at."""
SEPARATORS = (",", ";", "\t", "|")
"""Those that are tried, the usual one first."""
RARE_SEPARATORS = (":", "^", "~", " ")
"""Those that are proposed where none of the others separates anything."""
SEPARATOR_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"} | {
    mark: repr(mark)[1:-1] for mark in CONTROL_SEPARATORS
}
CLOSE = 0.05
"""Another separator is an alternative if its score is at most this much lower."""
PLAUSIBLE = 0.5
"""A dialect is a possible reading if its score is higher."""
LOOSE = 0.3
"""How much a separator of another dialect counts against a cell if a blank follows it, as in prose; else 1."""
TAB = 2.0
"""How much a tab counts against a cell, or signs between numbers: texts have none."""
_PAIR = re.compile(r"\d;\d")
_LIST = re.compile(r"\d,[\d.]+,\d")
"""Three numbers with commas between: rather cells of their own."""
_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""The line that Excel writes above the header, and reads."""
_NUMBER = re.compile(r"(?<![\d,])[+-]?\d+(?:,\d{3})*(?:[.,]\d+)?(?![\d,])")
"""A number, whose comma is no separator."""
_FOREIGN = {mark: re.compile("[" + "".join(SEPARATORS).replace(mark, "") + "]( ?)") for mark in SEPARATORS}


@dataclass(frozen=True, slots=True)
class DetectedDialect:
    """How a file is to be parsed, and why."""

    separator: str
    quote: str
    header: bool
    decisions: tuple[Decision, ...]
    escape: str = ""
    skipped_lines: int = 0
    units_row: bool = False
    width: int = 0
    """The most frequent number of cells."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """The beginning of a file, parsed in one dialect."""

    dialect: Dialect
    escape: str
    records: list[list[str]]
    lines: list[int]
    """The line, from 1, that each record begins on."""
    place: TablePlace
    score: float
    """The share of the records that are the table, times the share of these with the most frequent number of cells,
    times the share of cells without other separators; from 0 to 1."""
    sound: bool
    """Whether no text follows a closing quote."""

    @property
    def width(self) -> int:
        """The most frequent number of cells."""
        return self.place.width

    @property
    def table(self) -> list[list[str]]:
        """The records of the table, with its header."""
        return self.records[self.place.begin : self.place.end]


def named_separator(text: str) -> tuple[str | None, int]:
    """The separator that a first line `sep=;` names, and the number of bytes of that line; None and 0 without one."""
    match = _SEP_LINE.match(text)
    return (match[1], len(match[0].encode())) if match else (None, 0)


def detect_dialect(sample: str, asked: Corrections) -> DetectedDialect:
    """The dialect in which the records are most even.

    :param sample: the beginning of the text, without a byte order mark.
    :param asked: what a person has decided already.
    :raises InvalidRequest: the separator that is asked for cannot be one.
    """
    named, length = named_separator(sample[:10])
    above = 1 if named else 0
    if asked.skipped_lines:
        above = asked.skipped_lines
        length = _end_of_line(sample, above)
    sample = sample[length:]
    given = asked.separator or named
    if given is not None and (not given.isascii() or given in '"\r\n\0'):
        raise InvalidRequest("not_a_separator", separator=given)
    separators = (given,) if given else (*SEPARATORS, *(mark for mark in CONTROL_SEPARATORS if mark in sample))
    candidates = _candidates(sample, separators, asked, above + 1)
    best = _best(candidates)
    others = _others(candidates, best)
    if best.width == 1 and not given:
        rare = _rare(best, _candidates(sample, RARE_SEPARATORS, asked, above + 1))
        readable = [each for each in rare if each.sound]
        if not best.sound and readable:
            best, rare = readable[0], readable[1:]
        others += rare
    decisions = [_separator_decision(best, others, named, asked)]
    if best.escape and asked.escape is None:
        decisions.append(Decision(field="escape", chosen=best.escape, reason=Reason.ESCAPED_QUOTES))
    skipped = asked.skipped_lines or 0
    if asked.skipped_lines is None and (taken := lines_above(best.records, best.place, best.lines)) is not None:
        skipped, decision = taken
        decisions.append(decision)
    header = asked.header
    if header is None:
        if best.place.row_names:
            header, reason, sure = True, Reason.ROW_NAMES, False
        else:
            units_row = bool(has_units_row(best.table))
            header, reason, sure = has_header(best.table[:1] + best.table[2:] if units_row else best.table)
        chosen, other = ("yes", "no") if header else ("no", "yes")
        rest = () if sure else (other,)
        decisions.append(Decision(field="header", chosen=chosen, reason=reason, alternatives=rest, sure=sure))
    units = asked.units_row or False
    if asked.units_row is None and header and (found := has_units_row(best.table)):
        units = True
        facts: dict[str, float | str] = {"cells": ", ".join(cell.strip() for cell in found if cell.strip())[:200]}
        decisions.append(
            Decision(
                field="units_row", chosen="yes", reason=Reason.UNITS, facts=facts, alternatives=("no",), sure=False
            )
        )
    return DetectedDialect(
        best.dialect.separator,
        best.dialect.quote,
        header,
        tuple(decisions),
        best.escape,
        skipped,
        units,
        best.width,
    )


def _end_of_line(text: str, number: int) -> int:
    """The position behind the line of that number, from 1."""
    end = 0
    for _ in range(number):
        end = text.find("\n", end) + 1 or len(text)
    return end


def _candidates(sample: str, separators: tuple[str, ...], asked: Corrections, line: int) -> list[_Candidate]:
    quotes = ('"', "'") if asked.quote is None else (asked.quote,)
    found = []
    for separator in separators:
        for quote in quotes:
            dialect = Dialect(separator, quote)
            candidate = _candidate(sample, dialect, asked.escape or "", line)
            if asked.escape is None and any(f"\\{mark}" in sample for mark in (quote, separator, "N") if mark):
                escaped = _candidate(sample, dialect, "\\", line)
                if separator == "\t" and any("\\N" in record for record in candidate.records):
                    escaped = replace(escaped, score=candidate.score + CLOSE)  # as databases write tables of texts
                mended = escaped.sound and not candidate.sound and escaped.score >= candidate.score - CLOSE
                candidate = escaped if mended or escaped.score > candidate.score else candidate
            found.append(candidate)
    return found


def _candidate(sample: str, dialect: Dialect, escape: str, line: int) -> _Candidate:
    if dialect.separator == " ":
        sample = b"".join(single_spaces(iter([sample.encode()]), dialect.quote)).decode()
    if escape:
        sample = b"".join(without_escapes(iter([sample.encode()]), dialect.separator, dialect.quote)).decode()
    parsed = dialect if dialect.quote or not escape else Dialect(dialect.separator)
    records, lines = _records(sample, parsed, line)
    found = place(records, lines, rows=RECORDS)
    cells = [cell for record in records[found.begin : found.end] for cell in record]
    against = sum(_foreign(cell, dialect) for cell in cells)
    inside = (found.end - found.begin) / max(len(records), 1)
    score = inside * found.even * max(1 - against / len(cells), 0) if cells else 0.0
    return _Candidate(dialect, escape, records, lines, found, score, _sound(sample, parsed))


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


def _sound(sample: str, dialect: Dialect) -> bool:
    if not dialect.quote or dialect.quote not in sample:
        return True
    reader = python_reader(io.StringIO(sample, newline=""), dialect, strict=True)
    try:
        for _ in islice(reader, RECORDS):
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)  # the sample may end within a cell
    return True


def _foreign(cell: str, dialect: Dialect) -> float:
    """How much other separators speak against the cell."""
    pattern = _FOREIGN.get(dialect.separator, _ANY)
    if pattern.search(cell) is None and '"' not in cell:
        return 0.0
    if dialect.separator != ",":
        cell = _NUMBER.sub("", cell)
        if _LIST.search(cell):
            return TAB
    if ("\t" in cell and dialect.separator != "\t") or _PAIR.search(cell):
        return TAB
    if dialect.quote != '"' and cell.strip()[:1] == '"':
        return 1.0
    return max((LOOSE if blank else 1.0 for blank in pattern.findall(cell)), default=0.0)


_ANY = re.compile("[" + "".join(SEPARATORS) + "]( ?)")


def _best(candidates: list[_Candidate]) -> _Candidate:
    """The candidate with the best score among those that split the records; if none does, one of one column."""
    splitting = [each for each in candidates if each.width > 1 and each.score > 0]
    if splitting:
        # an apostrophe is a quote only where it gives a better score
        return max(splitting, key=lambda each: (round(each.score, 3), each.dialect.quote == '"', each.width))
    whole = [each for each in candidates if each.width == 1]
    return max(whole or candidates, key=lambda each: (each.score == 1.0, each.score, each.dialect.quote == '"'))


def _others(candidates: list[_Candidate], best: _Candidate) -> list[_Candidate]:
    """Candidates with another separator that give a table, too."""
    return [
        each
        for each in candidates
        if each.dialect.separator != best.dialect.separator
        and each.width > 1
        and (each.score > PLAUSIBLE or 0 < best.score <= each.score + CLOSE)
    ]


def _separator_decision(best: _Candidate, others: list[_Candidate], named: str | None, asked: Corrections) -> Decision:
    facts: dict[str, float | str] = {}
    if asked.separator:
        reason = Reason.ASKED
    elif named:
        reason = Reason.NAMED
    elif best.width <= 1:
        reason = Reason.ALIGNED if not others and _is_aligned(best.table) else Reason.ONE_COLUMN
    else:
        reason, facts = Reason.EVEN, {"share": best.place.even, "cells": best.width}
    rest = tuple(dict.fromkeys(_name(each) for each in others))
    possible = any(each.score >= best.score - CLOSE or each.place.even == 1 for each in others)
    examples = {}
    if rest and best.table:
        examples = {_name(each): " ¦ ".join(each.table[-1])[:200] for each in reversed([best, *others]) if each.table}
    return Decision(
        field="separator",
        chosen=_name(best),
        reason=reason,
        facts=facts,
        alternatives=rest,
        examples=examples,
        sure=bool(asked.separator or named) or (best.width > 1 and not possible),
    )


def _rare(whole: _Candidate, candidates: list[_Candidate]) -> list[_Candidate]:
    """Candidates with a rare separator that give a table. Blanks, which texts have, have to do so in all lines, with a
    name for each cell if the lines are aligned.

    :param whole: the candidate of one column.
    """
    is_aligned = _is_aligned(whole.table)
    return [
        each
        for each in candidates
        if each.width > 1
        and each.place.even == 1
        and len(each.table) > 1
        and (each.dialect.separator != " " or len(each.table) == len(each.records))
        and not (is_aligned and each.place.row_names)
    ]


def _is_aligned(table: list[list[str]]) -> bool:
    """Whether each line has several cells with at least two blanks between them, as many as the others have."""
    widths = {len(_GAP.split(",".join(record).strip())) for record in table}
    return len(table) > 1 and len(widths) == 1 and widths != {1}


_GAP = re.compile(" {2,}")


def _name(candidate: _Candidate) -> str:
    separator = candidate.dialect.separator
    return SEPARATOR_NAMES.get(separator, separator)
