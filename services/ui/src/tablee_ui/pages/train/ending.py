"""The result of a training that has ended: verdict, metrics, checks, leaderboard, log."""

from __future__ import annotations

import streamlit as st

from tablee.errors import TableeError
from tablee.jobs.training import Phase, TrainingState, Verdict
from tablee_ui.context import PageContext
from tablee_ui.pages.train import leaderboard
from tablee_ui.pages.train.verdict_texts import VerdictTexts
from tablee_ui.widgets import error_messages

LOG_LINES = 200
"""Lines of the log that are shown, the last ones."""
MAX_METRICS = 4


def show(context: PageContext, state: TrainingState) -> None:
    """Draw the result."""
    texts = context.texts
    if state.phase is Phase.FAILED:
        st.error(texts("train.failed"), icon=":material/error:")
        error_messages.show(context, TableeError.from_problem(state.error or {"detail": state.message}))
    elif state.phase is Phase.CANCELLED:
        st.warning(texts("train.cancelled"), icon=":material/stop_circle:")
    else:
        _succeeded(context, state)
    if state.leaderboard:
        st.subheader(texts("train.leaderboard"))
        leaderboard.show(context, state)
    _log(context, state)


def _succeeded(context: PageContext, state: TrainingState) -> None:
    texts, metrics = context.texts, context.metrics
    serves = bool(state.promoted)
    verdict = VerdictTexts(texts, metrics).verdict(state)
    if serves:
        st.success(verdict, icon=":material/check_circle:")
    else:
        st.warning(verdict, icon=":material/balance:")
    if state.holdout:
        st.markdown(texts("train.holdout"))
        names = sorted(state.holdout, key=lambda name: name != state.metric)[:MAX_METRICS]
        for column, name in zip(st.columns(len(names)), names, strict=True):
            column.metric(
                metrics.name(name), metrics.value(name, state.holdout[name]), border=True, help=metrics.help(name)
            )
    if state.verdict is not None:
        _checks(context, state.verdict)
    model = state.request.model_name
    with st.container(horizontal=True, vertical_alignment="center"):
        if serves and st.button(texts("train.predict_now"), type="primary", icon=":material/lightbulb:"):
            context.go("predict", model=model)
        context.link("models", texts("train.see_model"), icon=":material/workspace_premium:", model=model)


def _checks(context: PageContext, verdict: Verdict) -> None:
    texts = context.texts
    sentences = VerdictTexts(texts, context.metrics)
    with st.expander(texts("train.checks"), icon=":material/fact_check:"):
        uncertainty = sentences.uncertainty(verdict)
        if uncertainty:
            st.markdown(uncertainty)
        for check in verdict.checks:
            icon = ":green[:material/check_circle:]" if check.passed else ":red[:material/cancel:]"
            st.markdown(f"{icon} {sentences.check(check)}")
            st.caption(error_messages.stored(context, check.message, check.detail))


def _log(context: PageContext, state: TrainingState) -> None:
    texts = context.texts
    with st.expander(texts("train.technical"), icon=":material/terminal:"):
        st.caption(texts.rich("train.technical_ids", id=state.id, run=state.run_id or "–"))
        if st.toggle(texts("train.show_log"), key=f"train_log:{state.id}"):
            log = context.backend.controller.trainings.log(state.id, LOG_LINES)
            st.code(log or texts("train.log_empty"), language=None, height=320)
