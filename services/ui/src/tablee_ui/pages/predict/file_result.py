"""The result of the prediction of a file: download, distribution of the answers, first rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Final

import polars as pl
import streamlit as st

from tablee.errors import TableeError
from tablee.jobs.file_prediction import FilePrediction, Summary
from tablee.jobs.scoring import ScoringPhase
from tablee.tables.cells.numbers import parse as parse_numbers
from tablee_ui.context import PageContext
from tablee_ui.pages.predict import charts
from tablee_ui.widgets import error_messages
from tablee_ui.widgets.charts import Chart, counts

_MEDIA_TYPES = {
    ".parquet": "application/vnd.apache.parquet",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} | dict.fromkeys((".jsonl", ".ndjson"), "application/x-ndjson")

DELETED: Final = "predict_deleted"
"""Slot of the session with the prediction that the visitor has deleted."""


def show(context: PageContext, prediction: FilePrediction) -> None:
    """Draw how a prediction ended."""
    if prediction.phase is ScoringPhase.CANCELLED:
        st.warning(context.texts("file.cancelled", n=prediction.rows), icon=":material/stop_circle:")
    elif prediction.phase is ScoringPhase.FAILED:
        error = prediction.error or {"detail": prediction.message}
        error_messages.show(context, TableeError.from_problem(error))
    else:
        _answers(context, prediction)


def _answers(context: PageContext, prediction: FilePrediction) -> None:
    texts, predictions = context.texts, context.backend.controller.file_predictions
    summary = predictions.summary(prediction.id)
    rows = prediction.rows
    duration = context.formatter.duration(_seconds(prediction))
    st.success(texts("file.done", n=rows, version=prediction.version, seconds=duration), icon=":material/check_circle:")
    if prediction.warnings:
        st.info(texts("file.warnings", n=prediction.warnings), icon=":material/info:")
    name = PurePath(prediction.filename)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            texts("file.download"),
            lambda: predictions.result(prediction.id),  # called when the button is pressed
            file_name=f"{name.stem}-{texts('file.suffix')}{name.suffix}",
            mime=_MEDIA_TYPES.get(name.suffix.lower(), "text/csv"),
            type="primary",
            icon=":material/download:",
            on_click="ignore",
        )
        if st.button(texts("file.delete"), icon=":material/delete:"):
            predictions.delete(prediction.id)
            st.session_state[DELETED] = prediction.id
            st.rerun()
    st.caption(texts("file.expires", date=context.date(prediction.expires)))
    st.markdown(f"**{texts('file.answers')}**")
    st.altair_chart(chart(context, summary), alt=texts("file.answers"))
    st.markdown(f"**{texts('file.table')}**")
    st.dataframe(table(context, summary), hide_index=True, placeholder="–", alt=texts("file.table"))
    if rows > len(summary.rows):
        st.caption(texts("file.table_first", n=context.formatter.number(len(summary.rows))))


def _seconds(prediction: FilePrediction) -> float:
    """Time from the request to the end, in seconds, with one decimal below ten."""
    if prediction.ended is None:
        return 0.0
    seconds = (prediction.ended - prediction.created).total_seconds()
    return round(seconds, 1 if seconds < 10 else None)


def table(context: PageContext, summary: Summary) -> pl.DataFrame:
    """The first rows as texts, the answer first; numbers of the answer as the language writes them."""
    frame = pl.DataFrame(summary.rows, schema=dict.fromkeys(summary.columns, pl.String), orient="row")
    prediction, *shares = summary.added

    def written(column: str, shown: Callable[[float], str]) -> pl.Series:
        numbers = parse_numbers(frame[column])
        return pl.Series(column, [None if value is None else shown(value) for value in numbers], dtype=pl.String)

    answer = written(prediction, context.formatter.number) if summary.numeric else frame[prediction]
    rest = frame.drop(summary.added)
    return pl.DataFrame([answer, *(written(share, context.formatter.percent) for share in shares)]).hstack(rest)


def chart(context: PageContext, summary: Summary) -> Chart:
    """How often each answer occurs: bars for values, a histogram for many different numbers."""
    texts, formatter = context.texts, context.formatter
    if summary.histogram is not None:
        return charts.histogram(summary.histogram, formatter, across=texts("chart.answer"), up=texts("chart.rows"))
    found = summary.counts or {}
    total = sum(found.values())

    def shown(count: int) -> str:
        return f"{formatter.number(count)} ({formatter.percent(count / total)})"

    return counts(found, shown, rest=texts("chart.rest"))
