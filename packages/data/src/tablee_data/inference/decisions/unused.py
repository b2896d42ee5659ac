"""Settings that a person gives although they do not apply to the format of a file."""

from __future__ import annotations

from typing import Final

from tablee.datasets.reading import Corrections, Decision, Format, Reading, Reason

_CELLS: Final = ("separator", "quote", "escape", "comment")
_PLACE: Final = ("header", "skipped_lines", "units_row", "footer_rows")
_NUMBERS: Final = ("decimal", "thousands")


def unused(asked: Corrections, reading: Reading) -> tuple[Decision, ...]:
    """That settings of the whole file were given and are not used, one remark for each.

    :param reading: of the file; it may have another format than was asked for.
    """
    fields = [each for each in without_effect(reading.format, asked) if getattr(asked, each) is not None]
    if asked.format not in (None, reading.format):
        fields.insert(0, "format")
    return tuple(does_not_apply(each, str(getattr(asked, each)), reading.format) for each in fields)


def does_not_apply(field: str, given: str, form: Format, column: str | None = None) -> Decision:
    """The remark that a setting is not used.

    :param form: of the file.
    :param column: the column that the setting is given for.
    """
    facts: dict[str, float | str] = {"format": form, "given": given}
    return Decision(field=field, column=column, chosen="", reason=Reason.DOES_NOT_APPLY, facts=facts)


def without_effect(form: Format, asked: Corrections) -> tuple[str, ...]:
    """The fields of the whole file that change nothing in a format. Numbers are typed in workbooks and files of
    columns, but for texts that a person wants as numbers."""
    numbers = () if asked.numbers or asked.columns else _NUMBERS
    if form == "csv":
        return ("sheet", "keyed")
    if form == "json":
        return ("sheet", *_CELLS, *_PLACE)
    if form == "jsonl":
        return ("sheet", "keyed", *_CELLS, *_PLACE)
    if form in ("parquet", "arrow"):
        return ("encoding", "sheet", "keyed", *_CELLS, *_PLACE, *numbers)
    if form in ("common_log", "combined_log"):
        return ("sheet", "keyed", *_CELLS, *_PLACE, *_NUMBERS, "day_first", "first_year")
    return ("encoding", "keyed", *_CELLS, *numbers)  # of a workbook
