"""The formats of columns of numbers. Where several fit, that of other columns is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import polars as pl

from tablee.datasets.reading import Decision, Reason
from tablee.tables.cells.cell_format import CellFormat, Decimal, NumberFormat
from tablee.tables.cells.numbers import parse
from tablee_data.inference.decisions import remarks
from tablee_data.inference.decisions.candidates import Candidates
from tablee_data.inference.decisions.given import Given
from tablee_data.inference.decisions.telling import telling_cells
from tablee_data.inference.habits import Habits, most_frequent
from tablee_data.inference.known_formats import preferred_formats
from tablee_data.inference.numbers import NumberFormatInference


def is_number(name: str, numbers: NumberFormatInference, given: Given) -> bool:
    """Whether a column is one of numbers."""
    if name in given.undecided:
        return True
    if name in given.asked.numbers:
        return bool(numbers.seen and numbers.formats)
    if name in given.surely_numbers and numbers.odd.texts and not numbers.codes:
        return bool(numbers.seen and numbers.formats)  # the conversion refuses the odd cell
    return numbers.is_number and numbers.exponent is None


def number_formats(columns: Mapping[str, Candidates], given: Given, decisions: list[Decision]) -> dict[str, CellFormat]:
    """The format of each column of numbers.

    :param decisions: gets those about them.
    """
    readings = {name: number_readings(name, column.numbers, given) for name, column in columns.items()}
    against = [name for name, column in columns.items() if _is_against(name, column.numbers, given)]
    certain: Counter[Decimal] = Counter(
        decimal for found in readings.values() if len(found) == 1 and (decimal := next(iter(found)).decimal) is not None
    )
    most = most_frequent(certain)
    habits = Habits(most, semicolons=given.reading.separator == ";")
    chosen: dict[str, NumberFormat] = {}
    for name, found in readings.items():
        chosen[name] = next(iter(found))
        if len(found) > 1:
            decision, chosen[name] = _ambiguous(name, found, habits)
            decisions.append(decision)
        elif name in against:
            decisions += _contradicts(name, columns[name], chosen[name], given)
        elif len(every := columns[name].numbers.readings) > 1:
            decisions.append(_as_said(name, every, chosen[name], sure=not against))
    if most is not None and set(certain) != {"."}:
        decisions.append(remarks.counted("decimal", Counter({str(sign): count for sign, count in certain.items()})))
    thousands = Counter(str(each.thousands) for each in chosen.values() if each.thousands)
    if thousands:
        decisions.append(remarks.counted("thousands", thousands))
    return {name: CellFormat(missing=given.missing(name, numbers=True), number=each) for name, each in chosen.items()}


def number_readings(name: str, numbers: NumberFormatInference, given: Given) -> dict[NumberFormat, dict[str, float]]:
    """As `NumberFormatInference.readings`; with an undecided decimal sign where no cell has one."""
    known = given.undecided.get(name)
    if known is not None and known.number is not None and not numbers.is_number:
        return {known.number: {}}
    formats = preferred_formats(numbers.formats, name, given.asked) or numbers.formats
    found = numbers.readings_in(formats)
    if len(found) > 1 or len({each.decimal for each in formats}) == 1:
        return found
    return {NumberFormat(decimal=None, thousands=next(iter(found)).thousands): {}}


def _is_against(name: str, numbers: NumberFormatInference, given: Given) -> bool:
    """Whether the cells are numbers, but in no format that what is said of all columns allows."""
    return name not in given.undecided and not preferred_formats(numbers.formats, name, given.asked)


def _contradicts(name: str, column: Candidates, chosen: NumberFormat, given: Given) -> list[Decision]:
    """The question of a column that contradicts what is said of all columns: its cells are numbers in another format,
    or texts such as those of versions."""
    if name in given.asked.numbers:
        return []
    numbers_of = {text: said for text in column.texts.examples if (said := _number(text, chosen)) is not None}
    example = next((text for text, said in numbers_of.items() if said != text), next(iter(numbers_of)))
    number = numbers_of[example]
    return [
        Decision(
            field="type",
            column=name,
            chosen="number",
            reason=Reason.OTHER_THAN_SAID,
            facts={"example": example},
            alternatives=("text",),
            examples={"number": number, "text": example} if number != example else {},
            sure=False,
        )
    ]


def _number(text: str, number_format: NumberFormat) -> str | None:
    number = parse(pl.Series([text]), number_format)[0]
    return None if number is None else f"{number:.15g}"


def _as_said(
    name: str, readings: dict[NumberFormat, dict[str, float]], chosen: NumberFormat, *, sure: bool
) -> Decision:
    """What is said of all columns decides a column that can be read in several ways.

    :param readings: all of them.
    :param sure: whether no other column contradicts it.
    """
    habits = Habits(chosen.decimal)
    decision, _ = _ambiguous(name, readings, habits)
    return decision.model_copy(update={"reason": Reason.SAID_OF_ALL, "sure": sure})


def _ambiguous(
    name: str, readings: dict[NumberFormat, dict[str, float]], habits: Habits
) -> tuple[Decision, NumberFormat]:
    """The format of a column whose cells are numbers in several."""
    sign_of: dict[NumberFormat, Decimal] = {each: each.decimal or "." for each in readings}
    signs = {sign: each for each, sign in reversed(sign_of.items())}
    sign, reason = habits.decimal_of(signs)
    chosen = signs.get(sign) or next(iter(readings))
    (example, *_) = telling_cells(readings)
    return Decision(
        field="decimal",
        column=name,
        chosen=sign_of[chosen],
        reason=reason,
        facts={"example": example},
        alternatives=tuple(sign for each, sign in sign_of.items() if each != chosen),
        examples={sign: f"{readings[each][example]:.15g}" for each, sign in sign_of.items()},
        sure=False,
    ), chosen
