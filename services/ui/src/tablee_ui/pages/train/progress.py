"""One training: its progress while it runs, then its result."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from tablee.jobs.training import Phase, TrainingState
from tablee_ui.context import PageContext
from tablee_ui.pages.train import ending, leaderboard
from tablee_ui.texts import escaped
from tablee_ui.widgets import cancel_button, fragments

STEPS: Final = (Phase.STARTING, Phase.WAITING, Phase.PREPARING, Phase.TRAINING, Phase.TRACKING, Phase.GATING)
"""The phases of a training that runs, in order."""


def show(context: PageContext, training_id: str) -> None:
    """Draw a training. It is redrawn every second until it ends."""
    state = context.backend.controller.trainings.get(training_id)
    if state.phase.ended:
        _heading(context, state)
        ending.show(context, state)
        return
    fragments.draw(context, partial(_running, context, training_id), every=fragments.REFRESH_SECONDS)


def _running(context: PageContext, training_id: str) -> None:
    state = context.backend.controller.trainings.get(training_id)
    if state.phase.ended:
        st.rerun()
    texts = context.texts
    _heading(context, state)
    st.progress(state.progress, text=f"**{texts(f'phase.{state.phase.value}')}** · {_steps(context, state)}")
    st.caption(texts(f"phase_about.{state.phase.value}"))
    _metrics(context, state)
    _cancel(context, state)
    if state.leaderboard:
        st.subheader(texts("train.leaderboard"))
        leaderboard.show(context, state)


def _heading(context: PageContext, state: TrainingState) -> None:
    request = state.request
    st.subheader(
        context.texts.rich("train.of", model=request.model_name, target=request.target, dataset=request.dataset)
    )
    for said in state.said_remarks(context.texts):
        st.info(escaped(said), icon=":material/visibility_off:")


def _steps(context: PageContext, state: TrainingState) -> str:
    number = STEPS.index(state.phase) + 1 if state.phase in STEPS else 0
    return context.texts("train.step", number=number, steps=len(STEPS)) if number else context.texts("train.soon")


def _metrics(context: PageContext, state: TrainingState) -> None:
    texts, metrics = context.texts, context.metrics
    models, best, took = st.columns(3)
    models.metric(texts("train.models"), context.formatter.number(state.models), border=True)
    shown = "–" if state.best is None or state.metric is None else metrics.value(state.metric, state.best)
    label = texts("train.best", metric=metrics.name(state.metric)) if state.metric else texts("train.best_none")
    best.metric(label, shown, border=True, help=metrics.help(state.metric) if state.metric else None)
    took.metric(
        texts("train.elapsed"),
        context.formatter.duration(float(round((state.updated - state.created).total_seconds()))),
        border=True,
    )


def _cancel(context: PageContext, state: TrainingState) -> None:
    texts, cancel = context.texts, partial(context.backend.controller.trainings.cancel, state.id)
    place = cancel_button.draw(context, f"train_cancel:{state.id}", texts("train.cancel"), cancel)
    if place is not None:
        place.info(texts("train.cancelling"), icon=":material/hourglass_top:")
