"""Results of slow calls, kept in the browser session, because a page is redrawn often."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from tablee.errors import InvalidInput

Result = TypeVar("Result")


def once(slot: str, arguments: object, call: Callable[[], Result], message: str, *, keep: int = 1) -> Result:
    """The slot's result for these arguments, else a new one. That the arguments are refused is a result, too.

    :param slot: name of the result in the session.
    :param arguments: what the result depends on.
    :param message: shown while the call runs.
    :param keep: how many results the slot keeps; the last ones.
    :raises InvalidInput: as the call.
    """
    known: list[tuple[object, Result | InvalidInput]] = st.session_state.get(slot, [])
    result = next((found for asked, found in known if asked == arguments), None)
    if result is None:
        with st.spinner(message):
            try:
                result = call()
            except InvalidInput as error:
                result = error
        st.session_state[slot] = [(arguments, result), *known][:keep]
    if isinstance(result, InvalidInput):
        raise result.with_traceback(None)  # else each run of the page would add to it
    return result


def forget(*slots: str) -> None:
    """Delete the results of slots."""
    for slot in slots:
        st.session_state.pop(slot, None)
