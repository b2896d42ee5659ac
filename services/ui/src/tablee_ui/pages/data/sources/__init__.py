"""Sources: what fills data sets by itself, how it fares, and a form for another one."""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee_ui.pages.data.sources import form, listed
from tablee_ui.visit import Visit
from tablee_ui.widgets import live

LOOK_SECONDS = 3.0


def show(visit: Visit) -> None:
    """Shut until somebody opens it; only then the controller is asked."""
    place = st.expander(visit.texts("source.title"), icon=":material/sync:", key="data_sources", on_change="rerun")
    if place.open:
        with place:
            st.markdown(visit.texts("source.intro"))
            live.part(visit, partial(listed.show, visit), every=LOOK_SECONDS)
            live.guarded(visit, partial(form.show, visit))
