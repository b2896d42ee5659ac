"""Results of slow calls, kept in the browser session, because a page is redrawn often."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

Result = TypeVar("Result")


def once(slot: str, arguments: object, call: Callable[[], Result], message: str, *, keep: int = 1) -> Result:
    """The slot's result for these arguments, else a new one.

    :param slot: name of the result in the session.
    :param arguments: what the result depends on.
    :param message: shown while the call runs.
    :param keep: how many results the slot keeps; the last ones.
    """
    known: list[tuple[object, Result]] = st.session_state.get(slot, [])
    for asked, result in known:
        if asked == arguments:
            return result
    with st.spinner(message):
        result = call()
    st.session_state[slot] = [(arguments, result), *known][:keep]
    return result


def forget(*slots: str) -> None:
    """Delete the results of slots."""
    for slot in slots:
        st.session_state.pop(slot, None)
