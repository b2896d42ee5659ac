"""One scoring: its progress while it waits or runs, then its result."""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee.errors import TableeError
from tablee.errors.base import said_or
from tablee.jobs.scoring import ScoringPhase, ScoringState
from tablee_ui.context import PageContext
from tablee_ui.widgets import cancel_button, error_messages, file_reading, fragments

LOG_LINES = 200
"""Lines of the log that are shown, the last ones."""
REFRESH_SECONDS = 2.0
"""Time between two redraws: workers write their state as often."""


def show(context: PageContext, scoring_id: str) -> None:
    """Draw a scoring. It is redrawn every few seconds until it ends."""
    state = context.backend.controller.scorings.get(scoring_id)
    if state.phase.ended:
        _heading(context, state)
        _result(context, state)
        return
    fragments.draw(context, partial(_running, context, scoring_id), every=REFRESH_SECONDS)


def _running(context: PageContext, scoring_id: str) -> None:
    state = context.backend.controller.scorings.get(scoring_id)
    if state.phase.ended:
        st.rerun()
    texts = context.texts
    _heading(context, state)
    bar = f"**{texts(f'scoring_phase.{state.phase.value}')}** · {parts_done(context, state)}"
    st.progress(state.parts_done / state.parts, text=bar)
    st.caption(texts(f"scoring_about.{state.phase.value}"))
    if state.message:
        st.caption(error_messages.stored(context, state.told, state.message))
    _metrics(context, state)
    file_reading.left_out(context, state.left_out)
    _cancel(context, state)
    _workers(context, state)
    _failed(context, state)


def parts_done(context: PageContext, state: ScoringState) -> str:
    """How many files are done, as a text."""
    return context.texts("score.parts_done", done=state.parts_done, n=state.parts)


def _heading(context: PageContext, state: ScoringState) -> None:
    request = state.request
    values = {"model": request.model, "version": request.version, "source": request.source}
    st.subheader(context.texts.rich("score.of", **values))
    st.caption(context.texts.rich("score.to", target=request.target))


def _metrics(context: PageContext, state: ScoringState) -> None:
    texts, number = context.texts, context.formatter.number
    rows, rate, end = st.columns(3)
    rows.metric(texts("score.rows"), number(state.rows), border=True)
    shown = number(state.rows_per_second, 0) if state.rows_per_second else "–"
    rate.metric(texts("score.rate"), shown, border=True, help=texts("score.rate_help"))
    expected = context.date(state.expected_end) if state.expected_end is not None else "–"
    end.metric(texts("score.expected_end"), expected, border=True)


def _cancel(context: PageContext, state: ScoringState) -> None:
    texts, cancel = context.texts, partial(context.backend.controller.scorings.cancel, state.id)
    place = cancel_button.draw(context, f"score_cancel:{state.id}", texts("score.cancel"), cancel)
    if place is not None:
        place.info(texts("score.cancelling"), icon=":material/hourglass_top:")


def _result(context: PageContext, state: ScoringState) -> None:
    texts, number = context.texts, context.formatter.number
    if state.phase is ScoringPhase.FAILED:
        error_messages.show(context, TableeError.from_problem(state.error or {"detail": state.message}))
    elif state.phase is ScoringPhase.CANCELLED:
        st.warning(texts("score.cancelled"), icon=":material/stop_circle:")
    else:
        done = texts("score.done", n=state.rows, rate=number(state.rows_per_second, 0))
        st.success(done, icon=":material/check_circle:")
    if state.phase is not ScoringPhase.DONE:
        st.markdown(parts_done(context, state))
    if state.warnings:
        st.caption(texts("file.warnings", n=state.warnings))
    file_reading.left_out(context, state.left_out)
    _failed(context, state)
    _workers(context, state)
    with st.expander(texts("train.technical"), icon=":material/terminal:"):
        st.caption(texts.rich("score.technical_id", id=state.id))
        if st.toggle(texts("train.show_log"), key=f"score_log:{state.id}"):
            log = context.backend.controller.scorings.log(state.id, LOG_LINES)
            st.code(log or texts("train.log_empty"), language=None, height=320)


def _failed(context: PageContext, state: ScoringState) -> None:
    for failed in state.failed:
        reason = said_or(failed.error, failed.reason, context.texts)
        st.error(context.texts.rich("score.part_failed", name=failed.name, reason=reason))
    if state.failed_parts > len(state.failed) > 0:
        st.caption(context.texts("error.more_cells", n=state.failed_parts - len(state.failed)))


def _workers(context: PageContext, state: ScoringState) -> None:
    texts, number = context.texts, context.formatter.number
    if not state.workers:
        return
    st.subheader(texts("score.workers"))
    st.dataframe(
        [
            {
                texts("score.worker"): worker.worker + 1,
                texts("score.parts"): f"{number(worker.parts_done)} / {number(worker.parts)}",
                texts("score.rows"): number(worker.rows),
                texts("score.rate"): number(worker.rows_per_second, 0),
                texts("score.part"): worker.part or "–",
            }
            for worker in state.workers
        ],
        hide_index=True,
        alt=texts("score.workers"),
    )
