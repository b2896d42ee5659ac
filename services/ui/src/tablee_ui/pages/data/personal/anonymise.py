"""Make the version without personal data, and say what came of it."""

from __future__ import annotations

import streamlit as st

from tablee.datasets.privacy import Action, AnonymisationRequest, hidden
from tablee.datasets.store import DatasetManifest
from tablee.errors import TableeError
from tablee_ui.pages.data import computed
from tablee_ui.texts import escaped
from tablee_ui.visit import Visit
from tablee_ui.widgets import problems

SAID, NEXT = "data_anonymised", "data_next_version"


def show(visit: Visit, manifest: DatasetManifest, actions: tuple[Action, ...]) -> None:
    texts = visit.texts
    st.subheader(texts("personal.make"))
    changed = [column.name for column in manifest.columns if column.name in hidden(actions)]
    if changed:
        columns = visit.sentences.listed([escaped(column) for column in changed])
        st.markdown(texts.count("personal.make_about", len(changed), columns=columns))
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
        with st.spinner(texts("personal.making")):
            made, new = visit.services.controller.datasets.anonymise(manifest.name, manifest.version, request)
    except TableeError as error:
        problems.show(visit, error)
        return
    if not keep:
        computed.forget()
    st.session_state[SAID] = (made.name, made.version, manifest.version, new, keep)
    st.session_state[NEXT] = made.version
    st.rerun(scope="app")


def said(visit: Visit) -> None:
    """What came of the last one, once."""
    found = st.session_state.pop(SAID, None)
    if found is None:
        return
    name, version, source, new, kept = found
    texts = visit.texts
    lines = [texts.rich("personal.made" if new else "personal.made_before", version=version, name=name)]
    lines.append(texts.rich("personal.kept" if kept else "personal.removed", version=source))
    st.success(" ".join(lines), icon=":material/shield:")
    visit.link("train", texts("data.train_now"), icon=":material/model_training:", dataset=name)
