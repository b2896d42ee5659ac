"""Errors in the visit's language: what happened, what to do, and the service's own words below."""

from __future__ import annotations

import streamlit as st

from tablee import metrics, telemetry
from tablee.errors import InvalidRows, InvalidTable, TableeError
from tablee_ui.visit import Visit

log = telemetry.logger(__name__)

SHOWN_CELLS = 5


def headline(visit: Visit, error: TableeError) -> str:
    """The error of a code in one sentence."""
    return visit.texts.known(f"error.{error.code}", visit.texts("error.internal_error"))


def show(visit: Visit, error: TableeError) -> None:
    """Tell of an error where the page stands."""
    log.info("problem_shown", code=error.code, detail=error.detail)
    metrics.UI_PROBLEMS.labels(error.code).inc()
    lines = [f"**{headline(visit, error)}**"]
    if isinstance(error, InvalidTable):
        lines += _place(visit, error)
    if isinstance(error, InvalidRows):
        lines += _cells(visit, error)
    advice = visit.texts.known(f"advice.{error.code}", "")
    if advice:
        lines.append(advice)
    st.error("\n\n".join(lines), icon=":material/error:")
    st.caption(visit.texts.rich("error.detail", detail=error.detail))


def _place(visit: Visit, error: InvalidTable) -> list[str]:
    texts, place = visit.texts, getattr(error, "place", {})
    line, column, value = (place.get(name) for name in ("line", "column", "value"))
    found = []
    if line is not None and column is not None:
        found.append(texts.rich("error.at_line_and_column", line=line, column=column))
    elif line is not None:
        found.append(texts.rich("error.at_line", line=line))
    if value is not None:
        found.append(texts.rich("error.found", value=value))
    return found


def _cells(visit: Visit, error: InvalidRows) -> list[str]:
    texts = visit.texts
    lines = []
    for cell in error.cells[:SHOWN_CELLS]:
        value = texts("predict.unknown") if cell.value is None else str(cell.value)
        if cell.row is None:
            lines.append(f"- {texts.rich('error.column', column=cell.column or '')}")
        elif cell.column is None:
            lines.append(f"- {texts.rich('error.row', row=cell.row, value=value)}")
        else:
            lines.append(f"- {texts.rich('error.cell', row=cell.row, column=cell.column, value=value)}")
    if error.total > len(lines):
        lines.append(f"- {texts.count('error.more_cells', error.total - len(lines))}")
    return ["\n".join(lines)] if lines else []
