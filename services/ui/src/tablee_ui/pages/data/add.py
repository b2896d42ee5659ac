"""Add a file: upload, preview, corrections, removal of personal data, and then a new version of a data set."""

from __future__ import annotations

from typing import Final

import streamlit as st

from tablee.datasets.manifest import ColumnSummary
from tablee.datasets.names import proposed_name
from tablee.datasets.privacy import Action, Drop
from tablee.datasets.reading import Corrections
from tablee.errors import InvalidTable, TableeError
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


def _add(context: PageContext, field: str) -> None:
    texts = context.texts
    file = st.file_uploader(
        texts("formats.files"), type=list(file_reading.EXTENSIONS), key=field, help=texts("data.file_help")
    )
    if file is None:
        cache.forget_file()
        return
    upload = file_upload.send(context, file)
    found = looked_at(context, upload)
    if found is None:
        return
    asked, preview, dropped = found
    reading_questions.remarks(context, upload, preview)
    file_reading.show(context, preview)
    actions = (*dropped, *_actions(context, upload, asked, preview, dropped))
    proposed = proposed_name(file.name) or "data"
    name = st.text_input(
        texts("data.name"), value=proposed, key=f"data_name_for:{file.file_id}", help=texts("data.name_help")
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


def looked_at(context: PageContext, upload: str) -> tuple[Corrections, FilePreview, tuple[Drop, ...]] | None:
    """Draw the questions about a file; return what the visitor says, the file read by it, and the columns that are left
    out since no data set can hold them. None if the file is refused so, or an answer is needed first."""
    dropped = _dropped(context, upload)
    try:
        found = reading_questions.ask(context, upload, lambda asked: cache.preview(context, upload, asked, dropped))
    except InvalidTable as error:
        error_messages.show(context, error)
        _offer_to_drop(context, upload, error)
        return None
    return None if found is None else (*found, dropped)


def _dropped(context: PageContext, upload: str) -> tuple[Drop, ...]:
    """Draw the columns that the visitor left out because no data set can hold them; each may be taken back."""
    texts, slot = context.texts, _slot(upload)
    names: list[str] = st.session_state.get(slot, [])
    for name in names:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/visibility_off: {texts.rich('data.dropped', column=name)}", width="content")
            rest = [each for each in names if each != name]
            key = f"data_take_back:{upload}:{name}"
            st.button(texts("reading.undo"), key=key, on_click=_set, args=(slot, rest))
    return tuple(Drop(column=name) for name in names)


def _offer_to_drop(context: PageContext, upload: str, error: InvalidTable) -> None:
    """Draw the button that leaves out the column for which a file was refused, if that repairs it."""
    column = error.facts.get("column")
    if error.hint_key not in ("drop_column", "drop_or_text") or column is None:
        return
    slot = _slot(upload)
    st.button(
        context.texts.rich("data.drop", column=column),
        icon=":material/visibility_off:",
        key=f"data_drop:{upload}:{column}",
        on_click=_set,
        args=(slot, [*st.session_state.get(slot, []), str(column)]),
    )


def _set(slot: str, names: list[str]) -> None:
    st.session_state[slot] = names


def _slot(upload: str) -> str:
    """Of the session: the names of the columns that are left out."""
    return f"data_dropped:{upload}"


def _actions(
    context: PageContext, upload: str, asked: Corrections, preview: FilePreview, dropped: tuple[Drop, ...]
) -> tuple[Action, ...]:
    """Draw the choice of what is removed before the file is stored; at the start, what is proposed."""
    texts = context.texts
    findings = cache.upload_findings(context, upload, asked, dropped)
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
