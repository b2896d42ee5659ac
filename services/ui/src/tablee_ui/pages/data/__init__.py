"""The page Data: add a file, browse data sets, profile them, anonymise them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee.datasets.manifest import DatasetManifest
from tablee_ui.context import PageContext
from tablee_ui.pages.data import add, columns, personal, rows, sources, understand
from tablee_ui.pages.data.personal import anonymise
from tablee_ui.pages.data.understand import warnings
from tablee_ui.widgets import fragments, name_choice

TABS = {"columns": columns.show, "rows": rows.show, "understand": understand.show, "personal": personal.show}


def show(context: PageContext) -> None:
    """Draw the page for the data set that the visitor chooses; `?dataset=NAME` chooses it at the start."""
    texts = context.texts
    st.title(texts("data.title"))
    st.markdown(texts("data.intro"))
    found = context.backend.controller.datasets.list()
    add.show(context, first=not found)
    sources.show(context)
    anonymise.show_result(context)
    warnings.show_result(context)
    if not found:
        st.info(texts("data.empty"), icon=":material/table:")
        return
    names = [manifest.name for manifest in found]
    if (added := st.session_state.pop(add.ADDED_DATASET, None)) in names:
        st.session_state["data_name"] = added
    wanted = st.query_params.get("dataset")
    name = name_choice.data_set(texts("data.which"), names, wanted, key="data_name", on_change=_clear_version)
    st.query_params["dataset"] = name
    manifest = _version(context, context.backend.controller.datasets.versions(name))
    _metrics(context, manifest)
    tabs = st.tabs([texts(f"data.tab_{name}") for name in TABS], key="data_tab", on_change="rerun")
    for tab, draw in zip(tabs, TABS.values(), strict=True):
        if tab.open:  # only the open tab calls the controller
            with tab:
                fragments.draw(context, partial(draw, context, manifest))


def _clear_version() -> None:
    st.session_state.pop("data_version", None)


def _version(context: PageContext, versions: list[DatasetManifest]) -> DatasetManifest:
    """The version that the visitor chooses; the newest at the start."""
    if len(versions) == 1:
        return versions[0]

    def shown(version: str) -> str:
        manifest = next(found for found in versions if found.version == version)
        key = "data.version_shown" if manifest.anonymised is None else "data.version_anonymised"
        key = "data.version_repaired" if manifest.mended and manifest.anonymised is None else key
        return context.texts(key, version=version, date=context.date(manifest.created), file=manifest.filename)

    known = [manifest.version for manifest in versions]
    if (made := st.session_state.pop(anonymise.NEW_VERSION, None)) in known:
        st.session_state["data_version"], wanted = made, None
    else:
        wanted = st.session_state.get("data_version")
    chosen = st.selectbox(
        context.texts("data.version"),
        known,
        index=known.index(wanted) if wanted in known else 0,
        format_func=shown,
        key="data_version",
        help=context.texts("data.version_help"),
    )
    return next(manifest for manifest in versions if manifest.version == chosen)


def _metrics(context: PageContext, manifest: DatasetManifest) -> None:
    texts, formatter = context.texts, context.formatter
    missing = sum(each.missing for each in manifest.columns) / max(1, manifest.rows * len(manifest.columns))
    for column, (label, value) in zip(
        st.columns(4),
        (
            (texts("data.rows"), formatter.number(manifest.rows)),
            (texts("data.columns"), formatter.number(len(manifest.columns))),
            (texts("data.missing_share"), formatter.percent(missing)),
            (texts("data.size"), formatter.size(manifest.bytes)),
        ),
        strict=True,
    ):
        column.metric(label, value, border=True)
