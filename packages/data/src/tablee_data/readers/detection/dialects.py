"""Separator, quotes and the place of the table in a CSV file, found out from its beginning."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tablee.datasets.reading import Corrections, Decision, Reading, Reason
from tablee.errors import InvalidRequest
from tablee_data.readers.detection.candidates import CLOSE, SEPARATORS, Candidate, Sample, candidates
from tablee_data.readers.detection.encodings import CONTROL_SEPARATORS
from tablee_data.readers.detection.headers import has_header, is_import_ids, units_decision, units_rows
from tablee_data.readers.detection.notes import is_spaced
from tablee_data.readers.detection.table_place import lines_above

SAMPLE = 1 << 18
"""Characters at the beginning of the text that are looked at."""
RARE_SEPARATORS = ("^", "~", ":", " ")
"""Those that are tried where none of the others separates anything."""
PLAIN_SEPARATORS = ("^", "~")
"""Those of them that texts do not have."""
SEPARATOR_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"} | {
    mark: repr(mark)[1:-1] for mark in CONTROL_SEPARATORS
}
QUOTE_NAMES = {'"': "quotes", "'": "apostrophe", ' "': "spaced", "": "none"}
_QUOTE_REASONS = {"'": Reason.APOSTROPHES, ' "': Reason.SPACED_QUOTES, "": Reason.NO_QUOTES}
PLAUSIBLE = 0.5
"""A dialect is a possible reading if its score is higher."""
_GAP = re.compile(" {2,}")
_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""The line that Excel writes above the header, and reads."""


@dataclass(frozen=True, slots=True)
class DetectedDialect:
    """How a file is to be parsed, and why."""

    reading: Reading
    decisions: tuple[Decision, ...]
    width: int
    """The most frequent number of cells."""


def named_separator(text: str) -> tuple[str | None, int]:
    """The separator that a first line `sep=;` names, and the number of bytes of that line; None and 0 without one."""
    match = _SEP_LINE.match(text)
    return (match[1], len(match[0].encode())) if match else (None, 0)


def detect_dialect(
    text: str, asked: Corrections, reading: Reading | None = None, *, whole: bool = False
) -> DetectedDialect:
    """The dialect in which the records are most even.

    :param text: the beginning of the file, without a byte order mark.
    :param asked: what a person has decided already.
    :param reading: what is known of the file otherwise.
    :param whole: whether the text is the whole file.
    :raises InvalidRequest: the separator that is asked for cannot be one.
    """
    named, length = named_separator(text[:10])
    above = 1 if named else 0
    if asked.skipped_lines:
        above = asked.skipped_lines
        length = _end_of_line(text, above)
    sample = Sample(text[length:], above + 1, whole, asked)
    given = asked.separator or named
    if given is not None and (not given.isascii() or given in '"\r\n\0'):
        raise InvalidRequest("not_a_separator", separator=given)
    separators = (given,) if given else (*SEPARATORS, *(mark for mark in CONTROL_SEPARATORS if mark in sample.text))
    found = candidates(sample, separators)
    best = _best(found)
    others = _others(found, best)
    if best.width == 1 and not given:
        best, others = _with_rare(best, candidates(sample, RARE_SEPARATORS))
    decisions = [_separator_decision(best, others, named, asked), *_sign_decisions(best, found, asked)]
    skipped = asked.skipped_lines or 0
    if asked.skipped_lines is None and (taken := lines_above(best.records, best.place, best.lines)) is not None:
        skipped, decision = taken
        decisions.append(decision)
    units = units_rows(best.table)
    header = asked.header
    if header is None:
        decision = _header_decision(best, units)
        header = decision.chosen == "yes"
        decisions.append(decision)
    has_units = asked.units_row or False
    if asked.units_row is None and header and units:
        has_units = True
        decisions.append(units_decision(units, sure=is_import_ids(units[best.width :])))
    settings = {
        "separator": best.separator,
        "quote": best.quote,
        "escape": best.escape,
        "comment": best.comments[0][:1] if best.comments else asked.comment or "",
        "header": header,
        "skipped_lines": skipped,
        "units_row": has_units,
        "footer_rows": asked.footer_rows or 0,
    }
    return DetectedDialect((reading or Reading()).model_copy(update=settings), tuple(decisions), best.width)


def _end_of_line(text: str, number: int) -> int:
    """The position behind the line of that number, from 1."""
    end = 0
    for _ in range(number):
        end = text.find("\n", end) + 1 or len(text)
    return end


