"""The page Score: predict all files of a folder or bucket, and follow the progress. `?scoring=ID` opens a scoring."""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee_ui.context import PageContext
from tablee_ui.pages.score import progress, recent, request
from tablee_ui.widgets import fragments

PARAMETER = "scoring"


def show(context: PageContext) -> None:
    """Draw the scoring that the URL names; without one, the form and the list of scorings."""
    texts = context.texts
    st.title(texts("score.title"))
    scoring_id = st.query_params.get(PARAMETER)
    if scoring_id:
        context.link("score", texts("score.another"), icon=":material/arrow_back:")
        progress.show(context, scoring_id)
        return
    st.markdown(texts("score.intro"))
    started = request.show(context)
    if started is not None:
        context.go("score", **{PARAMETER: started.id})
    fragments.draw(context, partial(recent.show, context))
