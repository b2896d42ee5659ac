"""The page Train: start a training, follow its progress, read its result. `?training=ID` opens a training."""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee_ui.context import PageContext
from tablee_ui.pages.train import progress, recent, request
from tablee_ui.widgets import fragments

PARAMETER = "training"


def show(context: PageContext) -> None:
    """Draw the training that the URL names; without one, the form and the list of trainings."""
    texts = context.texts
    st.title(texts("train.title"))
    training_id = st.query_params.get(PARAMETER)
    if training_id:
        context.link("train", texts("train.another"), icon=":material/arrow_back:")
        progress.show(context, training_id)
        return
    st.markdown(texts("train.intro"))
    started = request.show(context)
    if started is not None:
        context.go("train", **{PARAMETER: started.id})
    fragments.draw(context, partial(recent.show, context))
