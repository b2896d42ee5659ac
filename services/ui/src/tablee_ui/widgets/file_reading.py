"""How a file is read: described in words, and shown on the first rows. See `reading_questions` for what is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any, Final

import streamlit as st

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.questions import SEPARATORS, SIGNS
from tablee.datasets.reading import Corrections, Decision, Reading, Reason
from tablee.http.schemas.datasets import FilePreview
from tablee_ui.context import PageContext
from tablee_ui.texts import escaped

EXTENSIONS: Final = (
    *("csv", "tsv", "txt", "xlsx", "xlsm", "xls", "xlsb", "ods", "parquet", "arrow", "feather"),
    *("jsonl", "ndjson", "json", "log", "gz", "zip"),
)
"""Extensions of the files that the platform can read."""
_MARKS: Final[dict[Any, str]] = {sign: name for name, sign in (SEPARATORS | SIGNS).items()} | {
    ".": "point",
    True: "yes",
    False: "no",
}
"""Names of the values of fields, in the keys `reading.mark_*` of the texts."""
TEXTUAL: Final = ("csv", "jsonl", "json")
"""Formats that hold numbers and dates as text."""


def show(context: PageContext, preview: FilePreview) -> None:
    """Draw the reading, why it is so, and the first rows as they would be stored."""
    texts = context.texts
    st.markdown(" · ".join(description(context, preview.reading)))
    with st.expander(texts("reading.why"), icon=":material/psychology_alt:"):
        st.markdown("\n".join(f"- {explanation(context, decision)}" for decision in preview.decisions))
    st.caption(f"{texts('data.first_rows', n=len(preview.rows))} {texts('data.plain_form')}")
    config = {name: st.column_config.Column(help=texts(f"column_type.{kind}")) for name, kind in preview.kinds.items()}
    rows = {name: [row.get(name) for row in preview.rows] for name in preview.columns}
    st.dataframe(rows, hide_index=True, column_config=config, placeholder="–", alt=texts("data.tab_rows"))


def explanation(context: PageContext, decision: Decision) -> str:
    """A decision and its reason where it is known, as Markdown."""
    value = label(context, decision.field, decision.chosen)
    what = context.texts(f"reading.{decision.field}")
    if decision.reason is Reason.DOES_NOT_APPLY:
        return context.texts.rich("question.remark", about=what, reason=context.texts.reason(decision))
    named = context.texts("reading.named", what=f"{what} ({decision.column})" if decision.column else what, value=value)
    reason = context.texts.reason(decision)
    return context.texts.rich("reading.because", named=named, reason=reason) if reason else escaped(named)


def description(context: PageContext, reading: Reading) -> list[str]:
    """The parts of a reading, as Markdown."""
    texts = context.texts
    words = [label(context, "format", reading.format)]
    if reading.compression != "none":
        words.append(reading.compression)
    if reading.format in TEXTUAL:
        words.append(label(context, "encoding", reading.encoding))
    if reading.format == "csv":
        words.append(_named(context, "separator", reading.separator))
    if reading.sheet is not None:
        words.append(_named(context, "sheet", reading.sheet))
    if reading.format == "csv" or reading.sheet is not None:
        if reading.skipped_lines:
            words.append(_named(context, "skipped_lines", reading.skipped_lines))
        words.append(texts("reading.with_header" if reading.header else "reading.without_header"))
        if reading.footer_rows:
            words.append(_named(context, "footer_rows", reading.footer_rows))
    if reading.format in TEXTUAL:
        words += [
            _named(context, field, *values) for field in ("decimal", "dates") if (values := in_columns(reading, field))
        ]
    return [escaped(word) for word in words]


def in_columns(reading: Reading, field: str) -> tuple[Any, ...]:
    """What the columns of a file have as `decimal`, `thousands`, `dates`, `day_first` or `first_year`, each once; empty
    where no column tells."""
    numbers = [each.number for each in reading.cells.values() if each.number is not None]
    dates = [each.date for each in reading.cells.values() if each.date is not None]
    found: list[Any]
    match field:
        case "decimal":
            found = [each.decimal for each in numbers if each.decimal is not None]
        case "thousands":
            found = [each.thousands for each in numbers if each.thousands]
        case "day_first":
            found = [order for each in dates if (order := _is_day_first(each.pattern)) is not None]
        case "first_year":
            found = [each.first_year for each in dates if "%y" in each.pattern]
        case _:
            found = [each.pattern for each in dates]
    return tuple(dict.fromkeys(found))


def _is_day_first(pattern: str) -> bool | None:
    """Whether the day is before the month; None if they cannot be taken for each other."""
    if not re.match(r"%[dm]\W%[dm]\W%[Yy]", pattern):
        return None
    return pattern.find("%d") < pattern.find("%m")


def decided(context: PageContext, manifest: DatasetManifest) -> None:
    """Draw how the file of a version was read: what was decided, and what a person asked for."""
    texts = context.texts
    if not manifest.decisions and not manifest.options.given():
        return
    with st.expander(texts("reading.decided"), icon=":material/psychology_alt:"):
        if manifest.options.given():
            key = "reading.said_by" if manifest.by else "reading.said"
            st.markdown(texts.rich(key, by=manifest.by or "", options=asked_for(context, manifest.options)))
        st.markdown("\n".join(f"- {explanation(context, decision)}" for decision in manifest.decisions))


def asked_for(context: PageContext, asked: Corrections) -> str:
    """What a person said about a file, in the words of the form."""
    given = asked.given()
    said = [(field, "", value) for field, value in given.items() if field not in ("columns", "dates")]
    said += [("dates", column, pattern) for column, pattern in asked.dates.items()]
    said += [(field, name, value) for name, own in asked.columns.items() for field, value in own if value is not None]
    words = []
    for field, column, value in said:
        what = context.texts(f"reading.{field}")
        several = value if isinstance(value, tuple) else (value,)
        are_texts = field in ("texts", "numbers", "missing")
        values = [str(each) if are_texts else label(context, field, each) for each in several]
        shown = ", ".join(filter(None, values)) or context.texts("choice.none")
        named = f"{what} ({column})" if column else what
        words.append(context.texts("reading.named", what=named, value=shown))
    return " · ".join(words)


def left_out(context: PageContext, columns: Sequence[str]) -> None:
    """Draw which columns are left out, if any, since the model does not know them."""
    if columns:
        st.info(context.texts.rich("question.left_out", columns=", ".join(columns)), icon=":material/visibility_off:")


def _named(context: PageContext, field: str, *values: Any) -> str:
    """A field with all of its values."""
    value = ", ".join(label(context, field, each) for each in values)
    return context.texts("reading.named", what=context.texts(f"reading.{field}"), value=value)


def label(context: PageContext, field: str, value: Any) -> str:
    """The name of a value of a field of a reading."""
    texts = context.texts
    if field in ("sheet", "encoding", "zone", "skipped_lines", "footer_rows", "left_out_rows", "first_year"):
        return str(value)
    if field == "format":
        return texts.known(f"reading.format_{value}", str(value))
    if field == "day_first":
        return texts("reading.day_month" if value else "reading.month_day")
    if field == "dates":
        order, words = _is_day_first(str(value)), texts.date_format(str(value))
        return words if order is None else f"{label(context, 'day_first', order)} ({words})"
    if field in ("type", "missing", "names", "columns", "trimmed"):
        return texts.known(f"choice.{value}", str(value))
    return texts.known(f"reading.mark_{_MARKS.get(value, value)}", str(value))


def written(context: PageContext, field: str, choice: str, result: str) -> str:
    """What a cell becomes by a choice, as the language writes it."""
    with suppress(ValueError):
        if field == "decimal" or (field == "type" and choice == "number"):
            return context.formatter.value(float(result))
        if field in ("dates", "first_year"):
            days = (context.formatter.day(date.fromisoformat(each[:10])) + each[10:] for each in result.split(", "))
            return ", ".join(days).replace("T", " ")
    return result
