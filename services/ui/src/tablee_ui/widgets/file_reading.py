"""How a file is read: described in words, shown on the first rows, corrected by the visitor."""

from __future__ import annotations

from typing import Any, Final, get_args

import streamlit as st

from tablee.datasets.reading import Corrections, Decision, Reading
from tablee.http.schemas.datasets import FilePreview
from tablee.tables.cells.cell_format import Decimal, Thousands
from tablee_ui.context import PageContext
from tablee_ui.texts import escaped

EXTENSIONS: Final = (
    *("csv", "tsv", "txt", "xlsx", "xlsm", "xls", "xlsb", "ods", "parquet", "arrow", "feather"),
    *("jsonl", "ndjson", "json", "log", "gz", "zip"),
)
"""Extensions of the files that the platform can read."""
ENCODINGS: Final = ("utf-8", "utf-16-le", "windows-1252", "iso-8859-1", "iso-8859-15", "cp850", "mac-roman")
SEPARATORS: Final = (",", ";", "\t", "|", " ")
QUOTES: Final = ('"', "'", "")
MARKS: Final[dict[Any, str]] = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "bar",
    " ": "space",
    "": "nothing",
    ".": "point",
    "'": "apostrophe",
    '"': "quotes",
    True: "yes",
    False: "no",
    "yes": "yes",
    "no": "no",
}
"""Names of the values of fields, in the keys `reading.mark_*` of the texts."""
TEXTUAL: Final = ("csv", "jsonl", "json")
"""Formats that hold numbers and dates as text."""


def corrections(context: PageContext, upload: str, found: FilePreview) -> Corrections:
    """Draw the form for corrections. At the start, each field shows what was detected.

    :param upload: id of the file; the corrections belong to it.
    :param found: how the file is read without corrections.
    """
    texts, detected = context.texts, found.reading
    given: dict[str, Any] = {}
    with st.expander(texts("reading.otherwise"), icon=":material/tune:"):
        left, middle, right = st.columns(3)
        if detected.format == "csv":
            with left:
                given["separator"] = _choice(context, upload, "separator", detected.separator, SEPARATORS)
                given["quote"] = _choice(context, upload, "quote", detected.quote, QUOTES)
            with middle:
                given["header"] = _choice(context, upload, "header", detected.header, (True, False))
        if detected.format in TEXTUAL:
            with middle:
                given["encoding"] = _choice(context, upload, "encoding", detected.encoding, ENCODINGS)
                given["day_first"] = _choice(context, upload, "day_first", None, (True, False))
            with right:
                given["decimal"] = _choice(context, upload, "decimal", None, get_args(Decimal))
                given["thousands"] = _choice(context, upload, "thousands", None, get_args(Thousands))
        as_text = st.multiselect(
            texts("reading.texts"),
            found.columns,
            placeholder=texts("reading.texts_none"),
            format_func=escaped,
            key=f"reading_texts:{upload}",
            help=texts("reading.texts_help"),
        )
    known = {name: value for name, value in given.items() if value is not None}
    return Corrections(**known, texts=tuple(name for name in as_text if name in found.columns))


def show(context: PageContext, preview: FilePreview) -> None:
    """Draw the reading, the decisions that are uncertain, and the first rows as they would be stored."""
    texts = context.texts
    st.markdown(" · ".join(description(context, preview.reading)))
    for decision in preview.decisions:
        if not decision.sure:
            values = {"chosen": label(context, decision.field, decision.chosen), "column": decision.column or ""}
            key = "reading.unsure_column" if decision.column else "reading.unsure"
            values |= {"what": texts(f"reading.{decision.field}"), "reason": context.texts.reason(decision)}
            st.warning(texts.rich(key, **values), icon=":material/help:")
    with st.expander(texts("reading.why"), icon=":material/psychology_alt:"):
        st.markdown("\n".join(f"- {explanation(context, decision)}" for decision in preview.decisions))
    st.caption(texts("data.first_rows", n=len(preview.rows)))
    config = {name: st.column_config.Column(help=texts(f"column_type.{kind}")) for name, kind in preview.kinds.items()}
    rows = {name: [row.get(name) for row in preview.rows] for name in preview.columns}
    st.dataframe(rows, hide_index=True, column_config=config, placeholder="–", alt=texts("data.tab_rows"))


def explanation(context: PageContext, decision: Decision) -> str:
    """A decision and its reason, as Markdown."""
    value = label(context, decision.field, decision.chosen)
    what = context.texts(f"reading.{decision.field}")
    named = context.texts("reading.named", what=f"{what} ({decision.column})" if decision.column else what, value=value)
    return context.texts.rich("reading.because", named=named, reason=context.texts.reason(decision))


def description(context: PageContext, reading: Reading) -> list[str]:
    """The parts of a reading, as Markdown."""
    texts = context.texts
    words = [texts(f"reading.format_{reading.format}")]
    if reading.compression != "none":
        words.append(reading.compression)
    if reading.format in TEXTUAL:
        words.append(label(context, "encoding", reading.encoding))
    if reading.format == "csv":
        words.append(_named(context, reading, "separator"))
        words.append(texts("reading.with_header" if reading.header else "reading.without_header"))
    return [escaped(word) for word in words]


def _named(context: PageContext, reading: Reading, field: str) -> str:
    value = label(context, field, getattr(reading, field))
    return context.texts("reading.named", what=context.texts(f"reading.{field}"), value=value)


def label(context: PageContext, field: str, value: Any) -> str:
    """The name of a value of a field of a reading."""
    if field == "day_first":
        return context.texts("reading.day_month" if value else "reading.month_day")
    if field == "dates":
        return label(context, "day_first", value.find("%d") < value.find("%m"))
    known = MARKS.get(value)
    return context.texts(f"reading.mark_{known}") if known else str(value)


def _choice(context: PageContext, upload: str, field: str, found: Any, values: tuple[Any, ...]) -> Any:
    """Draw the choice for one field; None keeps what was detected."""
    texts = context.texts

    def shown(value: Any) -> str:
        return (
            texts("reading.found", value=label(context, field, found))
            if value is None
            else label(context, field, value)
        )

    return st.selectbox(
        texts(f"reading.{field}"),
        (None, *(value for value in values if value != found)),
        format_func=shown,
        key=f"reading_{field}:{upload}",
    )
