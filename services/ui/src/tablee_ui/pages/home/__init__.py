"""The page Home: the next step, the models that serve, and whether every service is up."""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee_ui.context import PageContext
from tablee_ui.pages.home import health, next_steps, serving
from tablee_ui.widgets import fragments

REFRESH_SECONDS = 5.0


def show(context: PageContext) -> None:
    """Draw the page; what it says of the services is refreshed every few seconds."""
    st.title(context.texts("home.title"))
    st.markdown(context.texts("home.intro"))
    fragments.draw(context, partial(_state, context), every=REFRESH_SECONDS)


def _state(context: PageContext) -> None:
    controller, api = context.backend.controller.ready(), context.backend.api.ready()
    served = serving.models(context) if api.alive else []
    if controller.alive:
        next_steps.show(context, served)
    if api.alive:
        serving.show(context, served)
    health.show(context, controller, api)
