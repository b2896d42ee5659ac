"""How a training ended, in plain words, and where to go from there."""

from __future__ import annotations

import streamlit as st

from tablee.errors import TableeError
from tablee.jobs.training import Phase, TrainingState, Verdict
from tablee_ui.pages.train import leaderboard
from tablee_ui.visit import Visit
from tablee_ui.widgets import problems

LOG_LINES = 200


def show(visit: Visit, state: TrainingState) -> None:
    texts = visit.texts
    if state.phase is Phase.FAILED:
        st.error(texts("train.failed"), icon=":material/error:")
        problems.show(visit, TableeError.from_problem(state.error or {"detail": state.message}))
    elif state.phase is Phase.CANCELLED:
        st.warning(texts("train.cancelled"), icon=":material/stop_circle:")
    else:
        _succeeded(visit, state)
    if state.leaderboard:
        st.subheader(texts("train.leaderboard"))
        leaderboard.show(visit, state)
    _log(visit, state)


def _succeeded(visit: Visit, state: TrainingState) -> None:
    texts, sentences = visit.texts, visit.sentences
    serves = bool(state.promoted)
    said = sentences.verdict(state)
    if serves:
        st.success(said, icon=":material/check_circle:")
    else:
        st.warning(said, icon=":material/balance:")
    if state.holdout:
        st.markdown(texts("train.holdout"))
        names = sorted(state.holdout, key=lambda name: name != state.metric)[:4]
        for place, name in zip(st.columns(len(names)), names, strict=True):
            place.metric(
                sentences.metric(name),
                sentences.score(name, state.holdout[name]),
                border=True,
                help=sentences.metric_help(name),
            )
    if state.verdict is not None:
        _checks(visit, state.verdict)
    model = state.request.model_name
    with st.container(horizontal=True, vertical_alignment="center"):
        if serves and st.button(texts("train.predict_now"), type="primary", icon=":material/lightbulb:"):
            visit.go("predict", model=model)
        visit.link("models", texts("train.see_model"), icon=":material/workspace_premium:", model=model)


def _checks(visit: Visit, verdict: Verdict) -> None:
    texts, sentences = visit.texts, visit.sentences
    with st.expander(texts("train.checks"), icon=":material/fact_check:"):
        uncertain = sentences.uncertainty(verdict)
        if uncertain:
            st.markdown(uncertain)
        for check in verdict.checks:
            icon = ":green[:material/check_circle:]" if check.passed else ":red[:material/cancel:]"
            st.markdown(f"{icon} {sentences.check(check)}")
            st.caption(texts.rich("error.detail", detail=check.detail))


def _log(visit: Visit, state: TrainingState) -> None:
    texts = visit.texts
    with st.expander(texts("train.technical"), icon=":material/terminal:"):
        st.caption(texts.rich("train.technical_ids", id=state.id, run=state.run_id or "–"))
        if st.toggle(texts("train.show_log"), key=f"train_log:{state.id}"):
            log = visit.services.controller.trainings.log(state.id, LOG_LINES)
            st.code(log or texts("train.log_empty"), language=None, height=320)
