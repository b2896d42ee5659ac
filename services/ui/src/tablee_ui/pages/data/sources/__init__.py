"""Sources, which fill data sets on a schedule: the list with their states, and the form for a new one."""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee_ui.context import PageContext
from tablee_ui.pages.data.sources import form, source_list
from tablee_ui.widgets import error_messages, fragments

REFRESH_SECONDS = 3.0


def show(context: PageContext) -> None:
    """Draw an expander. The controller is called only while it is open."""
    expander = st.expander(context.texts("source.title"), icon=":material/sync:", key="data_sources", on_change="rerun")
    if expander.open:
        with expander:
            st.markdown(context.texts("source.intro"))
            fragments.draw(context, partial(source_list.show, context), every=REFRESH_SECONDS)
            error_messages.caught(context, partial(form.show, context))
