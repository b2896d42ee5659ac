"""Separator, quote and header of a CSV file, found out from its beginning."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from itertools import islice

from tablee.datasets.reading import Corrections, Decision, Reason
from tablee.tables.cells.missing_markers import AMONG_NUMBERS, USUAL
from tablee.tables.csv.dialect import Dialect
from tablee.tables.csv.parsing import python_reader
from tablee_data.inference.dates import LOOKS_LIKE_DATE
from tablee_data.inference.numbers import LOOKS_LIKE_NUMBER

SAMPLE = 1 << 18
"""Characters at the beginning of the text that are looked at."""
RECORDS = 200
"""Records that are looked at."""
SEPARATORS = (",", ";", "\t", "|")
"""Those that are tried, the usual one first."""
SEPARATOR_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
CLOSE = 0.05
"""Another separator is an alternative if its score is at most this much lower."""
_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""The line that Excel writes above the header, and reads."""
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class DetectedDialect:
    """How a file is to be parsed, and why."""

    separator: str
    quote: str
    header: bool
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """The beginning of a file, parsed in one dialect."""

    dialect: Dialect
    records: list[list[str]]
    score: float
    """The share of records with the most frequent number of cells, times the share of cells without another of the
    semicolon, tab and bar; from 0 to 1."""
    width: int
    """The most frequent number of cells."""


def named_separator(text: str) -> tuple[str | None, int]:
    """The separator that a first line `sep=;` names, and the number of bytes of that line; None and 0 without one."""
    match = _SEP_LINE.match(text)
    return (match[1], len(match[0].encode())) if match else (None, 0)


def detect_dialect(sample: str, asked: Corrections) -> DetectedDialect:
    """The dialect in which the records are most even.

    :param sample: the beginning of the text, without a byte order mark.
    :param asked: what a person has decided already.
    """
    named, skipped = named_separator(sample[:10])
    sample = sample[skipped:]
    given = asked.separator or named
    separators = (given,) if given else SEPARATORS
    quotes = ('"', "'") if asked.quote is None else (asked.quote,)
    candidates = [_candidate(sample, Dialect(separator, quote)) for separator in separators for quote in quotes]
    best = _best(candidates)
    separator = best.dialect.separator
    others = [each for each in candidates if each.width > 1 and each.score > 0.5]
    others = [each for each in others if each.dialect.separator != separator]
    decisions = [_separator_decision(best, others, named, asked)]
    header = asked.header
    if header is None:
        header, reason, sure = has_header(best.records)
        decisions.append(Decision(field="header", chosen="yes" if header else "no", reason=reason, sure=sure))
    return DetectedDialect(separator, best.dialect.quote, header, tuple(decisions))


def _candidate(sample: str, dialect: Dialect) -> _Candidate:
    reader = python_reader(io.StringIO(sample, newline=""), dialect, strict=False)
    records = list(islice((cells for cells in reader if cells), RECORDS + 1))
    if len(records) > RECORDS or (len(records) > 1 and not sample.endswith(("\n", "\r"))):
        records = records[:-1]  # the sample may end within the last one
    if not records:
        return _Candidate(dialect, [], 0.0, 0)
    widths = [len(cells) for cells in records]
    width = max(set(widths), key=lambda width: (widths.count(width), width))
    even = widths.count(width) / len(widths)
    foreign = [mark for mark in SEPARATORS[1:] if mark != dialect.separator]
    cells = [cell for record in records for cell in record]
    clean = 1 - sum(any(mark in cell for mark in foreign) for cell in cells) / len(cells)
    return _Candidate(dialect, records, even * clean, width)


def _best(candidates: list[_Candidate]) -> _Candidate:
    """The candidate with the best score among those that split the first record; if none does, one of one column."""
    splitting = [each for each in candidates if each.records and len(each.records[0]) > 1]
    if splitting:
        # an apostrophe is a quote only where it gives a better score
        return max(splitting, key=lambda each: (round(each.score, 3), each.dialect.quote == '"', each.width))
    whole = [each for each in candidates if each.width == 1]
    return max(whole or candidates, key=lambda each: (each.score == 1.0, each.score, each.dialect.quote == '"'))


def _separator_decision(best: _Candidate, others: list[_Candidate], named: str | None, asked: Corrections) -> Decision:
    facts: dict[str, float | str] = {}
    if asked.separator:
        reason = Reason.ASKED
    elif named:
        reason = Reason.NAMED
    elif best.width == 1:
        reason = Reason.ONE_COLUMN
    else:
        reason, facts = Reason.EVEN, {"share": best.score, "cells": best.width}
    rest = tuple(dict.fromkeys(_name(each) for each in others))
    close = any(each.score >= best.score - CLOSE for each in others)
    return Decision(
        field="separator",
        chosen=_name(best),
        reason=reason,
        facts=facts,
        alternatives=rest,
        sure=not close or bool(asked.separator or named),
    )


def _name(candidate: _Candidate) -> str:
    separator = candidate.dialect.separator
    return SEPARATOR_NAMES.get(separator, separator)


def has_header(records: list[list[str]]) -> tuple[bool, Reason, bool]:
    """Whether the first record is a header, the reason, and whether that is sure.

    It is one if its cells are words and a column below holds numbers or dates, if one of its cells is empty, or if
    nothing tells. It is not if a cell is a number or a date, unless a word is above values or all values are years.
    """
    if not records:
        return True, Reason.NO_LINE, True
    first, rest = records[0], records[1:]
    if not rest:
        return True, Reason.ONE_LINE, False
    if any(not cell.strip() for cell in first):
        return True, Reason.EMPTY_CELL, True
    values = [_are_values([cell]) for cell in first]
    below = [_are_values([record[at] for record in rest if at < len(record)]) for at in range(len(first))]
    if not any(values):
        if any(below):
            return True, Reason.WORDS_OVER_VALUES, True
        return True, Reason.WORDS_LIKE_OTHERS, False
    if any(under and not value for value, under in zip(values, below, strict=True)):
        return True, Reason.WORDS_OVER_VALUES, True
    if all(_YEAR.fullmatch(cell.strip()) for cell, value in zip(first, values, strict=True) if value):
        return True, Reason.YEARS, False
    return False, Reason.VALUES_LIKE_OTHERS, len(set(first)) < len(first) or all(values)


def _are_values(cells: list[str]) -> bool:
    """Whether all cells look like numbers or dates; missing ones do not count, but one must be there."""
    present = [cell.strip() for cell in cells if cell.strip() not in (*USUAL, *AMONG_NUMBERS)]
    return bool(present) and all(
        LOOKS_LIKE_NUMBER.fullmatch(cell) or LOOKS_LIKE_DATE.fullmatch(cell) for cell in present
    )
