"""Train: ask for a training, watch it, read how it ended. A training is found again by `?training=ID`."""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee_ui.pages.train import progress, recent, request
from tablee_ui.visit import Visit
from tablee_ui.widgets import live

PARAMETER = "training"


def show(visit: Visit) -> None:
    texts = visit.texts
    st.title(texts("train.title"))
    training_id = st.query_params.get(PARAMETER)
    if training_id:
        visit.link("train", texts("train.another"), icon=":material/arrow_back:")
        progress.show(visit, training_id)
        return
    st.markdown(texts("train.intro"))
    started = request.show(visit)
    if started is not None:
        visit.go("train", **{PARAMETER: started.id})
    live.part(visit, partial(recent.show, visit))
