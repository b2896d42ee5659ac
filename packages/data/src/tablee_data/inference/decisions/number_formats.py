"""The formats of columns of numbers. Where several fit, that of other columns is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from tablee.datasets.reading import Decision
from tablee.tables.cells.cell_format import CellFormat, Decimal, NumberFormat
from tablee_data.inference.decisions import remarks
from tablee_data.inference.decisions.candidates import Candidates
from tablee_data.inference.decisions.given import Given
from tablee_data.inference.habits import Habits, most_frequent
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
    found = numbers.readings
    if len(found) > 1 or len(numbers.decimals) == 1:
        return found
    return {NumberFormat(decimal=None, thousands=next(iter(found)).thousands): {}}


def _ambiguous(
    name: str, readings: dict[NumberFormat, dict[str, float]], habits: Habits
) -> tuple[Decision, NumberFormat]:
    """The format of a column whose cells are numbers in several."""
    sign_of: dict[NumberFormat, Decimal] = {each: each.decimal or "." for each in readings}
    signs = {sign: each for each, sign in reversed(sign_of.items())}
    sign, reason = habits.decimal_of(signs)
    chosen = signs.get(sign) or next(iter(readings))
    example = next(text for text in readings[chosen] if len({found[text] for found in readings.values()}) > 1)
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
