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
from tablee_ui.file_predictions import PREVIEW_ROWS, Batch, Outcome, Stage
from tablee_ui.pages.data.add import ENDINGS
from tablee_ui.pages.predict import file_reading
from tablee_ui.visit import Visit
from tablee_ui.widgets import charts, live, problems

PARAMETER = "file"
PEEK_ROWS = 5
_MEDIA = {".parquet": "application/vnd.apache.parquet"} | dict.fromkeys(
    (".jsonl", ".ndjson", ".json"), "application/x-ndjson"
)
BINS_FROM = 12
"""Numbers with more different answers than this are drawn as a histogram."""


def show(visit: Visit, card: ModelCard) -> None:
    texts = visit.texts
    batch_id = st.query_params.get(PARAMETER)
    if batch_id is None:
        _ask(visit, card)
        return
    batch = visit.services.batches.get(batch_id)
    if batch is None:
        st.warning(texts("file.forgotten"), icon=":material/history:")
        _again(visit)
        return
    if batch.stage is Stage.RUNNING:
        live.part(visit, partial(_running, visit, batch), every=live.SECONDS / 2)
    else:
        _ended(visit, batch)


def _ask(visit: Visit, card: ModelCard) -> None:
    texts = visit.texts
    st.markdown(texts.rich("file.intro", columns=", ".join(card.contract.names)))
    file = st.file_uploader(
        texts("file.choose"), type=list(ENDINGS), key="predict_upload", help=texts("file.choose_help")
    )
    if file is None:
        _template(visit, card)
        return
    try:
        batch = file_reading.show(visit, card, file)
    except TableeError as error:
        problems.show(visit, error)
        return
    if batch is not None:
        st.query_params[PARAMETER] = batch.id
        st.rerun()


def _template(visit: Visit, card: ModelCard) -> None:
    """A file that fits, made from the contract's examples."""
    contract = card.contract
    if not contract.examples:
        return
    frame = pl.DataFrame([{name: row.get(name) for name in contract.names} for row in contract.examples])
    st.download_button(
        visit.texts("file.template"),
        write_csv(frame),
        file_name=f"{card.name}.csv",
        mime="text/csv",
        icon=":material/description:",
        on_click="ignore",
    )


def _running(visit: Visit, batch: Batch) -> None:
    if batch.stage is not Stage.RUNNING:
        st.rerun()
    texts, number = visit.texts, visit.figures.number
    text = texts.count("file.running", batch.rows, done=number(batch.done), n=number(batch.rows))
    st.progress(batch.done / batch.rows, text=text)
    if batch.stop.is_set():
        st.caption(texts("file.stopping"))
    else:
        st.button(texts("file.cancel"), icon=":material/stop_circle:", on_click=batch.cancel)


def _again(visit: Visit) -> None:
    def forget() -> None:
        st.query_params.pop(PARAMETER, None)
        st.session_state.pop("predict_upload", None)

    st.button(visit.texts("file.another"), icon=":material/refresh:", on_click=forget)


def _ended(visit: Visit, batch: Batch) -> None:
    texts = visit.texts
    if batch.stage is Stage.CANCELLED:
        done = visit.figures.number(batch.done)
        st.warning(texts.count("file.cancelled", batch.done, n=done), icon=":material/stop_circle:")
    elif batch.error is not None:
        problems.show(visit, batch.error)
    elif batch.outcome is not None:
        _answered(visit, batch, batch.outcome)
    _again(visit)


def _answered(visit: Visit, batch: Batch, outcome: Outcome) -> None:
    texts, figures = visit.texts, visit.figures
    st.success(
        texts.count(
            "file.done",
            batch.rows,
            n=figures.number(batch.rows),
            version=batch.version,
            seconds=figures.duration(batch.seconds),
        ),
        icon=":material/check_circle:",
    )
    if batch.warnings:
        count = figures.number(batch.warnings)
        st.info(texts.count("file.warnings", batch.warnings, n=count), icon=":material/info:")
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
    st.altair_chart(_chart(visit, outcome), alt=texts("file.answers"))
    st.markdown(f"**{texts('file.table')}**")
    st.dataframe(readable(visit, outcome), hide_index=True, placeholder="–", alt=texts("file.table"))
    if batch.rows > PREVIEW_ROWS:
        st.caption(texts("file.table_first", n=figures.number(PREVIEW_ROWS)))


def readable(visit: Visit, outcome: Outcome) -> pl.DataFrame:
    """The first rows with the answer in front, its numbers as people read them."""
    prediction, *shares = outcome.added

    def written(column: str, shown: Callable[[float], str]) -> pl.Series:
        numbers = parse_numbers(outcome.preview[column])
        texts = [shown(value) if value is not None else None for value in numbers]
        return pl.Series(column, texts, dtype=pl.String)

    front = [outcome.preview[prediction]]
    if outcome.answers.dtype == pl.Float64:
        front = [written(prediction, visit.figures.number)]
    rest = outcome.preview.drop(outcome.added)
    return pl.DataFrame([*front, *(written(share, visit.figures.percent) for share in shares)]).hstack(rest)


def _chart(visit: Visit, outcome: Outcome) -> charts.Chart:
    texts, answers = visit.texts, outcome.answers
    if answers.dtype == pl.Float64 and answers.n_unique() > BINS_FROM:
        return charts.histogram(answers, visit.figures, across=texts("chart.answer"), up=texts("chart.rows"))
    tally = answers.cast(pl.String).value_counts(sort=True)
    found = dict(zip(tally.to_series(0), tally.to_series(1), strict=True))

    def shown(count: int) -> str:
        return f"{visit.figures.number(count)} ({visit.figures.percent(count / len(answers))})"

    return charts.counts(found, shown, rest=texts("chart.rest"))
