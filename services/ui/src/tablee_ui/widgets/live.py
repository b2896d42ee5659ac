"""Parts of a page that draw themselves again, and what any part does when a service does not answer."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from tablee import telemetry
from tablee.errors import TableeError
from tablee_ui.visit import Visit
from tablee_ui.widgets import problems

SECONDS = 1.0
"""How often a live part looks again."""

log = telemetry.logger(__name__)


def guarded(visit: Visit, draw: Callable[[], None]) -> None:
    """Draw; an error becomes a message in the visit's language where the page stands."""
    try:
        draw()
    except TableeError as error:
        problems.show(visit, error)
    except Exception as error:  # the visitor gets a sentence, the log the rest
        log.exception("page_failed")
        problems.show(visit, TableeError(type(error).__name__))


def part(visit: Visit, draw: Callable[[], None], *, every: float | None = None) -> None:
    """A part of the page that reruns alone: on its own widgets, and every so many seconds if asked to."""
    st.fragment(run_every=every)(_named(draw, visit))()


def _named(draw: Callable[[], None], visit: Visit) -> Callable[[], None]:
    def drawn() -> None:
        guarded(visit, draw)

    # Streamlit tells fragments apart by their function's name and place on the page
    drawn.__qualname__ = getattr(getattr(draw, "func", draw), "__qualname__", "part")
    return drawn
