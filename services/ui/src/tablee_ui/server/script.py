"""Run by Streamlit whenever a page is opened or changed. The clients of the services are created once per process.

This module is not next to `pages/`: Streamlit would take that folder for pages of its older kind.
"""

from __future__ import annotations

import streamlit as st

from tablee_ui import frame
from tablee_ui.backend import Backend
from tablee_ui.settings import UiSettings

connect = st.cache_resource(show_spinner=False)(Backend.connect)
read_settings = st.cache_resource(show_spinner=False)(UiSettings.read)

if __name__ == "__main__":
    settings = read_settings()
    frame.show(connect(settings), settings.language)