def _best(found: list[Candidate]) -> Candidate:
    """The candidate with the best score among those that split the records and leave no header out that another one
    reads; if none does, one of one column."""
    splitting = [each for each in found if each.width > 1 and each.score > 0]
    if splitting:
        splitting = [each for each in splitting if not any(other.covers(each) for other in found)] or splitting
        # an apostrophe is a quote only where it gives a better score, or cells for all names
        return max(
            splitting,
            key=lambda each: (
                round(each.score, 3),
                not each.place.row_names,
                each.quote == ' "',
                each.sign == '"',
                each.width,
            ),
        )
    whole = [each for each in found if each.width == 1]
    return max(whole or found, key=lambda each: (each.score == 1.0, each.score, each.sign == '"'))


def _others(found: list[Candidate], best: Candidate) -> list[Candidate]:
    """Candidates with another separator that give a table, too; of sentences, one with one column."""
    others = [
        each
        for each in found
        if each.separator != best.separator
        and each.width > 1
        and (each.fits or not best.fits)
        and not best.covers(each)
        and (each.score > PLAUSIBLE or 0 < best.score <= each.score + CLOSE)
    ]
    if best.place.begin and all(map(is_spaced, best.table)):
        others += [each for each in found if each.width == 1 and each.fits][:1]
    return others


def _with_rare(best: Candidate, rare: list[Candidate]) -> tuple[Candidate, list[Candidate]]:
    """The candidate of one column and those of rare separators that read all of its records, the best one first. One of
    the latter is the best if texts do not have its separator, or if the quotes of one column cannot be read. Blanks,
    which texts have, have to separate cells in all lines, with a name for each cell if the lines are aligned."""
    begin = best.lines[best.place.begin] if best.table else 0
    is_aligned = _is_aligned(best.table)
    fitting = [
        each
        for each in rare
        if each.fits
        and each.width > 1
        and len(each.table) > 1
        and each.lines[each.place.begin] <= begin
        and (each.separator != " " or len(each.table) == len(each.records))
        and not (is_aligned and each.place.row_names)
    ]
    if not best.sound and fitting:
        return fitting[0], fitting[1:]
    plain = [each for each in fitting if each.separator in PLAIN_SEPARATORS]
    return (plain[0], [best, *fitting[1:]]) if plain else (best, fitting)


def _is_aligned(table: list[list[str]]) -> bool:
    """Whether each line has several cells with at least two blanks between them, as many as the others have."""
    widths = {len(_GAP.split(",".join(record).strip())) for record in table}
    return len(table) > 1 and len(widths) == 1 and widths != {1}


def _separator_decision(best: Candidate, others: list[Candidate], named: str | None, asked: Corrections) -> Decision:
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
        sure=bool(asked.separator or named) or (best.width > 1 and not others),
    )


def _sign_decisions(best: Candidate, found: list[Candidate], asked: Corrections) -> list[Decision]:
    """What is decided about quotes, backslashes and lines of comments."""
    decisions = []
    if best.quote != '"' and asked.quote is None:
        others = [each for each in found if each.separator == best.separator and each.quote != best.quote and each.fits]
        rest = tuple(QUOTE_NAMES[each.quote] for each in others)
        shown = {QUOTE_NAMES[each.quote]: " ¦ ".join(each.table[-1])[:200] for each in (best, *others)}
        decisions.append(
            Decision(
                field="quote",
                chosen=QUOTE_NAMES[best.quote],
                reason=_QUOTE_REASONS[best.quote],
                alternatives=rest,
                examples=shown if rest else {},
                sure=not rest,
            )
        )
    if asked.escape is None and best.escaped:
        plain, other = best.escaped
        decisions.append(
            Decision(
                field="escape",
                chosen=best.escape or "none",
                reason=Reason.BACKSLASHES,
                facts={"example": plain[:200]},
                alternatives=("none" if best.escape else "\\",),
                examples={"none": plain[:200], "\\": other[:200]},
                sure=False,
            )
        )
    elif asked.escape is None and best.escape:
        decisions.append(Decision(field="escape", chosen=best.escape, reason=Reason.ESCAPED_QUOTES))
    if asked.comment is None and best.comments:
        comments: dict[str, float | str] = {"count": len(best.comments), "lines": " / ".join(best.comments)[:300]}
        sign = best.comments[0][:1]
        decisions.append(Decision(field="comment", chosen=sign, reason=Reason.COMMENT_LINES, facts=comments))
    return decisions


def _header_decision(best: Candidate, units_row: list[str]) -> Decision:
    if best.place.row_names:
        return Decision(field="header", chosen="yes", reason=Reason.ROW_NAMES, sure=False)
    below = 1 + len(units_row) // max(best.width, 1)
    header, reason, sure = has_header(best.table[:1] + best.table[below:])
    chosen, other = ("yes", "no") if header else ("no", "yes")
    return Decision(field="header", chosen=chosen, reason=reason, alternatives=() if sure else (other,), sure=sure)


def _name(candidate: Candidate) -> str:
    separator = candidate.separator
    return SEPARATOR_NAMES.get(separator, separator)
