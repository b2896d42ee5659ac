"""The first rows of a version as they were read."""

from __future__ import annotations

from typing import Any

import streamlit as st

from tablee.datasets.store import DatasetManifest
from tablee_ui.visit import Visit

PREVIEW = 20


def show(visit: Visit, manifest: DatasetManifest) -> None:
    texts = visit.texts
    preview = visit.services.controller.datasets.rows(manifest.name, manifest.version, PREVIEW)
    st.caption(texts.count("data.first_rows", len(preview.rows)))
    st.dataframe(_cells(preview.columns, preview.rows), hide_index=True, alt=texts("data.tab_rows"))


def _cells(columns: list[str], rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """By column, so that the order holds; whole numbers without decimals, as in the file."""

    def tidy(value: Any) -> Any:
        return int(value) if isinstance(value, float) and value.is_integer() else value

    return {name: [tidy(row.get(name)) for row in rows] for name in columns}
