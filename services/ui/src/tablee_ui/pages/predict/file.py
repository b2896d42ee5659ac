"""Many cases: a file in, the same with its answers out.

The work goes on when the page is reloaded (`?file=ID`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import PurePath

import polars as pl
import streamlit as st

from tablee.errors import TableeError
from tablee.tables.cells import parse_numbers
from tablee.tables.csv.writer import write_csv
from tablee_client.schemas.inference import ModelCard
from tablee_ui.context import PageContext
from tablee_ui.file_predictions import PREVIEW_ROWS, Batch, Outcome, Stage
from tablee_ui.pages.predict import charts, file_reading
from tablee_ui.widgets import error_messages, fragments
from tablee_ui.widgets.charts import Chart, counts
from tablee_ui.widgets.file_reading import EXTENSIONS

PARAMETER = "file"
PEEK_ROWS = 5
_MEDIA = {".parquet": "application/vnd.apache.parquet"} | dict.fromkeys(
    (".jsonl", ".ndjson", ".json"), "application/x-ndjson"
)
BINS_FROM = 12
"""Numbers with more different answers than this are drawn as a histogram."""


def show(context: PageContext, card: ModelCard) -> None:
    texts = context.texts
    batch_id = st.query_params.get(PARAMETER)
    if batch_id is None:
        _ask(context, card)
        return
    batch = context.backend.batches.get(batch_id)
    if batch is None:
        st.warning(texts("file.forgotten"), icon=":material/history:")
        _again(context)
        return
    if batch.stage is Stage.RUNNING:
        fragments.draw(context, partial(_running, context, batch), every=fragments.REFRESH_SECONDS / 2)
    else:
        _ended(context, batch)


def _ask(context: PageContext, card: ModelCard) -> None:
    texts = context.texts
    st.markdown(texts.rich("file.intro", columns=", ".join(card.contract.names)))
    file = st.file_uploader(
        texts("file.choose"), type=list(EXTENSIONS), key="predict_upload", help=texts("file.choose_help")
    )
    if file is None:
        _template(context, card)
        return
    try:
        batch = file_reading.show(context, card, file)
    except TableeError as error:
        error_messages.show(context, error)
        return
    if batch is not None:
        st.query_params[PARAMETER] = batch.id
        st.rerun()


def _template(context: PageContext, card: ModelCard) -> None:
    """A file that fits, made from the contract's examples."""
    contract = card.contract
    if not contract.examples:
        return
    frame = pl.DataFrame([{name: row.get(name) for name in contract.names} for row in contract.examples])
    st.download_button(
        context.texts("file.template"),
        write_csv(frame),
        file_name=f"{card.name}.csv",
        mime="text/csv",
        icon=":material/description:",
        on_click="ignore",
    )


def _running(context: PageContext, batch: Batch) -> None:
    if batch.stage is not Stage.RUNNING:
        st.rerun()
    texts = context.texts
    text = texts("file.running", done=batch.done, n=batch.rows)
    st.progress(batch.done / batch.rows, text=text)
    if batch.stop.is_set():
        st.caption(texts("file.stopping"))
    else:
        st.button(texts("file.cancel"), icon=":material/stop_circle:", on_click=batch.cancel)


def _again(context: PageContext) -> None:
    def forget() -> None:
        st.query_params.pop(PARAMETER, None)
        st.session_state.pop("predict_upload", None)

    st.button(context.texts("file.another"), icon=":material/refresh:", on_click=forget)


def _ended(context: PageContext, batch: Batch) -> None:
    texts = context.texts
    if batch.stage is Stage.CANCELLED:
        st.warning(texts("file.cancelled", n=batch.done), icon=":material/stop_circle:")
    elif batch.error is not None:
        error_messages.show(context, batch.error)
    elif batch.outcome is not None:
        _answered(context, batch, batch.outcome)
    _again(context)


def _answered(context: PageContext, batch: Batch, outcome: Outcome) -> None:
    texts, formatter = context.texts, context.formatter
    st.success(
        texts(
            "file.done",
            n=batch.rows,
            version=batch.version,
            seconds=formatter.duration(batch.seconds),
        ),
        icon=":material/check_circle:",
    )
    if batch.warnings:
        st.info(texts("file.warnings", n=batch.warnings), icon=":material/info:")
    if batch.answer is not None:
        st.download_button(
            texts("file.download"),
            batch.answer.read_bytes,
            file_name=f"{PurePath(batch.filename).stem}-{texts('file.suffix')}{batch.answer.suffix}",
            mime=_MEDIA.get(batch.answer.suffix.lower(), "text/csv"),
            type="primary",
            icon=":material/download:",
            on_click="ignore",
        )
    st.markdown(f"**{texts('file.answers')}**")
    st.altair_chart(_chart(context, outcome), alt=texts("file.answers"))
    st.markdown(f"**{texts('file.table')}**")
    st.dataframe(readable(context, outcome), hide_index=True, placeholder="–", alt=texts("file.table"))
    if batch.rows > PREVIEW_ROWS:
        st.caption(texts("file.table_first", n=formatter.number(PREVIEW_ROWS)))


def readable(context: PageContext, outcome: Outcome) -> pl.DataFrame:
    """The first rows with the answer in front, its numbers as people read them."""
    prediction, *shares = outcome.added

    def written(column: str, shown: Callable[[float], str]) -> pl.Series:
        numbers = parse_numbers(outcome.preview[column])
        texts = [shown(value) if value is not None else None for value in numbers]
        return pl.Series(column, texts, dtype=pl.String)

    front = [outcome.preview[prediction]]
    if outcome.answers.dtype == pl.Float64:
        front = [written(prediction, context.formatter.number)]
    rest = outcome.preview.drop(outcome.added)
    return pl.DataFrame([*front, *(written(share, context.formatter.percent) for share in shares)]).hstack(rest)


def _chart(context: PageContext, outcome: Outcome) -> Chart:
    texts, answers = context.texts, outcome.answers
    if answers.dtype == pl.Float64 and answers.n_unique() > BINS_FROM:
        return charts.histogram(answers, context.formatter, across=texts("chart.answer"), up=texts("chart.rows"))
    tally = answers.cast(pl.String).value_counts(sort=True)
    found = dict(zip(tally.to_series(0), tally.to_series(1), strict=True))

    def shown(count: int) -> str:
        return f"{context.formatter.number(count)} ({context.formatter.percent(count / len(answers))})"

    return counts(found, shown, rest=texts("chart.rest"))
