"""A card for each column: its distribution and its statistics."""

from __future__ import annotations

from math import ceil

import streamlit as st

from tablee.datasets.profile import ColumnProfile, Profile
from tablee_ui.context import PageContext
from tablee_ui.pages.data.understand.charts import distribution
from tablee_ui.texts import escaped
from tablee_ui.widgets import charts

CARDS_PER_ROW = 3
CARDS_PER_PAGE = 12
MAX_LEVELS = 5


def show(context: PageContext, profile: Profile) -> None:
    """Draw a page of cards."""
    texts = context.texts
    st.subheader(context.texts("report.details"))
    pages = ceil(len(profile.columns) / CARDS_PER_PAGE)
    page = 0
    if pages > 1:
        page = st.selectbox(
            texts("understand.page"),
            range(pages),
            format_func=lambda number: texts(
                "understand.page_shown",
                first=number * CARDS_PER_PAGE + 1,
                last=min(len(profile.columns), (number + 1) * CARDS_PER_PAGE),
                all=len(profile.columns),
            ),
            key=f"data_cards:{profile.dataset}:{profile.version}",
        )
    shown = profile.columns[page * CARDS_PER_PAGE :][:CARDS_PER_PAGE]
    for start in range(0, len(shown), CARDS_PER_ROW):
        for cell, column in zip(st.columns(CARDS_PER_ROW), shown[start : start + CARDS_PER_ROW], strict=False):
            with cell.container(border=True, height="stretch"):
                _card(context, profile, column)


def _card(context: PageContext, profile: Profile, column: ColumnProfile) -> None:
    st.markdown(f"**{escaped(column.name)}** :gray[{kind(context, column)}]")
    _distribution(context, profile, column)
    st.caption(" · ".join(f"{label} **{escaped(value)}**" for label, value in facts(context, profile, column)))


def kind(context: PageContext, column: ColumnProfile) -> str:
    """The name of a column's type."""
    name = "boolean" if column.boolean else "integer" if column.integer else column.kind
    return context.texts(f"kind.{name}")


def _distribution(context: PageContext, profile: Profile, column: ColumnProfile) -> None:
    formatter, key = context.formatter, f"data_distribution:{column.name}"
    numbers = column.numbers or column.dates
    if numbers is not None and numbers.histogram.edges[0] < numbers.histogram.edges[-1]:
        drawn = distribution(
            numbers.histogram,
            formatter,
            dates=column.dates is not None,
            across=column.name,
            up=context.texts("chart.rows"),
        )
        st.altair_chart(drawn, width="stretch", key=key)
    elif column.kind == "category" and column.levels:
        counts = {level.value: level.count for level in column.levels[:MAX_LEVELS]}
        rows = max(1, profile.basis.distributions.rows)
        drawn = charts.counts(counts, lambda count: formatter.percent(count / rows), rest=context.texts("chart.rest"))
        st.altair_chart(drawn, width="stretch", key=key)


def facts(context: PageContext, profile: Profile, column: ColumnProfile) -> list[tuple[str, str]]:
    """The statistics of a column, as pairs of a name and a text."""
    texts = context.texts
    distinct = texts.number(column.distinct)
    found = [
        ("missing", texts.share(column.missing / max(1, profile.rows))),
        ("distinct", distinct if column.distinct_exact else f"≈ {distinct}"),
    ]
    if (numbers := column.numbers) is not None:
        middle = dict(numbers.quantiles).get(0.5)
        found += [("mean", texts.number(numbers.mean))]
        found += [("median", texts.number(middle))] if middle is not None else []
        found += [("minimum", texts.number(numbers.minimum)), ("maximum", texts.number(numbers.maximum))]
        found += [("outliers", texts.number(numbers.outliers))]
    if column.dates is not None:
        found += [("earliest", column.dates.earliest), ("latest", column.dates.latest)]
    if column.kind == "text" and column.lengths is not None:
        found += [
            ("shortest", texts("report.characters", n=column.lengths.shortest)),
            ("longest", texts("report.characters", n=column.lengths.longest)),
        ]
    return [(texts(f"report.{name}"), value) for name, value in found]
