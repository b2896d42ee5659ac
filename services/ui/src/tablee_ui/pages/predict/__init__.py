"""The page Predict: one row by a form, or many rows by a file."""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee.errors import ModelNotReady
from tablee.http.schemas.inference import ModelCard
from tablee_ui.context import PageContext
from tablee_ui.pages.predict import file, form
from tablee_ui.widgets import fragments, name_choice


def show(context: PageContext) -> None:
    """Draw the page for a model that the API serves; `?model=NAME` chooses it at the start."""
    texts = context.texts
    st.title(texts("predict.title"))
    try:
        served = context.backend.api.models()
    except ModelNotReady:
        served = []
    if not served:
        st.info(texts("predict.no_model"), icon=":material/hourglass_empty:")
        context.link("train", texts("predict.train_one"), icon=":material/model_training:")
        return
    card = _chosen(context, [model.name for model in served])
    one, many = st.tabs(
        [texts("predict.tab_form"), texts("predict.tab_file")],
        default=texts("predict.tab_file") if file.PARAMETER in st.query_params else None,
    )
    with one:
        fragments.draw(context, partial(form.show, context, card))
    with many:
        file.show(context, card)


def _chosen(context: PageContext, names: list[str]) -> ModelCard:
    """The model that the visitor chooses, if there are several."""
    wanted = st.query_params.get("model")
    if len(names) > 1 or wanted not in (None, *names):
        name = name_choice.model(context.texts("predict.model"), names, wanted, key="predict_model")
        st.query_params["model"] = name
    else:
        name = names[0]
    card = context.backend.api.model(name)
    target = card.contract.target
    answers = context.texts.rich(f"home.answers_{target.problem_type.value}", target=target.name)
    st.markdown(context.texts.rich("predict.by_model", model=card.name, version=card.version) + f" {answers}.")
    return card
