"""The form that makes an anonymised version, and its result."""

from __future__ import annotations

import streamlit as st

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import Action, AnonymisationRequest, hidden_columns
from tablee.errors import TableeError
from tablee_ui.context import PageContext
from tablee_ui.pages.data import cache
from tablee_ui.pages.data.personal import groups
from tablee_ui.texts import escaped
from tablee_ui.widgets import error_messages

NEW_VERSION = "data_new_version"
"""Slot of the session with the version that the page shows next."""
_RESULT = "data_anonymised"


def show(context: PageContext, manifest: DatasetManifest, actions: tuple[Action, ...]) -> None:
    """Draw the form."""
    texts = context.texts
    st.subheader(texts("personal.make"))
    changed = [column.name for column in manifest.columns if column.name in hidden_columns(actions)]
    if changed:
        columns = context.texts.listed([escaped(column) for column in changed])
        st.markdown(texts("personal.make_about", n=len(changed), columns=columns))
    else:
        st.caption(texts("personal.make_nothing"))
    key = f"{manifest.name}:{manifest.version}"
    keep = st.radio(
        texts("personal.original"),
        (True, False),
        format_func=lambda kept: texts("personal.original_keep" if kept else "personal.original_remove"),
        captions=(texts("personal.original_keep_about"), texts("personal.original_remove_about")),
        key=f"original:{key}",
    )
    sure = keep or st.checkbox(texts("personal.sure"), key=f"sure:{key}")
    pressed = st.button(
        texts("personal.make_do"), type="primary", icon=":material/shield:", disabled=not (changed and sure)
    )
    if not pressed:
        return
    request = AnonymisationRequest(actions=actions, keep_original=keep)
    try:
        with st.spinner(texts("personal.anonymising")):
            made, new = context.backend.controller.datasets.anonymise(manifest.name, manifest.version, request)
    except TableeError as error:
        error_messages.show(context, error)
        return
    if not keep:
        cache.forget()
    groups.take_over(manifest, made)
    st.session_state[_RESULT] = (made.name, made.version, manifest.version, new, keep)
    st.session_state[NEW_VERSION] = made.version
    st.rerun(scope="app")


def show_result(context: PageContext) -> None:
    """Say once which version was made."""
    result = st.session_state.pop(_RESULT, None)
    if result is None:
        return
    name, version, source, new, kept = result
    texts = context.texts
    lines = [texts.rich("personal.made" if new else "personal.made_before", version=version, name=name)]
    lines.append(texts.rich("personal.kept" if kept else "personal.removed", version=source))
    st.success(" ".join(lines), icon=":material/shield:")
    context.link("train", texts("data.train_now"), icon=":material/model_training:", dataset=name)
