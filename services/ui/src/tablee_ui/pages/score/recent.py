"""The scorings so far, newest first."""

from __future__ import annotations

from typing import Final

import streamlit as st

from tablee.jobs.scoring import ScoringPhase, ScoringState
from tablee_ui.pages.score.progress import parts_done
from tablee_ui.visit import Visit

SHOWN = 8
_COLOURS: Final = {ScoringPhase.DONE: "green", ScoringPhase.FAILED: "red", ScoringPhase.CANCELLED: "gray"}


def show(visit: Visit) -> None:
    texts = visit.texts
    found = visit.services.controller.scorings.list(SHOWN)
    st.subheader(texts("score.recent"))
    if not found:
        st.caption(texts("score.recent_none"))
    for state in found:
        _line(visit, state)


def _line(visit: Visit, state: ScoringState) -> None:
    texts, request = visit.texts, state.request
    with st.container(border=True):
        what, how, result, link = st.columns([8, 3, 5, 3], vertical_alignment="center")
        with what:
            values = {"model": request.model, "version": request.version, "source": request.source}
            st.markdown(texts.rich("score.of", **values))
            st.caption(visit.date(state.created))
        with how:
            st.badge(texts(f"scoring_phase.{state.phase.value}"), color=_COLOURS.get(state.phase, "blue"))
        with result:
            if state.phase.ended:
                st.caption(parts_done(visit, state))
        with link:
            visit.link("score", texts("train.open"), icon=":material/arrow_forward:", scoring=state.id)
