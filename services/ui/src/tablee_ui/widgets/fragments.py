"""Parts of a page that Streamlit redraws without the rest of the page (`st.fragment`)."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from tablee_ui.context import PageContext
from tablee_ui.widgets import error_messages

REFRESH_SECONDS = 1.0
"""Time between two redraws of a part that shows progress."""


def draw(context: PageContext, part: Callable[[], None], *, every: float | None = None) -> None:
    """Draw a part of the page as a fragment. An error in it is shown in its place.

    :param every: seconds between redraws; None redraws it only when one of its own widgets changes.
    """
    st.fragment(run_every=every)(_named(part, context))()


def _named(part: Callable[[], None], context: PageContext) -> Callable[[], None]:
    def fragment() -> None:
        error_messages.caught(context, part)

    # Streamlit identifies a fragment by the name of its function and its position on the page.
    fragment.__qualname__ = getattr(getattr(part, "func", part), "__qualname__", "part")
    return fragment
