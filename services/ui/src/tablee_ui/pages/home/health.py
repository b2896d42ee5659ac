"""A card for each service: up, not ready, or not answering."""

from __future__ import annotations

import streamlit as st

from tablee.http.schemas.platform import Readiness
from tablee_ui.context import PageContext
from tablee_ui.widgets import error_messages


def show(context: PageContext, controller: Readiness, api: Readiness) -> None:
    """Draw the cards. The controller is ready when MLflow answers it, so its readiness also tells of MLflow."""
    texts = context.texts
    st.subheader(texts("home.health"))
    cards = (("api", api), ("controller", controller), ("mlflow", controller))
    for column, (service, readiness) in zip(st.columns(len(cards)), cards, strict=True):
        with column.container(border=True, height="stretch"):
            _card(context, service, readiness)
    if not (controller.alive and api.alive):
        st.warning(texts("home.repair"), icon=":material/build:")


def _card(context: PageContext, service: str, readiness: Readiness) -> None:
    texts = context.texts
    up = readiness.alive if service == "controller" else readiness.ready
    not_known = service == "mlflow" and not readiness.alive
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{texts(f'home.{service}')}**", width="content")
        if up:
            st.badge(texts("home.up"), icon=":material/check:", color="green")
        elif readiness.alive:
            st.badge(texts("home.waiting"), icon=":material/hourglass_top:", color="orange")
        elif not_known:
            st.badge(texts("home.unknown"), icon=":material/question_mark:", color="gray")
        else:
            st.badge(texts("home.down"), icon=":material/close:", color="red")
    st.caption(texts(f"home.{service}_about"))
    if readiness.reason and not up and not not_known:
        st.caption(error_messages.stored(context, readiness.message, readiness.reason))
