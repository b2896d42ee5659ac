"""The list of the last trainings, the newest first."""

from __future__ import annotations

from typing import Final

import streamlit as st

from tablee.jobs.training import Phase, TrainingState
from tablee_ui.context import PageContext

MAX_TRAININGS = 8
_COLOURS: Final = {Phase.SUCCEEDED: "green", Phase.FAILED: "red", Phase.CANCELLED: "gray"}


def show(context: PageContext) -> None:
    """Draw the list."""
    texts = context.texts
    trainings = context.backend.controller.trainings.list()
    st.subheader(texts("train.recent"))
    if not trainings:
        st.caption(texts("train.recent_none"))
        return
    for state in trainings[:MAX_TRAININGS]:
        _row(context, state)


def _row(context: PageContext, state: TrainingState) -> None:
    texts, request = context.texts, state.request
    with st.container(border=True):
        what, how, result, link = st.columns([8, 4, 4, 3], vertical_alignment="center")
        with what:
            st.markdown(
                texts.rich("train.row", model=request.model_name, target=request.target, dataset=request.dataset)
            )
            st.caption(context.date(state.created))
        with how:
            colour = _COLOURS.get(state.phase, "blue")
            st.badge(texts(f"phase.{state.phase.value}"), color=colour)
        with result:
            if state.best is not None and state.metric is not None:
                value = context.metrics.value(state.metric, state.best)
                st.caption(texts("train.best_value", metric=context.metrics.name(state.metric), value=value))
        with link:
            context.link("train", texts("train.open"), icon=":material/arrow_forward:", training=state.id)
