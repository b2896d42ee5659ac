"""Add a file: a new data set, or a new version of one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import PurePath
from typing import IO

import streamlit as st

from tablee.errors import TableeError
from tablee_ui import problems
from tablee_ui.visit import Visit

BLOCK = 1 << 20


def show(visit: Visit, *, first: bool) -> None:
    """The field for a file, and what came of the last one.

    :param first: there is no data set yet, so the field lies open.
    """
    field = f"data_upload:{st.session_state.get('data_sent', 0)}"  # a new field for every file that is stored
    with st.expander(visit.texts("data.add"), expanded=first or st.session_state.get(field) is not None):
        _add(visit, field)
    _said(visit)


def name_for(filename: str) -> str:
    """A data set's name made from a file's: `Ventes été.csv` becomes `ventes-ete`."""
    ascii_only = unicodedata.normalize("NFKD", PurePath(filename).stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:63].strip("-") or "data"


def _add(visit: Visit, field: str) -> None:
    texts = visit.texts
    file = st.file_uploader(texts("data.file"), type="csv", key=field, help=texts("data.file_help"))
    if file is None:
        return
    name = st.text_input(
        texts("data.name"), value=name_for(file.name), key=f"data_name_for:{file.file_id}", help=texts("data.name_help")
    )
    if not st.button(texts("data.store"), type="primary", icon=":material/upload:", disabled=not name):
        return
    try:
        with st.spinner(texts("data.storing")):
            manifest, new = visit.services.controller.add_dataset(name, _blocks(file), file.name)
    except TableeError as error:
        problems.show(visit, error)
        return
    st.session_state["data_said"] = (manifest.name, manifest.version, manifest.rows, len(manifest.columns), new)
    st.session_state["data_name"] = manifest.name
    st.session_state["data_sent"] = st.session_state.get("data_sent", 0) + 1
    st.session_state.pop("data_version", None)
    st.rerun()


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(BLOCK):
        yield block


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
