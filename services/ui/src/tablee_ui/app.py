"""The frame around every page: navigation and language."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import streamlit as st

from tablee_ui import language
from tablee_ui.pages import data, home, models, predict, prepare, score, train
from tablee_ui.pages.data import computed
from tablee_ui.services import Services
from tablee_ui.texts import LANGUAGES, Texts
from tablee_ui.visit import Visit
from tablee_ui.widgets import live, pictures, styles

PAGES: Final[dict[str, tuple[Callable[[Visit], None], str]]] = {
    "home": (home.show, ":material/home:"),
    "data": (data.show, ":material/table:"),
    "prepare": (prepare.show, ":material/tune:"),
    "train": (train.show, ":material/model_training:"),
    "predict": (predict.show, ":material/lightbulb:"),
    "score": (score.show, ":material/folder_copy:"),
    "models": (models.show, ":material/workspace_premium:"),
}
"""By path, in the order of the navigation; the first stands at `/`."""


def show(services: Services, default_language: str) -> None:
    """Show the page that the URL asks for."""
    pages: dict[str, Any] = {}
    visit = Visit.of(services, _spoken(default_language), timezone=st.context.timezone, pages=pages)
    texts = visit.texts
    st.set_page_config(page_title=texts("app.name"), page_icon=pictures.mark(), layout="wide")
    for name, (draw, icon) in PAGES.items():
        pages[name] = st.Page(
            partial(live.guarded, visit, partial(draw, visit)),
            title=texts(f"menu.{name}"),
            icon=icon,
            url_path=name,
            default=name == "home",
        )
    chosen = st.navigation(list(pages.values()))
    if chosen.url_path != "data":  # whose field for a file is empty when somebody comes back
        computed.forget_file()
    st.logo(pictures.name(), icon_image=pictures.mark(), size="large")
    styles.apply(texts, services.max_upload_mb)
    _sidebar(texts)
    chosen.run()


def _spoken(default: str) -> str:
    """The visit's language: the URL's, else the one chosen before, else the browser's. Stays in the URL once chosen."""
    kept = st.session_state.get("language")
    asked = st.query_params.get("lang")
    spoken = language.choose(asked, kept, st.context.locale, default=default)
    if asked is not None or kept is not None:
        st.session_state["language"] = spoken
        st.query_params["lang"] = spoken
    st.session_state["language_switch"] = spoken
    return spoken


def _switch() -> None:
    st.session_state["language"] = st.query_params["lang"] = st.session_state["language_switch"]


def _sidebar(texts: Texts) -> None:
    with st.sidebar:
        st.segmented_control(
            texts("app.language"),
            LANGUAGES,
            format_func=lambda tongue: texts(f"language.{tongue}"),
            key="language_switch",
            on_change=_switch,
            required=True,
        )
        st.caption(texts("app.about"))
