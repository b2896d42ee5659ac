"""What surrounds every page: navigation, the choice of language, styles."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import streamlit as st

from tablee.i18n import LANGUAGES, Language
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext
from tablee_ui.frame import language, pictures, styles
from tablee_ui.pages import data, home, models, predict, prepare, score, train
from tablee_ui.pages.data import cache
from tablee_ui.texts import Texts
from tablee_ui.widgets import error_messages

PAGES: Final[dict[str, tuple[Callable[[PageContext], None], str]]] = {
    "home": (home.show, ":material/home:"),
    "data": (data.show, ":material/table:"),
    "prepare": (prepare.show, ":material/tune:"),
    "train": (train.show, ":material/model_training:"),
    "predict": (predict.show, ":material/lightbulb:"),
    "score": (score.show, ":material/folder_copy:"),
    "models": (models.show, ":material/workspace_premium:"),
}
"""Function and icon of each page by its path, in the order of the navigation. The first page is also at `/`."""


def show(backend: Backend, default_language: Language) -> None:
    """Show the page that the URL names.

    :param default_language: the language for browsers that ask for neither French nor English.
    """
    pages: dict[str, Any] = {}
    context = PageContext.create(backend, _language(default_language), timezone=st.context.timezone, pages=pages)
    texts = context.texts
    st.set_page_config(page_title=texts("app.name"), page_icon=pictures.mark(), layout="wide")
    for name, (draw, icon) in PAGES.items():
        pages[name] = st.Page(
            partial(error_messages.caught, context, partial(draw, context)),
            title=texts(f"navigation.{name}"),
            icon=icon,
            url_path=name,
            default=name == "home",
        )
    chosen = st.navigation(list(pages.values()))
    if chosen.url_path != "data":  # the file field of the page Data is empty when the visitor comes back to it
        cache.forget_file()
    st.logo(pictures.name(), icon_image=pictures.mark(), size="large")
    styles.apply(texts, backend.max_upload_mb)
    _sidebar(texts)
    chosen.run()


def _language(default: Language) -> Language:
    """The language of the URL, else the one chosen before, else the browser's. Once chosen, it stays in the URL."""
    chosen = st.session_state.get("language")
    in_url = st.query_params.get("lang")
    found = language.choose(in_url, chosen, st.context.locale, default=default)
    if in_url is not None or chosen is not None:
        st.session_state["language"] = found
        st.query_params["lang"] = found
    st.session_state["language_switch"] = found
    return found


def _switch_language() -> None:
    st.session_state["language"] = st.query_params["lang"] = st.session_state["language_switch"]


def _sidebar(texts: Texts) -> None:
    with st.sidebar:
        st.segmented_control(
            texts("app.language"),
            LANGUAGES,
            format_func=lambda code: texts(f"language.{code}"),
            key="language_switch",
            on_change=_switch_language,
            required=True,
        )
        st.caption(texts("app.about"))
