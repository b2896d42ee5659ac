"""The form in which a visitor says how a file is read, for everything that the platform finds out by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, get_args

import streamlit as st

from tablee.datasets.questions import SEPARATORS
from tablee.datasets.reading import ColumnCorrections, Corrections, Quote, Reading, Reason
from tablee.http.schemas.datasets import FilePreview
from tablee.tables.cells.cell_format import Decimal, Thousands
from tablee.tables.cells.date_words import directives
from tablee_ui.context import PageContext
from tablee_ui.texts import escaped
from tablee_ui.widgets.file_reading import TEXTUAL, in_columns, label

ENCODINGS: Final = (
    *("utf-8", "utf-16-le", "windows-1252", "windows-1250", "windows-1251", "iso-8859-1", "iso-8859-2"),
    *("iso-8859-15", "cp850", "mac-roman", "gb18030", "shift_jis"),
)
"""Those that are listed; any other that Python knows may be written."""
ESCAPES: Final = ("", "\\")
COMMENTS: Final = ("", "#", "%", "*", "!")
OF_COLUMNS: Final = ("decimal", "thousands", "dates", "day_first", "first_year")
"""Fields that each column has by itself."""
DATES: Final = (
    *("%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%d/%m/%y", "%m/%d/%y"),
    *("%d.%m.%y", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%d %B %Y"),
)
"""Formats of dates that are listed."""
MISSING: Final = ("", "NA", "-", "?", "-99", "999")
"""Texts that are listed as possible markers; the empty one stands for none at all."""


def corrections(context: PageContext, key: str, found: FilePreview | None, *, expanded: bool = False) -> Corrections:
    """Draw the form. At the start, each field leaves what was detected.

    :param key: of the file; the corrections belong to it.
    :param found: how the file is read without corrections; None if that is not known, then any column may be named.
    :param expanded: whether the form is open at the start.
    """
    texts = context.texts
    detected, columns = (found.reading, found.columns) if found else (None, [])
    with st.expander(texts("reading.otherwise"), icon=":material/tune:", expanded=expanded):
        fields = _Fields(context, key, detected)
        given = _file(fields, detected)
        known = detected.cells if detected is not None else {}
        names = [*known, *(each for each in columns if each not in known), *_left_out_indexes(found)]
        given["texts"] = fields.columns("texts", names)
        given["numbers"] = fields.columns("numbers", names)
        own, dates = _one_by_one(context, key, detected, names)
    said = {name: value for name, value in given.items() if value is not None}
    return Corrections(**said, columns=own, dates=dates)


def _left_out_indexes(found: FilePreview | None) -> list[str]:
    """Row numbers of pandas, which are columns if a person wants them."""
    decisions = found.decisions if found is not None else ()
    return [each.column for each in decisions if each.reason is Reason.PANDAS_INDEX and each.column is not None]


def _file(fields: _Fields, detected: Reading | None) -> dict[str, Any]:
    """The settings of the whole file. Those of a CSV are shown where nothing was detected."""
    form, sheet = (detected.format, detected.sheet) if detected else ("csv", None)
    given: dict[str, Any] = {}
    left, middle, right = st.columns(3)
    with left:
        if form == "csv":
            given["separator"] = fields.choice("separator", SEPARATORS.values(), new=True)
            given["quote"] = fields.choice("quote", get_args(Quote))
            given["escape"] = fields.choice("escape", ESCAPES)
            given["comment"] = fields.choice("comment", COMMENTS)
        if sheet is not None:
            given["sheet"] = fields.choice("sheet", (), new=True)
        if form == "json":
            given["keyed"] = fields.choice("keyed", (True, False))
    with middle:
        if form in TEXTUAL:
            given["encoding"] = fields.choice("encoding", ENCODINGS, new=True)
            given["day_first"] = fields.choice("day_first", (True, False))
            given["first_year"] = fields.number("first_year", 1)
        if form == "csv" or sheet is not None:
            given["header"] = fields.choice("header", (True, False))
            given["units_row"] = fields.choice("units_row", (True, False))
    with right:
        if form in TEXTUAL:
            given["decimal"] = fields.choice("decimal", get_args(Decimal))
            given["thousands"] = fields.choice("thousands", get_args(Thousands))
            given["missing"] = fields.missing()
        if form == "csv" or sheet is not None:
            given["skipped_lines"] = fields.number("skipped_lines", 0)
            given["footer_rows"] = fields.number("footer_rows", 0)
    return given


def _one_by_one(
    context: PageContext, key: str, detected: Reading | None, names: Sequence[str]
) -> tuple[dict[str, ColumnCorrections], dict[str, str]]:
    """The settings of single columns, and the formats of their dates."""
    own: dict[str, ColumnCorrections] = {}
    dates: dict[str, str] = {}
    for name in _Fields(context, key, detected).columns("one_by_one", names):
        cells = {name: detected.cells[name]} if detected is not None and name in detected.cells else {}
        fields = _Fields(context, f"{key}:{name}", Reading(cells=cells))
        st.markdown(f"**{escaped(name)}**")
        first, second, third, fourth, fifth = st.columns(5)
        with first:
            decimal = fields.choice("decimal", get_args(Decimal))
        with second:
            thousands = fields.choice("thousands", get_args(Thousands))
        with third:
            pattern = fields.dates()
        with fourth:
            year = fields.number("first_year", 1)
        with fifth:
            missing = fields.missing()
        if pattern:
            dates[name] = pattern
        said = ColumnCorrections(decimal=decimal, thousands=thousands, first_year=year, missing=missing)
        if said != ColumnCorrections():
            own[name] = said
    return own, dates


class _Fields:
    """Draws the fields of the form.

    :param key: of the file, or of one of its columns.
    :param detected: how it is read without corrections; None if that is not known.
    """

    def __init__(self, context: PageContext, key: str, detected: Reading | None) -> None:
        self._context, self._texts, self._key, self._detected = context, context.texts, key, detected

    def columns(self, field: str, names: Sequence[str]) -> tuple[str, ...]:
        """Some of the columns; any that are written where no names are known."""
        chosen = st.multiselect(
            self._texts(f"reading.{field}"),
            names,
            accept_new_options=not names,
            placeholder=self._texts("reading.texts_none"),
            format_func=escaped,
            key=f"reading_{field}:{self._key}",
            help=self._texts(f"reading.{field}_help"),
        )
        return tuple(name for name in chosen if name in names or not names)

    def missing(self) -> tuple[str, ...] | None:
        """Texts that stand for a missing value."""
        chosen = st.multiselect(
            self._texts("reading.missing"),
            MISSING,
            placeholder=self._texts("reading.as_found"),
            format_func=lambda text: text or self._texts("reading.mark_none"),
            accept_new_options=True,
            key=f"reading_missing:{self._key}",
            help=self._texts("reading.missing_help"),
        )
        return tuple(text for text in chosen if text) if chosen else None

    def dates(self) -> str | None:
        """A format of dates; others than the usual ones are written in letters of the language, or as strptime takes
        them."""
        found = st.selectbox(
            self._texts("reading.dates"),
            (None, *(each for each in DATES if each not in self._found("dates"))),
            format_func=lambda each: self._as_found("dates") if each is None else self._texts.date_format(each),
            accept_new_options=True,
            key=f"reading_dates:{self._key}",
            help=self._texts("reading.dates_help"),
        )
        return None if found is None else directives(found)

    def number(self, field: str, least: int) -> int | None:
        """A whole number from `least` on."""
        found = st.number_input(
            self._texts(f"reading.{field}"),
            min_value=least,
            max_value=9900,
            value=None,
            step=1,
            placeholder=self._as_found(field),
            key=f"reading_{field}:{self._key}",
        )
        return None if found is None else int(found)

    def choice(self, field: str, values: Iterable[Any], *, new: bool = False) -> Any:
        """A value; None keeps what was found.

        :param new: whether other values than the listed ones may be written.
        """
        found = self._found(field)
        only = found[0] if len(found) == 1 else None
        return st.selectbox(
            self._texts(f"reading.{field}"),
            (None, *(value for value in values if value != only)),
            format_func=lambda value: self._as_found(field) if value is None else label(self._context, field, value),
            accept_new_options=new,
            key=f"reading_{field}:{self._key}",
        )

    def _found(self, field: str) -> tuple[Any, ...]:
        """What the file or its columns have; empty if that is not known."""
        if self._detected is None:
            return ()
        return in_columns(self._detected, field) if field in OF_COLUMNS else (getattr(self._detected, field),)

    def _as_found(self, field: str) -> str:
        """That what was found is kept, with its name where it is known and all columns have the same."""
        found = self._found(field)
        if len(found) != 1:
            return self._texts("reading.as_found" if not found else "reading.as_found_by_column")
        return self._texts("reading.found", value=label(self._context, field, found[0]))
