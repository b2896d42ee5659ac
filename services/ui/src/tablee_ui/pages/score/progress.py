"""One scoring: live while it waits or runs, then how it ended."""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee.errors import TableeError
from tablee.jobs.scoring import ScoringPhase, ScoringState
from tablee_ui.visit import Visit
from tablee_ui.widgets import live, problems

LOG_LINES = 200
LIVE_SECONDS = 2.0
"""As often as workers tell of themselves."""


def show(visit: Visit, scoring_id: str) -> None:
    """Draw a scoring; drawn again every few seconds until it ends."""
    state = visit.services.controller.scorings.get(scoring_id)
    if state.phase.ended:
        _heading(visit, state)
        _ending(visit, state)
        return
    live.part(visit, partial(_running, visit, scoring_id), every=LIVE_SECONDS)


def _running(visit: Visit, scoring_id: str) -> None:
    state = visit.services.controller.scorings.get(scoring_id)
    if state.phase.ended:
        st.rerun()
    texts = visit.texts
    _heading(visit, state)
    bar = f"**{texts(f'scoring_phase.{state.phase.value}')}** · {parts_done(visit, state)}"
    st.progress(state.parts_done / state.parts, text=bar)
    st.caption(texts(f"scoring_about.{state.phase.value}"))
    if state.message:
        st.caption(texts.rich("error.detail", detail=state.message))
    _figures(visit, state)
    _cancel(visit, state)
    _workers(visit, state)
    _failed(visit, state)


def parts_done(visit: Visit, state: ScoringState) -> str:
    """How many files are done, in words."""
    number = visit.figures.number
    return visit.texts.count("score.parts_done", state.parts, done=number(state.parts_done), n=number(state.parts))


def _heading(visit: Visit, state: ScoringState) -> None:
    request = state.request
    values = {"model": request.model, "version": request.version, "source": request.source}
    st.subheader(visit.texts.rich("score.of", **values))
    st.caption(visit.texts.rich("score.to", target=request.target))


def _figures(visit: Visit, state: ScoringState) -> None:
    texts, number = visit.texts, visit.figures.number
    rows, rate, end = st.columns(3)
    rows.metric(texts("score.rows"), number(state.rows), border=True)
    shown = number(state.rows_per_second, 0) if state.rows_per_second else "–"
    rate.metric(texts("score.rate"), shown, border=True, help=texts("score.rate_help"))
    expected = visit.date(state.expected_end) if state.expected_end is not None else "–"
    end.metric(texts("score.expected_end"), expected, border=True)


def _cancel(visit: Visit, state: ScoringState) -> None:
    texts = visit.texts
    asked, place = f"score_cancelled:{state.id}", st.empty()
    if not st.session_state.get(asked):
        label = texts("score.cancel")
        if not place.button(label, icon=":material/stop_circle:", key=f"score_cancel:{state.id}"):
            return
        try:
            visit.services.controller.scorings.cancel(state.id)
        except TableeError as error:
            problems.show(visit, error)
            return
        st.session_state[asked] = True
    place.info(texts("score.cancelling"), icon=":material/hourglass_top:")


def _ending(visit: Visit, state: ScoringState) -> None:
    texts, number = visit.texts, visit.figures.number
    if state.phase is ScoringPhase.FAILED:
        problems.show(visit, TableeError.from_problem(state.error or {"detail": state.message}))
    elif state.phase is ScoringPhase.CANCELLED:
        st.warning(texts("score.cancelled"), icon=":material/stop_circle:")
    else:
        said = texts.count("score.done", state.rows, n=number(state.rows), rate=number(state.rows_per_second, 0))
        st.success(said, icon=":material/check_circle:")
    if state.phase is not ScoringPhase.DONE:
        st.markdown(parts_done(visit, state))
    if state.warnings:
        st.caption(texts.count("file.warnings", state.warnings, n=number(state.warnings)))
    _failed(visit, state)
    _workers(visit, state)
    with st.expander(texts("train.technical"), icon=":material/terminal:"):
        st.caption(texts.rich("score.technical_id", id=state.id))
        if st.toggle(texts("train.show_log"), key=f"score_log:{state.id}"):
            log = visit.services.controller.scorings.log(state.id, LOG_LINES)
            st.code(log or texts("train.log_empty"), language=None, height=320)


def _failed(visit: Visit, state: ScoringState) -> None:
    for failed in state.failed:
        st.error(visit.texts.rich("score.part_failed", name=failed.name, reason=failed.reason))
    if state.failed_parts > len(state.failed) > 0:
        st.caption(visit.texts.count("error.more_cells", state.failed_parts - len(state.failed)))


def _workers(visit: Visit, state: ScoringState) -> None:
    texts, number = visit.texts, visit.figures.number
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
