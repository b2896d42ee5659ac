"""One training: live while it runs, then how it ended."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from tablee.errors import TableeError
from tablee.jobs.training import Phase, TrainingState
from tablee_ui.pages.train import ending, leaderboard
from tablee_ui.visit import Visit
from tablee_ui.widgets import live, problems

STEPS: Final = (Phase.STARTING, Phase.WAITING, Phase.PREPARING, Phase.TRAINING, Phase.TRACKING, Phase.GATING)
"""Phases between the queue and the end, in order."""


def show(visit: Visit, training_id: str) -> None:
    """Draw a training; drawn again every second until it ends."""
    state = visit.services.controller.trainings.get(training_id)
    if state.phase.ended:
        _heading(visit, state)
        ending.show(visit, state)
        return
    live.part(visit, partial(_running, visit, training_id), every=live.SECONDS)


def _running(visit: Visit, training_id: str) -> None:
    state = visit.services.controller.trainings.get(training_id)
    if state.phase.ended:
        st.rerun()
    texts = visit.texts
    _heading(visit, state)
    st.progress(state.progress, text=f"**{texts(f'phase.{state.phase.value}')}** · {_steps(visit, state)}")
    st.caption(texts(f"phase_about.{state.phase.value}"))
    _figures(visit, state)
    _cancel(visit, state)
    if state.leaderboard:
        st.subheader(texts("train.leaderboard"))
        leaderboard.show(visit, state)


def _heading(visit: Visit, state: TrainingState) -> None:
    request = state.request
    st.subheader(visit.texts.rich("train.of", model=request.model_name, target=request.target, dataset=request.dataset))


def _steps(visit: Visit, state: TrainingState) -> str:
    number = STEPS.index(state.phase) + 1 if state.phase in STEPS else 0
    return visit.texts("train.step", number=number, steps=len(STEPS)) if number else visit.texts("train.soon")


def _figures(visit: Visit, state: TrainingState) -> None:
    texts, sentences = visit.texts, visit.sentences
    models, best, took = st.columns(3)
    models.metric(texts("train.models"), visit.figures.number(state.models), border=True)
    shown = "–" if state.best is None or state.metric is None else sentences.score(state.metric, state.best)
    label = texts("train.best", metric=sentences.metric(state.metric)) if state.metric else texts("train.best_none")
    best.metric(label, shown, border=True, help=sentences.metric_help(state.metric) if state.metric else None)
    took.metric(
        texts("train.elapsed"),
        visit.figures.duration(float(round((state.updated - state.created).total_seconds()))),
        border=True,
    )


def _cancel(visit: Visit, state: TrainingState) -> None:
    texts = visit.texts
    asked = f"train_cancelled:{state.id}"
    if st.session_state.get(asked):
        st.info(texts("train.cancelling"), icon=":material/hourglass_top:")
        return
    if st.button(texts("train.cancel"), icon=":material/stop_circle:", key=f"train_cancel:{state.id}"):
        try:
            visit.services.controller.trainings.cancel(state.id)
            st.session_state[asked] = True
            st.rerun(scope="fragment")
        except TableeError as error:
            problems.show(visit, error)
