"""The form in which a visitor says how a file is read, for everything that the platform finds out by itself."""

from __future__ import annotations

from collections.abc import Sequence
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
        given = _file(context, key, detected)
        names = [*detected.cells, *(each for each in columns if each not in detected.cells)]
        given["texts"] = _columns(context, key, "texts", names)
        given["numbers"] = _columns(context, key, "numbers", names)
        own, dates = _one_by_one(context, key, names)
    known = {name: value for name, value in given.items() if value is not None}
    return Corrections(**known, columns=own, dates=dates)


def _file(context: PageContext, key: str, detected: Reading) -> dict[str, Any]:
    """The settings of the whole file."""
    given: dict[str, Any] = {}
    left, middle, right = st.columns(3)
    with left:
        if detected.format == "csv":
            given["separator"] = _choice(
                context, key, "separator", detected.separator, (*SEPARATORS.values(),), new=True
            )
            given["quote"] = _choice(context, key, "quote", detected.quote, get_args(Quote))
            given["escape"] = _choice(context, key, "escape", detected.escape, ESCAPES)
            given["comment"] = _choice(context, key, "comment", detected.comment, COMMENTS)
        if detected.sheet is not None:
            given["sheet"] = _choice(context, key, "sheet", detected.sheet, (), new=True)
    with middle:
        if detected.format in TEXTUAL:
            given["encoding"] = _choice(context, key, "encoding", detected.encoding, ENCODINGS, new=True)
            given["day_first"] = _choice(context, key, "day_first", None, (True, False))
            given["first_year"] = _number(context, key, "first_year", 1)
        if detected.format == "csv" or detected.sheet is not None:
            given["header"] = _choice(context, key, "header", detected.header, (True, False))
            given["units_row"] = _choice(context, key, "units_row", detected.units_row, (True, False))
    with right:
        if detected.format in TEXTUAL:
            given["decimal"] = _choice(context, key, "decimal", None, get_args(Decimal))
            given["thousands"] = _choice(context, key, "thousands", None, get_args(Thousands))
            given["missing"] = _missing(context, key)
        if detected.format == "csv" or detected.sheet is not None:
            given["skipped_lines"] = _number(context, key, "skipped_lines", 0)
            given["footer_rows"] = _number(context, key, "footer_rows", 0)
    return given


def _one_by_one(
    context: PageContext, key: str, names: Sequence[str]
) -> tuple[dict[str, ColumnCorrections], dict[str, str]]:
    """The settings of single columns, and the formats of their dates."""
    own: dict[str, ColumnCorrections] = {}
    dates: dict[str, str] = {}
    for name in _columns(context, key, "one_by_one", names):
        place = f"{key}:{name}"
        st.markdown(f"**{escaped(name)}**")
        first, second, third, fourth, fifth = st.columns(5)
        with first:
            decimal = _choice(context, place, "decimal", None, get_args(Decimal))
        with second:
            thousands = _choice(context, place, "thousands", None, get_args(Thousands))
        with third:
            pattern = st.text_input(
                context.texts("reading.dates"), key=f"reading_dates:{place}", placeholder="%d/%m/%Y"
            )
        with fourth:
            year = _number(context, place, "first_year", 1)
        with fifth:
            missing = _missing(context, place)
        if pattern:
            dates[name] = pattern
        said = ColumnCorrections(decimal=decimal, thousands=thousands, first_year=year, missing=missing)
        if said != ColumnCorrections():
            own[name] = said
    return own, dates


def _columns(context: PageContext, key: str, field: str, names: Sequence[str]) -> tuple[str, ...]:
    texts = context.texts
    chosen = st.multiselect(
        texts(f"reading.{field}"),
        names,
        accept_new_options=not names,
        placeholder=texts("reading.texts_none"),
        format_func=escaped,
        key=f"reading_{field}:{key}",
        help=texts(f"reading.{field}_help"),
    )
    return tuple(name for name in chosen if name in names or not names)


def _missing(context: PageContext, key: str) -> tuple[str, ...] | None:
    texts = context.texts
    chosen = st.multiselect(
        texts("reading.missing"),
        MISSING,
        placeholder=texts("reading.as_found"),
        format_func=lambda text: text or texts("reading.mark_none"),
        accept_new_options=True,
        key=f"reading_missing:{key}",
        help=texts("reading.missing_help"),
    )
    return tuple(text for text in chosen if text) if chosen else None


def _number(context: PageContext, key: str, field: str, least: int) -> int | None:
    texts = context.texts
    found = st.number_input(
        texts(f"reading.{field}"),
        min_value=least,
        max_value=9900,
        value=None,
        step=1,
        placeholder=texts("reading.as_found"),
        key=f"reading_{field}:{key}",
    )
    return None if found is None else int(found)


def _choice(
    context: PageContext, key: str, field: str, found: Any, values: tuple[Any, ...], *, new: bool = False
) -> Any:
    """Draw the choice for one field; None keeps what was detected.

    :param new: whether other values than the listed ones may be written.
    """
    texts = context.texts

    def shown(value: Any) -> str:
        if value is None:
            return texts("reading.found", value=label(context, field, found))
        return label(context, field, value)

    return st.selectbox(
        texts(f"reading.{field}"),
        (None, *(value for value in values if value != found)),
        format_func=shown,
        accept_new_options=new,
        key=f"reading_{field}:{key}",
    )
