"""How a file is read: said in words, shown on its first rows, corrected by a person."""

from __future__ import annotations

from typing import Any, Final, get_args

import streamlit as st

from tablee.datasets.reading import Corrections, Decimal, Decision, Encoding, Reading, Thousands
from tablee_client.schemas.datasets import FilePreview
from tablee_ui.texts import escaped
from tablee_ui.visit import Visit

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
"""What the values of fields are called: keys `reading.mark_*` of the texts."""
TEXTUAL: Final = ("csv", "jsonl")
"""Formats whose numbers and dates are texts in the file."""


def corrections(visit: Visit, upload: str, found: FilePreview) -> Corrections:
    """The form for what is to be read otherwise; each field begins with what the file itself says.

    :param found: how the file is read if nobody says anything.
    """
    texts, was = visit.texts, found.reading
    given: dict[str, Any] = {}
    with st.expander(texts("reading.otherwise"), icon=":material/tune:"):
        left, middle, right = st.columns(3)
        if was.format == "csv":
            with left:
                given["separator"] = _choice(visit, upload, "separator", was.separator, SEPARATORS)
                given["quote"] = _choice(visit, upload, "quote", was.quote, QUOTES)
            with middle:
                given["header"] = _choice(visit, upload, "header", was.header, (True, False))
        if was.format in TEXTUAL:
            with middle:
                given["encoding"] = _choice(visit, upload, "encoding", was.encoding, get_args(Encoding))
                given["day_first"] = _choice(visit, upload, "day_first", was.day_first, (True, False))
            with right:
                given["decimal"] = _choice(visit, upload, "decimal", was.decimal, get_args(Decimal))
                given["thousands"] = _choice(visit, upload, "thousands", was.thousands, get_args(Thousands))
        kept = st.multiselect(
            texts("reading.texts"),
            found.columns,
            placeholder=texts("reading.texts_none"),
            format_func=escaped,
            key=f"reading_texts:{upload}",
            help=texts("reading.texts_help"),
        )
    known = {name: value for name, value in given.items() if value is not None}
    return Corrections(**known, texts=tuple(name for name in kept if name in found.columns))


def show(visit: Visit, preview: FilePreview) -> None:
    """What the file says of itself, what it leaves open, and its first rows as they would be stored."""
    texts = visit.texts
    st.markdown(" · ".join(said(visit, preview.reading)))
    for decision in preview.decisions:
        if not decision.sure:
            about = {"chosen": label(visit, decision.field, decision.chosen), "column": decision.column or ""}
            key = "reading.unsure_column" if decision.column else "reading.unsure"
            about |= {"what": texts(f"reading.{decision.field}"), "reason": visit.words.reason(decision)}
            st.warning(texts.rich(key, **about), icon=":material/help:")
    with st.expander(texts("reading.why"), icon=":material/psychology_alt:"):
        st.markdown("\n".join(f"- {why(visit, decision)}" for decision in preview.decisions))
    st.caption(texts.count("data.first_rows", len(preview.rows)))
    config = {name: st.column_config.Column(help=texts(f"kind.{kind}")) for name, kind in preview.kinds.items()}
    rows = {name: [row.get(name) for row in preview.rows] for name in preview.columns}
    st.dataframe(rows, hide_index=True, column_config=config, alt=texts("data.tab_rows"))


def why(visit: Visit, decision: Decision) -> str:
    """What was chosen and why, in Markdown."""
    value = label(visit, decision.field, decision.chosen)
    what = visit.texts(f"reading.{decision.field}")
    told = visit.texts("reading.told", what=f"{what} ({decision.column})" if decision.column else what, value=value)
    return visit.texts.rich("reading.because", told=told, reason=visit.words.reason(decision))


def said(visit: Visit, reading: Reading) -> list[str]:
    """A reading in words."""
    texts = visit.texts
    words = [texts(f"reading.format_{reading.format}")]
    if reading.compression != "none":
        words.append(reading.compression)
    if reading.format in TEXTUAL:
        words.append(label(visit, "encoding", reading.encoding))
    if reading.format == "csv":
        words.append(_told(visit, reading, "separator"))
        words.append(texts("reading.with_header" if reading.header else "reading.without_header"))
    if reading.format in TEXTUAL:
        words.append(_told(visit, reading, "decimal"))
        if reading.thousands:
            words.append(_told(visit, reading, "thousands"))
        if reading.dates:
            words.append(label(visit, "day_first", reading.day_first))
    return [escaped(word) for word in words]


def _told(visit: Visit, reading: Reading, field: str) -> str:
    value = label(visit, field, getattr(reading, field))
    return visit.texts("reading.told", what=visit.texts(f"reading.{field}"), value=value)


def label(visit: Visit, field: str, value: Any) -> str:
    """A value of a field of a reading, as a person says it."""
    if field == "day_first":
        return visit.texts("reading.day_month" if value else "reading.month_day")
    if field == "dates":
        return label(visit, "day_first", value.find("%d") < value.find("%m"))
    known = MARKS.get(value)
    return visit.texts(f"reading.mark_{known}") if known else str(value)


def _choice(visit: Visit, upload: str, field: str, found: Any, values: tuple[Any, ...]) -> Any:
    """The value that a person wants; None leaves it to the file."""
    texts = visit.texts

    def shown(value: Any) -> str:
        return texts("reading.found", value=label(visit, field, found)) if value is None else label(visit, field, value)

    return st.selectbox(
        texts(f"reading.{field}"),
        (None, *(value for value in values if value != found)),
        format_func=shown,
        key=f"reading_{field}:{upload}",
    )
