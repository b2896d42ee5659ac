"""The page Models: the versions of a model, which one serves, promotion and rollback, and who decided what."""

from __future__ import annotations

import streamlit as st

from tablee.http.schemas.models import ModelHistory
from tablee_ui.context import PageContext
from tablee_ui.pages.models import history, promotion, versions
from tablee_ui.widgets import error_messages, name_choice


def show(context: PageContext) -> None:
    """Draw the page for the model that the visitor chooses; `?model=NAME` chooses it at the start."""
    texts = context.texts
    st.title(texts("models.title"))
    st.markdown(texts("models.intro"))
    found = context.backend.controller.models.list()
    if not found:
        st.info(texts("models.none"), icon=":material/workspace_premium:")
        context.link("train", texts("predict.train_one"), icon=":material/model_training:")
        return
    names = [model.name for model in found]
    name = name_choice.model(texts("models.which"), names, st.query_params.get("model"), key="models_name")
    st.query_params["model"] = name
    model = context.backend.controller.models.get(name)
    promotion.show_result(context)
    _summary(context, model)
    st.subheader(texts("models.versions"))
    for version in model.versions:
        versions.show(context, model, version)
    promotion.roll_back(context, model)
    history.show(context, model)


def _summary(context: PageContext, model: ModelHistory) -> None:
    """The champion, the version that serves, and the state of the roll-out if the two differ."""
    texts = context.texts
    champion, serving = st.columns(2)

    def shown(version: int | None) -> str:
        return texts("models.nobody") if version is None else texts("models.version", version=version)

    champion.metric(texts("models.champion"), shown(model.champion), border=True, help=texts("models.champion_help"))
    serving.metric(texts("models.serving"), shown(model.serving), border=True, help=texts("models.serving_help"))
    if model.champion == model.serving:
        return
    rollout = context.backend.controller.rollout.status()
    st.info(texts.known(f"rollout.{rollout.state}", texts("rollout.rolling")), icon=":material/sync:")
    if rollout.reason:
        st.caption(error_messages.stored(context, rollout.message, rollout.reason))
