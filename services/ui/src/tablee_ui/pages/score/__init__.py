"""Score: have every file of a folder or bucket predicted, and watch it. A scoring is found again by `?scoring=ID`."""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee_ui.pages.score import progress, recent, request
from tablee_ui.visit import Visit
from tablee_ui.widgets import live

PARAMETER = "scoring"


def show(visit: Visit) -> None:
    texts = visit.texts
    st.title(texts("score.title"))
    scoring_id = st.query_params.get(PARAMETER)
    if scoring_id:
        visit.link("score", texts("score.another"), icon=":material/arrow_back:")
        progress.show(visit, scoring_id)
        return
    st.markdown(texts("score.intro"))
    started = request.show(visit)
    if started is not None:
        visit.go("score", **{PARAMETER: started.id})
    live.part(visit, partial(recent.show, visit))
