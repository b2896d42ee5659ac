"""Add a file: upload, preview, corrections, removal of personal data, and then a new version of a data set."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath
from typing import Final

import streamlit as st

from tablee.datasets.manifest import ColumnSummary
from tablee.datasets.privacy import Action
from tablee.datasets.reading import Corrections
from tablee.errors import TableeError
from tablee.http.schemas.datasets import FilePreview
from tablee_ui.context import PageContext
from tablee_ui.pages.data import cache
from tablee_ui.pages.data.personal import action_form
from tablee_ui.widgets import error_messages, file_reading, file_upload, reading_questions

ADDED_DATASET: Final = "data_added"
"""Slot of the session with the data set that the page shows next."""
_RESULT: Final = "data_result"
"""Slot of the session with the result of the last upload."""


def show(context: PageContext, *, first: bool) -> None:
    """Draw the file field, the preview, and the result of the last upload.

    :param first: whether there is no data set yet; then the field is shown open.
    """
    field = (
        f"data_upload:{st.session_state.get('data_uploads', 0)}"  # the field is a new, empty one after each stored file
    )
    with st.expander(context.texts("data.add"), expanded=first or st.session_state.get(field) is not None):
        try:
            _add(context, field)
        except TableeError as error:
            error_messages.show(context, error)
    _show_result(context)


def name_for(filename: str) -> str:
    """A name for the data set, from the file's name: `Ventes été.csv` becomes `ventes-ete`."""
    stem = PurePath(filename).name.split(".")[0]
    ascii_only = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:63].strip("-") or "data"


def _add(context: PageContext, field: str) -> None:
    texts = context.texts
    file = st.file_uploader(
        texts("data.file"), type=list(file_reading.EXTENSIONS), key=field, help=texts("data.file_help")
    )
    if file is None:
        cache.forget_file()
        return
    upload = file_upload.send(context, file)
    asked, preview = reading_questions.ask(context, upload, lambda asked: cache.preview(context, upload, asked))
    reading_questions.remarks(context, upload, preview)
    file_reading.show(context, preview)
    actions = _actions(context, upload, asked, preview)
    name = st.text_input(
        texts("data.name"), value=name_for(file.name), key=f"data_name_for:{file.file_id}", help=texts("data.name_help")
    )
    if not st.button(texts("data.store"), type="primary", icon=":material/upload:", disabled=not name):
        return
    with st.spinner(texts("data.storing")):
        manifest, new = context.backend.controller.datasets.add_upload(name, upload, corrections=asked, actions=actions)
    file_upload.forget(file)
    cache.forget_file()
    st.session_state[_RESULT] = (manifest.name, manifest.version, manifest.rows, len(manifest.columns), new)
    st.session_state[ADDED_DATASET] = manifest.name
    st.session_state["data_uploads"] = st.session_state.get("data_uploads", 0) + 1
    st.session_state.pop("data_version", None)
    st.rerun()


def _actions(context: PageContext, upload: str, asked: Corrections, preview: FilePreview) -> tuple[Action, ...]:
    """Draw the choice of what is removed before the file is stored; at the start, what is proposed."""
    texts = context.texts
    findings = cache.upload_findings(context, upload, asked)
    st.subheader(texts("data.tab_personal"))
    if findings.findings:
        st.markdown(texts("data.before_storing"))
    if not findings.basis.whole:
        number = context.formatter.number
        st.caption(texts("personal.sampled", rows=number(findings.basis.rows), of=number(findings.basis.of)))
    columns = [
        ColumnSummary(name=name, kind=preview.kinds[name], missing=0, distinct=0)  # type: ignore[arg-type]  # of three
        for name in preview.columns
    ]
    return action_form.show(context, f"upload:{upload}", columns, findings)


def _show_result(context: PageContext) -> None:
    """Say once what the last upload stored."""
    result = st.session_state.pop(_RESULT, None)
    if result is None:
        return
    name, version, rows, columns, new = result
    number = context.formatter.number
    key = "data.stored" if new else "data.stored_before"
    values = {"name": name, "version": version, "rows": number(rows), "columns": number(columns)}
    st.success(context.texts.rich(key, **values), icon=":material/check_circle:")
    context.link("train", context.texts("data.train_now"), icon=":material/model_training:", dataset=name)
