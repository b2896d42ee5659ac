"""Separator, quote and header of a CSV file, from its beginning."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from itertools import islice

from tablee.datasets.reading import MISSING, MISSING_NUMBERS, Corrections, Decision, Reason
from tablee.tables.csv_reader import patient

SAMPLE = 1 << 18
"""Characters that are looked at."""
RECORDS = 200
SEPARATORS = (",", ";", "\t", "|")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_SAID = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""What Excel writes, and reads, above the header."""
_NUMBER = re.compile(r"[+-]?(?:\d[\d\s.,'’]*|[.,]\d+)(?:[eE][+-]?\d+)?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells stand in a file."""

    separator: str
    quote: str
    header: bool
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class _Try:
    separator: str
    quote: str
    records: list[list[str]]
    score: float
    width: int


def said(text: str) -> tuple[str | None, int]:
    """The separator that a first line `sep=;` names, and how many bytes that line has."""
    match = _SAID.match(text)
    return (match[1], len(match[0].encode())) if match else (None, 0)


def find(sample: str, asked: Corrections) -> Dialect:
    """
    :param sample: the beginning of the text, without a mark.
    """
    named, skipped = said(sample[:10])
    sample = sample[skipped:]
    given = asked.separator or named
    separators = (given,) if given else SEPARATORS
    quotes = ('"', "'") if asked.quote is None else (asked.quote,)
    tries = [_read(sample, separator, quote) for separator in separators for quote in quotes]
    best = _best(tries)
    others = [each for each in tries if each.width > 1 and each.score > 0.5 and each.separator != best.separator]
    decisions = [_separator(best, others, named, asked)]
    header = asked.header
    if header is None:
        header, reason, sure = _header(best.records)
        decisions.append(Decision(field="header", chosen="yes" if header else "no", reason=reason, sure=sure))
    return Dialect(best.separator, best.quote, header, tuple(decisions))


def _read(sample: str, separator: str, quote: str) -> _Try:
    options = {"quotechar": quote, "quoting": csv.QUOTE_MINIMAL} if quote else {"quoting": csv.QUOTE_NONE}
    reader = patient(io.StringIO(sample, newline=""), delimiter=separator, strict=False, **options)
    records = list(islice((cells for cells in reader if cells), RECORDS + 1))
    if len(records) > RECORDS or (len(records) > 1 and not sample.endswith(("\n", "\r"))):
        records = records[:-1]  # the last one may be cut
    if not records:
        return _Try(separator, quote, [], 0.0, 0)
    widths = [len(cells) for cells in records]
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    even = widths.count(usual) / len(widths)
    foreign = [mark for mark in SEPARATORS[1:] if mark != separator]
    cells = [cell for record in records for cell in record]
    clean = 1 - sum(any(mark in cell for mark in foreign) for cell in cells) / len(cells)
    return _Try(separator, quote, records, even * clean, usual)


def _best(tries: list[_Try]) -> _Try:
    """The most even one of those whose separator is in the first record; else the one that splits nothing."""
    splitting = [each for each in tries if each.records and len(each.records[0]) > 1]
    if splitting:
        # a single quote is a quote only where it makes records more even
        return max(splitting, key=lambda each: (round(each.score, 3), each.quote == '"', each.width))
    whole = [each for each in tries if each.width == 1]
    return max(whole or tries, key=lambda each: (each.score == 1.0, each.score, each.quote == '"'))


def _separator(best: _Try, others: list[_Try], named: str | None, asked: Corrections) -> Decision:
    facts: dict[str, float | str] = {}
    if asked.separator:
        reason = Reason.ASKED
    elif named:
        reason = Reason.NAMED
    elif best.width == 1:
        reason = Reason.ONE_COLUMN
    else:
        reason, facts = Reason.EVEN, {"share": best.score, "cells": best.width}
    rest = tuple(dict.fromkeys(NAMES.get(each.separator, each.separator) for each in others))
    close = any(each.score >= best.score - 0.05 for each in others)
    return Decision(
        field="separator",
        chosen=NAMES.get(best.separator, best.separator),
        reason=reason,
        facts=facts,
        alternatives=rest,
        sure=not close or bool(asked.separator or named),
    )


def _header(records: list[list[str]]) -> tuple[bool, Reason, bool]:
    """Whether the first record is a header, why, and whether that is sure."""
    if not records:
        return True, Reason.NO_LINE, True
    first, rest = records[0], records[1:]
    if not rest:
        return True, Reason.ONE_LINE, False
    if any(not cell.strip() for cell in first):
        return True, Reason.EMPTY_CELL, True
    values = [_is_value(cell) for cell in first]
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


def _is_value(cell: str) -> bool:
    return _are_values([cell])


def _are_values(cells: list[str]) -> bool:
    """Whether all cells look like numbers or dates; missing ones do not count, but one must be there."""
    present = [cell.strip() for cell in cells if cell.strip() not in (*MISSING, *MISSING_NUMBERS)]
    return bool(present) and all(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell) for cell in present)
