"""Results of slow calls, kept in the browser session, because a page is redrawn often."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

Result = TypeVar("Result")


def once(slot: str, arguments: object, call: Callable[[], Result], message: str) -> Result:
    """The slot's result if it is for the same arguments, else a new one. A slot keeps the last result only.

    :param slot: name of the result in the session.
    :param arguments: what the result depends on.
    :param message: shown while the call runs.
    """
    known: tuple[object, Result] | None = st.session_state.get(slot)
    if known is None or known[0] != arguments:
        with st.spinner(message):
            known = (arguments, call())
        st.session_state[slot] = known
    return known[1]


def forget(*slots: str) -> None:
    """Delete the results of slots."""
    for slot in slots:
        st.session_state.pop(slot, None)
