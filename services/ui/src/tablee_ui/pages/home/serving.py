"""The models that the API serves."""

from __future__ import annotations

import streamlit as st

from tablee.errors import TableeError
from tablee.http.schemas.inference import ServedModel
from tablee_ui.context import PageContext


def models(context: PageContext) -> list[ServedModel]:
    """The models, the default one first; none if the API is not ready, which the health cards show."""
    try:
        return context.backend.api.models()
    except TableeError:
        return []


def show(context: PageContext, served: list[ServedModel]) -> None:
    """Draw the list."""
    texts = context.texts
    st.subheader(texts("home.serving"))
    if not served:
        st.info(texts("home.serving_nothing"), icon=":material/hourglass_empty:")
        return
    for model in served:
        with st.container(border=True, horizontal=True, vertical_alignment="center", gap="medium"):
            st.markdown(texts.rich("home.model", model=model.name, version=model.version))
            st.caption(texts.rich(f"home.answers_{model.problem_type.value}", target=model.target))
            if model.default and len(served) > 1:
                st.badge(texts("home.default_model"), color="gray")
            context.link("predict", texts("home.try_it"), icon=":material/lightbulb:", model=model.name)
