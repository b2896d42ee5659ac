"""The button that cancels a training, a scoring or the prediction of a file."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from tablee.errors import TableeError
from tablee_ui.context import PageContext
from tablee_ui.widgets import error_messages


def draw(context: PageContext, key: str, label: str, cancel: Callable[[], object]) -> DeltaGenerator | None:
    """Draw the button, until the job was asked to stop.

    :param key: of the button; another one for each job.
    :param cancel: asks the service to stop the job.
    :returns: the place of the button once the job was asked to stop, for a text that says so; None before.
    """
    slot, place = f"asked:{key}", st.empty()
    if not st.session_state.get(slot):
        if not place.button(label, icon=":material/stop_circle:", key=key):
            return None
        try:
            cancel()
        except TableeError as error:
            error_messages.show(context, error)
            return None
        st.session_state[slot] = True
    return place
