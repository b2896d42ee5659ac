"""The tab with the first rows of a version."""

from __future__ import annotations

from typing import Any

import streamlit as st

from tablee.datasets.manifest import DatasetManifest
from tablee_ui.context import PageContext

MAX_ROWS = 20


def show(context: PageContext, manifest: DatasetManifest) -> None:
    """Draw the table."""
    texts = context.texts
    preview = context.backend.controller.datasets.rows(manifest.name, manifest.version, MAX_ROWS)
    st.caption(texts("data.first_rows", n=len(preview.rows)))
    st.dataframe(_cells(preview.columns, preview.rows), hide_index=True, placeholder="–", alt=texts("data.tab_rows"))


def _cells(columns: list[str], rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """The cells by column, in the order of the columns; integers without decimals, as in the file."""

    def cell(value: Any) -> Any:
        return int(value) if isinstance(value, float) and value.is_integer() else value

    return {name: [cell(row.get(name)) for row in rows] for name in columns}
