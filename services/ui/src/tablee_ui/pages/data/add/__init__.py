"""Add a file: sent, looked at, corrected, without the personal data that nobody needs; then it is a version."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath
from typing import Final

import streamlit as st

from tablee.datasets.privacy import Action
from tablee.datasets.reading import Corrections
from tablee.datasets.store import ColumnSummary
from tablee.errors import TableeError
from tablee_client.schemas.datasets import FilePreview
from tablee_ui.pages.data import computed
from tablee_ui.pages.data.add import reading, sending
from tablee_ui.pages.data.personal import actions as remedies
from tablee_ui.visit import Visit
from tablee_ui.widgets import problems

NEXT: Final = "data_next"
"""Slot of the data set that the page turns to."""
ENDINGS: Final = ("csv", "tsv", "txt", "parquet", "jsonl", "ndjson", "json", "log", "gz", "zip")


def show(visit: Visit, *, first: bool) -> None:
    """The field for a file, what it would become, and what came of the last one.

    :param first: there is no data set yet, so the field lies open.
    """
    field = f"data_upload:{st.session_state.get('data_sent', 0)}"  # a new field for every file that is stored
    with st.expander(visit.texts("data.add"), expanded=first or st.session_state.get(field) is not None):
        try:
            _add(visit, field)
        except TableeError as error:
            problems.show(visit, error)
    _said(visit)


def name_for(filename: str) -> str:
    """A data set's name made from a file's: `Ventes été.csv` becomes `ventes-ete`."""
    stem = PurePath(filename).name.split(".")[0]
    ascii_only = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:63].strip("-") or "data"


def _add(visit: Visit, field: str) -> None:
    texts = visit.texts
    file = st.file_uploader(texts("data.file"), type=list(ENDINGS), key=field, help=texts("data.file_help"))
    if file is None:
        computed.forget_file()
        return
    upload = sending.send(visit, file)
    asked = reading.corrections(visit, upload, computed.preview(visit, upload, Corrections()))
    preview = computed.preview(visit, upload, asked)
    reading.show(visit, preview)
    actions = _actions(visit, upload, asked, preview)
    name = st.text_input(
        texts("data.name"), value=name_for(file.name), key=f"data_name_for:{file.file_id}", help=texts("data.name_help")
    )
    if not st.button(texts("data.store"), type="primary", icon=":material/upload:", disabled=not name):
        return
    with st.spinner(texts("data.storing")):
        manifest, new = visit.services.controller.datasets.add_upload(name, upload, corrections=asked, actions=actions)
    sending.forget(file)
    computed.forget_file()
    st.session_state["data_said"] = (manifest.name, manifest.version, manifest.rows, len(manifest.columns), new)
    st.session_state[NEXT] = manifest.name
    st.session_state["data_sent"] = st.session_state.get("data_sent", 0) + 1
    st.session_state.pop("data_version", None)
    st.rerun()


def _actions(visit: Visit, upload: str, asked: Corrections, preview: FilePreview) -> tuple[Action, ...]:
    """What is taken out on the way in; what is proposed, unless a person has chosen otherwise."""
    texts = visit.texts
    findings = computed.upload_findings(visit, upload, asked)
    st.subheader(texts("data.tab_personal"))
    if findings.findings:
        st.markdown(texts("data.before_storing"))
    if not findings.basis.whole:
        number = visit.figures.number
        st.caption(texts("personal.sampled", rows=number(findings.basis.rows), of=number(findings.basis.of)))
    columns = [
        ColumnSummary(name=name, kind=preview.kinds[name], missing=0, distinct=0)  # type: ignore[arg-type]  # of three
        for name in preview.columns
    ]
    return remedies.show(visit, f"upload:{upload}", columns, findings)


def _said(visit: Visit) -> None:
    """What came of the last upload, once."""
    said = st.session_state.pop("data_said", None)
    if said is None:
        return
    name, version, rows, columns, new = said
    number = visit.figures.number
    key = "data.stored" if new else "data.stored_before"
    values = {"name": name, "version": version, "rows": number(rows), "columns": number(columns)}
    st.success(visit.texts.rich(key, **values), icon=":material/check_circle:")
    visit.link("train", visit.texts("data.train_now"), icon=":material/model_training:", dataset=name)
