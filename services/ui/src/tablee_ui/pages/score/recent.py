"""The list of the last scorings, the newest first."""

from __future__ import annotations

from typing import Final

import streamlit as st

from tablee.jobs.scoring import ScoringPhase, ScoringState
from tablee_ui.context import PageContext
from tablee_ui.pages.score.progress import parts_done

MAX_SCORINGS = 8
_COLOURS: Final = {ScoringPhase.DONE: "green", ScoringPhase.FAILED: "red", ScoringPhase.CANCELLED: "gray"}


def show(context: PageContext) -> None:
    """Draw the list."""
    texts = context.texts
    found = context.backend.controller.scorings.list(MAX_SCORINGS)
    st.subheader(texts("score.recent"))
    if not found:
        st.caption(texts("score.recent_none"))
    for state in found:
        _row(context, state)


def _row(context: PageContext, state: ScoringState) -> None:
    texts, request = context.texts, state.request
    with st.container(border=True):
        what, how, result, link = st.columns([8, 3, 5, 3], vertical_alignment="center")
        with what:
            values = {"model": request.model, "version": request.version, "source": request.source}
            st.markdown(texts.rich("score.of", **values))
            st.caption(context.date(state.created))
        with how:
            st.badge(texts(f"scoring_phase.{state.phase.value}"), color=_COLOURS.get(state.phase, "blue"))
        with result:
            if state.phase.ended:
                st.caption(parts_done(context, state))
        with link:
            context.link("score", texts("train.open"), icon=":material/arrow_forward:", scoring=state.id)
