"""Predict: one case by form, or many by file."""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee.errors import ModelNotReady
from tablee_client.schemas.inference import ModelCard
from tablee_ui.pages.predict import file, form
from tablee_ui.visit import Visit
from tablee_ui.widgets import live


def show(visit: Visit) -> None:
    texts = visit.texts
    st.title(texts("predict.title"))
    try:
        served = visit.services.api.models()
    except ModelNotReady:
        served = []
    if not served:
        st.info(texts("predict.no_model"), icon=":material/hourglass_empty:")
        visit.link("train", texts("predict.train_one"), icon=":material/model_training:")
        return
    card = _chosen(visit, [model.name for model in served])
    one, many = st.tabs(
        [texts("predict.tab_form"), texts("predict.tab_file")],
        default=texts("predict.tab_file") if file.PARAMETER in st.query_params else None,
    )
    with one:
        live.part(visit, partial(form.show, visit, card))
    with many:
        file.show(visit, card)


def _chosen(visit: Visit, names: list[str]) -> ModelCard:
    wanted = st.query_params.get("model")
    if len(names) > 1:
        if "predict_model" not in st.session_state:
            st.session_state["predict_model"] = wanted if wanted in names else names[0]
        name = st.selectbox(visit.texts("predict.model"), names, key="predict_model")
        st.query_params["model"] = name
    else:
        name = names[0]
    card = visit.services.api.model(name)
    target = card.contract.target
    kind = visit.texts.rich(f"home.answers_{target.problem_type.value}", target=target.name)
    st.markdown(visit.texts.rich("predict.by_model", model=card.name, version=card.version) + f" {kind}.")
    return card
