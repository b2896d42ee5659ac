"""Data: add a file, look at what is there, understand it, take personal data out."""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee.datasets.store import DatasetManifest
from tablee_ui.pages.data import add, columns, personal, rows, sources, understand
from tablee_ui.pages.data.personal import anonymise
from tablee_ui.pages.data.understand import warnings
from tablee_ui.visit import Visit
from tablee_ui.widgets import live

TABS = {"columns": columns.show, "rows": rows.show, "understand": understand.show, "personal": personal.show}


def show(visit: Visit) -> None:
    texts = visit.texts
    st.title(texts("data.title"))
    st.markdown(texts("data.intro"))
    found = visit.services.controller.datasets.list()
    add.show(visit, first=not found)
    sources.show(visit)
    anonymise.said(visit)
    warnings.said(visit)
    if not found:
        st.info(texts("data.empty"), icon=":material/table:")
        return
    names = [manifest.name for manifest in found]
    wanted = st.session_state.get("data_name", st.query_params.get("dataset"))
    if (added := st.session_state.pop(add.NEXT, None)) in names:
        st.session_state["data_name"], wanted = added, None
    name = st.selectbox(
        texts("data.which"),
        names,
        index=names.index(wanted) if wanted in names else 0,
        key="data_name",
        on_change=_forget_version,
    )
    st.query_params["dataset"] = name
    manifest = _version(visit, visit.services.controller.datasets.versions(name))
    _figures(visit, manifest)
    tabs = st.tabs([texts(f"data.tab_{tab}") for tab in TABS], key="data_tab", on_change="rerun")
    for place, draw in zip(tabs, TABS.values(), strict=True):
        if place.open:  # only what is looked at is asked for
            with place:
                live.part(visit, partial(draw, visit, manifest))


def _forget_version() -> None:
    st.session_state.pop("data_version", None)


def _version(visit: Visit, versions: list[DatasetManifest]) -> DatasetManifest:
    if len(versions) == 1:
        return versions[0]

    def shown(version: str) -> str:
        manifest = next(found for found in versions if found.version == version)
        key = "data.version_shown" if manifest.anonymised is None else "data.version_anonymised"
        key = "data.version_mended" if manifest.mended and manifest.anonymised is None else key
        return visit.texts(key, version=version, date=visit.date(manifest.created), file=manifest.filename)

    known = [manifest.version for manifest in versions]
    if (made := st.session_state.pop(anonymise.NEXT, None)) in known:
        st.session_state["data_version"], wanted = made, None
    else:
        wanted = st.session_state.get("data_version")
    chosen = st.selectbox(
        visit.texts("data.version"),
        known,
        index=known.index(wanted) if wanted in known else 0,
        format_func=shown,
        key="data_version",
        help=visit.texts("data.version_help"),
    )
    return next(manifest for manifest in versions if manifest.version == chosen)


def _figures(visit: Visit, manifest: DatasetManifest) -> None:
    texts, figures = visit.texts, visit.figures
    missing = sum(column.missing for column in manifest.columns) / max(1, manifest.rows * len(manifest.columns))
    for place, (label, value) in zip(
        st.columns(4),
        (
            (texts("data.rows"), figures.number(manifest.rows)),
            (texts("data.columns"), figures.number(len(manifest.columns))),
            (texts("data.missing_share"), figures.percent(missing)),
            (texts("data.size"), figures.size(manifest.bytes)),
        ),
        strict=True,
    ):
        place.metric(label, value, border=True)
