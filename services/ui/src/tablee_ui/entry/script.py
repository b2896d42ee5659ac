"""Run by Streamlit for every visit and every change on the page: connects to the services once, then shows a page."""

from __future__ import annotations

import streamlit as st

from tablee_ui import app
from tablee_ui.services import Services
from tablee_ui.settings import UiSettings

services = st.cache_resource(show_spinner=False)(Services.connect)
settings = st.cache_resource(show_spinner=False)(UiSettings.read)

if __name__ == "__main__":
    app.show(services(settings()), settings().language)
