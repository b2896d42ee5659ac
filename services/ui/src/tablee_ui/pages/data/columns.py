"""The columns of a version as they were read."""

from __future__ import annotations

import streamlit as st

from tablee.datasets.store import ColumnSummary, DatasetManifest
from tablee_ui.visit import Visit


def show(visit: Visit, manifest: DatasetManifest) -> None:
    st.dataframe(described(visit, manifest), hide_index=True, alt=visit.texts("data.tab_columns"))
    query = {"dataset": manifest.name, "version": manifest.version}
    visit.link("prepare", visit.texts("data.prepare"), icon=":material/tune:", **query)
    visit.link("train", visit.texts("data.train_with"), icon=":material/model_training:", **query)


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
    shown = ", ".join(f"{value} ({visit.figures.number(count)})" for value, count in column.top[:5])
    return f"{shown}, …" if column.distinct > len(column.top[:5]) else shown
