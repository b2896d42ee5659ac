"""The trainings so far, newest first."""

from __future__ import annotations

from typing import Final

import streamlit as st

from tablee.jobs.training import Phase, TrainingState
from tablee_ui.visit import Visit

SHOWN = 8
_COLOURS: Final = {Phase.SUCCEEDED: "green", Phase.FAILED: "red", Phase.CANCELLED: "gray"}


def show(visit: Visit) -> None:
    texts = visit.texts
    trainings = visit.services.controller.trainings.list()
    st.subheader(texts("train.recent"))
    if not trainings:
        st.caption(texts("train.recent_none"))
        return
    for state in trainings[:SHOWN]:
        _line(visit, state)


def _line(visit: Visit, state: TrainingState) -> None:
    texts, request = visit.texts, state.request
    with st.container(border=True):
        what, how, result, link = st.columns([8, 4, 4, 3], vertical_alignment="center")
        with what:
            st.markdown(
                texts.rich("train.line", model=request.model_name, target=request.target, dataset=request.dataset)
            )
            st.caption(visit.date(state.created))
        with how:
            colour = _COLOURS.get(state.phase, "blue")
            st.badge(texts(f"phase.{state.phase.value}"), color=colour)
        with result:
            if state.best is not None and state.metric is not None:
                score = visit.sentences.score(state.metric, state.best)
                st.caption(texts("train.best_line", metric=visit.sentences.metric(state.metric), value=score))
        with link:
            visit.link("train", texts("train.open"), icon=":material/arrow_forward:", training=state.id)
