"""Error messages in the visitor's language: what happened, where, what to do, and the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from tablee import metrics, telemetry
from tablee.errors import InvalidRows, InvalidTable, TableeError
from tablee.errors.base import said_or
from tablee.i18n.message import Message
from tablee_ui.context import PageContext

MAX_CELLS = 5
"""Wrong cells that a message lists; further ones are counted."""

log = telemetry.logger(__name__)


def caught(context: PageContext, draw: Callable[[], None]) -> None:
    """Draw something; show a message in its place if it raises an error."""
    try:
        draw()
    except TableeError as error:
        show(context, error)
    except Exception as error:  # the visitor reads a sentence, the log has the traceback
        log.exception("page_failed")
        show(context, TableeError("page_failed", kind=type(error).__name__))


def show(context: PageContext, error: TableeError) -> None:
    """Draw the message for an error."""
    log.info("problem_shown", code=error.code, detail=error.detail)
    metrics.UI_PROBLEMS.labels(error.code).inc()
    texts = context.texts
    lines = [f"**{headline(context, error)}**"]
    if isinstance(error, InvalidTable):
        lines += _place(context, error)
    if isinstance(error, InvalidRows):
        lines += _cells(context, error)
    advice = texts.known(f"advice.{error.code}", "")
    if advice:
        lines.append(advice)
    st.error("\n\n".join(lines), icon=":material/error:")
    st.caption(reason(context, error))


def reason(context: PageContext, error: TableeError) -> str:
    """What happened, as Markdown: in the visitor's language, else in English with a note that says so."""
    sentence = error.said(context.texts)
    if context.texts.language != "en" and sentence == error.detail:
        return context.texts.rich("error.detail", detail=sentence)
    return context.texts.rich("error.reason", reason=sentence)


def stored(context: PageContext, message: Any, otherwise: str) -> str:
    """A reason that a service has stored or sent, as Markdown; see `tablee.errors.base.said_or`.

    :param otherwise: its English sentence; it is shown with a note that says so where the message is not known here.
    """
    sentence = said_or(message, "", context.texts)
    if sentence:
        return context.texts.rich("error.reason", reason=sentence)
    return context.texts.rich("error.detail", detail=otherwise)


def headline(context: PageContext, error: TableeError) -> str:
    """One sentence for the error's code."""
    return context.texts.known(f"error.{error.code}", context.texts("error.internal_error"))


def _place(context: PageContext, error: InvalidTable) -> list[str]:
    """The line, column and value of the file that the error names."""
    texts, place = context.texts, getattr(error, "place", {})
    line, column, value = (place.get(name) for name in ("line", "column", "value"))
    found = []
    if line is not None and column is not None:
        found.append(texts.rich("error.at_line_and_column", line=line, column=column))
    elif line is not None:
        found.append(texts.rich("error.at_line", line=line))
    if value is not None:
        found.append(texts.rich("error.found", value=value))
    return found


def _cells(context: PageContext, error: InvalidRows) -> list[str]:
    """A Markdown list of the first wrong cells; empty if the error names none."""
    texts = context.texts
    lines = []
    for cell in error.cells[:MAX_CELLS]:
        value = texts("predict.unknown") if cell.value is None else str(cell.value)
        if cell.line is not None:
            facts = {"line": cell.line, "column": cell.column or "", "value": value}
            lines.append(f"- {texts.rich('error.cell_of_line', **facts)}")
        elif cell.row is None:
            key = "column_missing" if cell.value is None else "column_unknown"
            near = cell.expected.facts.get("near") if isinstance(cell.expected, Message) else None
            question = [] if near is None else [texts.rich("error.near", near=near)]
            lines.append(f"- {' '.join([texts.rich(f'error.{key}', column=cell.column or ''), *question])}")
        elif cell.column is None:
            lines.append(f"- {texts.rich('error.row', row=cell.row, value=value)}")
        else:
            lines.append(f"- {texts.rich('error.cell', row=cell.row, column=cell.column, value=value)}")
    if error.total > len(lines):
        lines.append(f"- {texts('error.more_cells', n=error.total - len(lines))}")
    return ["\n".join(lines)] if lines else []
