"""The form in which a visitor says how a file is read, for everything that the platform finds out by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, get_args

import streamlit as st

from tablee.datasets.questions import SEPARATORS
from tablee.datasets.reading import ColumnCorrections, Corrections, Quote, Reading
from tablee.http.schemas.datasets import FilePreview
from tablee.tables.cells.cell_format import Decimal, Thousands
from tablee_ui.context import PageContext
from tablee_ui.texts import escaped
from tablee_ui.widgets.file_reading import TEXTUAL, label

ENCODINGS: Final = (
    *("utf-8", "utf-16-le", "windows-1252", "windows-1250", "windows-1251", "iso-8859-1", "iso-8859-2"),
    *("iso-8859-15", "cp850", "mac-roman", "gb18030", "shift_jis"),
)
"""Those that are listed; any other that Python knows may be written."""
ESCAPES: Final = ("", "\\")
COMMENTS: Final = ("", "#", "%", "*", "!")
MISSING: Final = ("", "NA", "-", "?", "-99", "999")
"""Texts that are listed as possible markers; the empty one stands for none at all."""


def corrections(context: PageContext, key: str, found: FilePreview | None, *, expanded: bool = False) -> Corrections:
    """Draw the form. At the start, each field leaves what was detected.

    :param key: of the file; the corrections belong to it.
    :param found: how the file is read without corrections; None if that is not known, then any column may be named.
    :param expanded: whether the form is open at the start.
    """
    texts = context.texts
    detected, columns = (found.reading, found.columns) if found else (Reading(), [])
    with st.expander(texts("reading.otherwise"), icon=":material/tune:", expanded=expanded):
        fields = _Fields(context, key)
        given = _file(fields, detected)
        names = [*detected.cells, *(each for each in columns if each not in detected.cells)]
        given["texts"] = fields.columns("texts", names)
        given["numbers"] = fields.columns("numbers", names)
        own, dates = _one_by_one(context, key, names)
    known = {name: value for name, value in given.items() if value is not None}
    return Corrections(**known, columns=own, dates=dates)


def _file(fields: _Fields, detected: Reading) -> dict[str, Any]:
    """The settings of the whole file."""
    given: dict[str, Any] = {}
    left, middle, right = st.columns(3)
    with left:
        if detected.format == "csv":
            given["separator"] = fields.choice("separator", detected.separator, SEPARATORS.values(), new=True)
            given["quote"] = fields.choice("quote", detected.quote, get_args(Quote))
            given["escape"] = fields.choice("escape", detected.escape, ESCAPES)
            given["comment"] = fields.choice("comment", detected.comment, COMMENTS)
        if detected.sheet is not None:
            given["sheet"] = fields.choice("sheet", detected.sheet, (), new=True)
    with middle:
        if detected.format in TEXTUAL:
            given["encoding"] = fields.choice("encoding", detected.encoding, ENCODINGS, new=True)
            given["day_first"] = fields.choice("day_first", None, (True, False))
            given["first_year"] = fields.number("first_year", 1)
        if detected.format == "csv" or detected.sheet is not None:
            given["header"] = fields.choice("header", detected.header, (True, False))
            given["units_row"] = fields.choice("units_row", detected.units_row, (True, False))
    with right:
        if detected.format in TEXTUAL:
            given["decimal"] = fields.choice("decimal", None, get_args(Decimal))
            given["thousands"] = fields.choice("thousands", None, get_args(Thousands))
            given["missing"] = fields.missing()
        if detected.format == "csv" or detected.sheet is not None:
            given["skipped_lines"] = fields.number("skipped_lines", 0)
            given["footer_rows"] = fields.number("footer_rows", 0)
    return given


def _one_by_one(
    context: PageContext, key: str, names: Sequence[str]
) -> tuple[dict[str, ColumnCorrections], dict[str, str]]:
    """The settings of single columns, and the formats of their dates."""
    own: dict[str, ColumnCorrections] = {}
    dates: dict[str, str] = {}
    for name in _Fields(context, key).columns("one_by_one", names):
        place = f"{key}:{name}"
        fields = _Fields(context, place)
        st.markdown(f"**{escaped(name)}**")
        first, second, third, fourth, fifth = st.columns(5)
        with first:
            decimal = fields.choice("decimal", None, get_args(Decimal))
        with second:
            thousands = fields.choice("thousands", None, get_args(Thousands))
        with third:
            pattern = st.text_input(
                context.texts("reading.dates"), key=f"reading_dates:{place}", placeholder="%d/%m/%Y"
            )
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
    """

    def __init__(self, context: PageContext, key: str) -> None:
        self._context, self._texts, self._key = context, context.texts, key

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

    def number(self, field: str, least: int) -> int | None:
        """A whole number from `least` on."""
        found = st.number_input(
            self._texts(f"reading.{field}"),
            min_value=least,
            max_value=9900,
            value=None,
            step=1,
            placeholder=self._texts("reading.as_found"),
            key=f"reading_{field}:{self._key}",
        )
        return None if found is None else int(found)

    def choice(self, field: str, found: Any, values: Iterable[Any], *, new: bool = False) -> Any:
        """A value; None keeps what was found.

        :param new: whether other values than the listed ones may be written.
        """

        def shown(value: Any) -> str:
            if value is None:
                return self._texts("reading.found", value=label(self._context, field, found))
            return label(self._context, field, value)

        return st.selectbox(
            self._texts(f"reading.{field}"),
            (None, *(value for value in values if value != found)),
            format_func=shown,
            accept_new_options=new,
            key=f"reading_{field}:{self._key}",
        )
