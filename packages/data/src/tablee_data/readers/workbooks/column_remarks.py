"""What is said about the columns of a sheet, and the refusal of formulas that were never computed."""

from __future__ import annotations

from collections.abc import Container, Iterator

from tablee.datasets.reading import Decision, Reason
from tablee.errors import InvalidTable
from tablee.i18n.message import Message
from tablee_data.inference.decisions.remarks import left_out_rows, missing_cells
from tablee_data.readers.workbooks.cell_texts import SHOWN_OTHERWISE, shown
from tablee_data.readers.workbooks.columns import Columns


def decisions(columns: Columns) -> tuple[Decision, ...]:
    """What was decided about columns: names, merged cells, formulas, durations, codes and units of number formats,
    numbers that are written as texts, and other cells among dates."""
    empty = left_out_rows(Reason.EMPTY_ROWS, *columns.about["empty"])
    return (*columns.renamed, *empty, *(each for name in columns.places for each in _remarks(columns, name)))


def _remarks(columns: Columns, name: str) -> Iterator[Decision]:
    at, kinds = columns.places[name], columns.kinds[name]
    for value, count in columns.about["errors"].get(str(at), {}).items():
        yield missing_cells(value, count, name, Reason.ERROR_CELLS)
    if merged := columns.about["merged"].get(str(at)):
        yield Decision(
            field="merged",
            column=name,
            chosen="repeated",
            reason=Reason.MERGED_CELLS,
            facts={"count": merged[0], "line": merged[1]},
        )
    if set(kinds) == {"u"} and name in columns.numbers:
        yield Decision(field="type", column=name, chosen="number", reason=Reason.SECONDS)
    zeros = columns.about["zeros"].get(str(at))
    if zeros and name in columns.numbers:
        yield Decision(
            field="type",
            column=name,
            chosen="number",
            reason=Reason.FORMULAS_ARE_ZERO,
            facts={"count": zeros[0], "line": zeros[1]},
            sure=name in columns.asked.numbers,
        )
    yield from _remarks_on_shown(columns, name)
    kinds = {kind: count for kind, count in kinds.items() if kind != "blank"}
    written = kinds.get("n", 0)
    if written and {*kinds} <= {"n", "int", "float"} and name not in {*columns.asked.texts, *columns.asked.numbers}:
        mixed = len(kinds) > 1
        yield Decision(
            field="type",
            column=name,
            chosen="number" if mixed else "text",
            reason=Reason.NUMBERS_AS_TEXT,
            facts={"count": written},
            alternatives=("text" if mixed else "number",),
            sure=mixed,
        )


def _remarks_on_shown(columns: Columns, name: str) -> Iterator[Decision]:
    """What is said of numbers that a number format shows with zeros or units, and of dates among other cells."""
    at, kinds = columns.places[name], columns.kinds[name]
    first = columns.about["undated"][at] if kinds else None
    if first is not None and (dates := kinds.get("d", 0) + kinds.get("t", 0)):
        yield Decision(
            field="type",
            column=name,
            chosen="text",
            reason=Reason.DATES_AMONG_OTHERS,
            facts={
                "count": sum(kinds.values()) - kinds.get("blank", 0) - dates,
                "line": first[0],
                "value": shown(first[1]),
            },
        )
    if not kinds.keys() & SHOWN_OTHERWISE or name in columns.numbers or name in columns.asked.texts:
        return
    if "m" in kinds:
        examples = columns.about["units"][str(at)]
        yield Decision(
            field="type",
            column=name,
            chosen="text",
            reason=Reason.DIFFERENT_UNITS,
            facts={"examples": ", ".join(examples)},
            alternatives=("number",),
            sure=False,
        )
    else:
        example, value = columns.about["codes"][str(at)]
        yield Decision(
            field="type",
            column=name,
            chosen="text",
            reason=Reason.SHOWN_WITH_ZEROS,
            facts={"example": example, "count": kinds["z"]},
            alternatives=("number",),
            examples={"text": example, "number": str(value)},
        )


def refuse_formulas_without_results(columns: Columns, dropped: Container[str]) -> None:
    """
    :param dropped: columns whose formulas need no result.
    :raises InvalidTable: a column has formulas that were never computed.
    """
    found = columns.about["formulas"]
    missing = [name for name, at in columns.places.items() if str(at) in found and name not in dropped]
    if missing:
        count, line = found[str(columns.places[missing[0]])]
        raise InvalidTable(
            "formulas_without_results",
            line=line,
            column=missing[0],
            columns=missing,
            count=count,
            expected=Message("expected.table.computed_workbook"),
            hint="compute_workbook",
        )
