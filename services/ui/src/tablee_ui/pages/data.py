"""Data: add a CSV file, look at what is there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import PurePath
from typing import IO, Any

import streamlit as st

from tablee.datasets import ColumnSummary, DatasetManifest
from tablee.errors import TableeError
from tablee_ui import problems
from tablee_ui.visit import Visit

PREVIEW = 20
BLOCK = 1 << 20


def show(visit: Visit) -> None:
    texts = visit.texts
    st.title(texts("data.title"))
    st.markdown(texts("data.intro"))
    found = visit.services.controller.datasets()
    field = f"data_upload:{st.session_state.get('data_sent', 0)}"  # a new field for every file that is stored
    with st.expander(texts("data.add"), expanded=not found or st.session_state.get(field) is not None):
        _add(visit, field)
    _said(visit)
    if not found:
        st.info(texts("data.empty"), icon=":material/table:")
        return
    names = [manifest.name for manifest in found]
    asked = st.query_params.get("dataset")
    if "data_name" not in st.session_state:
        st.session_state["data_name"] = asked if asked in names else names[0]
    name = st.selectbox(texts("data.which"), names, key="data_name", on_change=_forget_version)
    st.query_params["dataset"] = name
    _dataset(visit, name)


def _forget_version() -> None:
    st.session_state.pop("data_version", None)


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
    _forget_version()
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


def _dataset(visit: Visit, name: str) -> None:
    texts, figures = visit.texts, visit.figures
    versions = visit.services.controller.dataset_versions(name)
    manifest = _version(visit, versions)
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
    summary, rows = st.tabs([texts("data.tab_columns"), texts("data.tab_rows")])
    with summary:
        st.dataframe(described(visit, manifest), hide_index=True, alt=texts("data.tab_columns"))
    with rows:
        preview = visit.services.controller.dataset_rows(name, manifest.version, PREVIEW)
        st.caption(texts.count("data.first_rows", len(preview.rows)))
        st.dataframe(_cells(visit, preview.columns, preview.rows), hide_index=True, alt=texts("data.tab_rows"))
    visit.link("train", texts("data.train_with"), icon=":material/model_training:", dataset=name)


def _version(visit: Visit, versions: list[DatasetManifest]) -> DatasetManifest:
    if len(versions) == 1:
        return versions[0]

    def shown(version: str) -> str:
        manifest = next(found for found in versions if found.version == version)
        return visit.texts(
            "data.version_shown", version=version, date=visit.date(manifest.created), file=manifest.filename
        )

    known = [manifest.version for manifest in versions]
    chosen = st.selectbox(
        visit.texts("data.version"), known, format_func=shown, key="data_version", help=visit.texts("data.version_help")
    )
    return next(manifest for manifest in versions if manifest.version == chosen)


def described(visit: Visit, manifest: DatasetManifest) -> list[dict[str, str]]:
    """The columns of a data set as rows of a table."""
    texts, figures = visit.texts, visit.figures
    return [
        {
            texts("data.column"): column.name,
            texts("data.kind"): texts(f"kind.{column.kind}"),
            texts("data.missing"): figures.percent(column.missing / max(1, manifest.rows)) if column.missing else "–",
            texts("data.distinct"): figures.number(column.distinct),
            texts("data.values"): _values(visit, column),
        }
        for column in manifest.columns
    ]


def _values(visit: Visit, column: ColumnSummary) -> str:
    plain = visit.figures.plain
    if column.minimum is not None and column.maximum is not None:
        mean = visit.figures.number(column.mean) if column.mean is not None else ""
        return visit.texts("data.from_to", low=plain(column.minimum), high=plain(column.maximum), mean=mean)
    if not column.top:  # too many different ones to count, or none
        return "–"
    shown = ", ".join(f"{value} ({visit.figures.number(count)})" for value, count in column.top[:5])
    return f"{shown}, …" if column.distinct > len(column.top[:5]) else shown


def _cells(visit: Visit, columns: list[str], rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """By column, so that the order holds; whole numbers without decimals, as in the file."""

    def tidy(value: Any) -> Any:
        return int(value) if isinstance(value, float) and value.is_integer() else value

    return {name: [tidy(row.get(name)) for row in rows] for name in columns}
