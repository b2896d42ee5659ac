"""The tab with the columns of a version: type, missing and distinct values."""

from __future__ import annotations

import streamlit as st

from tablee.datasets.manifest import ColumnSummary, DatasetManifest
from tablee_ui.context import PageContext
from tablee_ui.widgets import file_reading


def show(context: PageContext, manifest: DatasetManifest) -> None:
    """Draw the table and the links to the next steps."""
    st.dataframe(table(context, manifest), hide_index=True, alt=context.texts("data.tab_columns"))
    file_reading.decided(context, manifest)
    query = {"dataset": manifest.name, "version": manifest.version}
    context.link("prepare", context.texts("data.prepare"), icon=":material/tune:", **query)
    context.link("train", context.texts("data.train_with"), icon=":material/model_training:", **query)


def table(context: PageContext, manifest: DatasetManifest) -> list[dict[str, str]]:
    """The table, one dict for each column of the data set."""
    texts, formatter = context.texts, context.formatter
    return [
        {
            texts("data.column"): column.name,
            texts("data.kind"): texts(f"column_type.{column.kind}"),
            texts("data.missing"): formatter.percent(column.missing / max(1, manifest.rows)) if column.missing else "–",
            texts("data.distinct"): formatter.number(column.distinct),
            texts("data.values"): _values(context, column),
        }
        for column in manifest.columns
    ]


def _values(context: PageContext, column: ColumnSummary) -> str:
    plain = context.formatter.plain
    if column.minimum is not None and column.maximum is not None:
        mean = context.formatter.number(column.mean) if column.mean is not None else ""
        return context.texts("data.from_to", low=plain(column.minimum), high=plain(column.maximum), mean=mean)
    shown = ", ".join(f"{value} ({context.formatter.number(count)})" for value, count in column.top[:5])
    return f"{shown}, …" if column.distinct > len(column.top[:5]) else shown
