"""Every column on a card: its shape and its figures."""

from __future__ import annotations

from math import ceil

import streamlit as st

from tablee.datasets.profile import ColumnProfile, Profile
from tablee_ui.texts import escaped
from tablee_ui.visit import Visit
from tablee_ui.widgets import charts, profile_charts

A_ROW = 3
A_PAGE = 12
LEVELS = 5


def show(visit: Visit, profile: Profile) -> None:
    texts = visit.texts
    st.subheader(visit.words("report.details"))
    pages = ceil(len(profile.columns) / A_PAGE)
    page = 0
    if pages > 1:
        page = st.selectbox(
            texts("understand.page"),
            range(pages),
            format_func=lambda number: texts(
                "understand.page_shown",
                first=number * A_PAGE + 1,
                last=min(len(profile.columns), (number + 1) * A_PAGE),
                all=len(profile.columns),
            ),
            key=f"data_cards:{profile.dataset}:{profile.version}",
        )
    shown = profile.columns[page * A_PAGE :][:A_PAGE]
    for start in range(0, len(shown), A_ROW):
        for place, column in zip(st.columns(A_ROW), shown[start : start + A_ROW], strict=False):
            with place.container(border=True, height="stretch"):
                _card(visit, profile, column)


def _card(visit: Visit, profile: Profile, column: ColumnProfile) -> None:
    st.markdown(f"**{escaped(column.name)}** :gray[{kind(visit, column)}]")
    _shape(visit, profile, column)
    st.caption(" · ".join(f"{label} **{escaped(value)}**" for label, value in facts(visit, profile, column)))


def kind(visit: Visit, column: ColumnProfile) -> str:
    """What a column holds, in a word."""
    name = "boolean" if column.boolean else "integer" if column.integer else column.kind
    return visit.words(f"kind.{name}")


def _shape(visit: Visit, profile: Profile, column: ColumnProfile) -> None:
    figures, key = visit.figures, f"data_shape:{column.name}"
    numbers = column.numbers or column.dates
    if numbers is not None and numbers.histogram.edges[0] < numbers.histogram.edges[-1]:
        drawn = profile_charts.distribution(
            numbers.histogram, figures, dates=column.dates is not None, across=column.name, up=visit.texts("chart.rows")
        )
        st.altair_chart(drawn, width="stretch", key=key)
    elif column.kind == "category" and column.levels:
        counts = {level.value: level.count for level in column.levels[:LEVELS]}
        rows = max(1, profile.basis.distributions.rows)
        drawn = charts.counts(counts, lambda count: figures.percent(count / rows), rest=visit.texts("chart.rest"))
        st.altair_chart(drawn, width="stretch", key=key)


def facts(visit: Visit, profile: Profile, column: ColumnProfile) -> list[tuple[str, str]]:
    """The figures of a column, each with its name."""
    words = visit.words
    distinct = words.number(column.distinct)
    found = [
        ("missing", words.share(column.missing / max(1, profile.rows))),
        ("distinct", distinct if column.distinct_exact else f"≈ {distinct}"),
    ]
    if (numbers := column.numbers) is not None:
        middle = dict(numbers.quantiles).get(0.5)
        found += [("mean", words.number(numbers.mean))]
        found += [("median", words.number(middle))] if middle is not None else []
        found += [("minimum", words.number(numbers.minimum)), ("maximum", words.number(numbers.maximum))]
        found += [("outliers", words.number(numbers.outliers))]
    if column.dates is not None:
        found += [("earliest", column.dates.earliest), ("latest", column.dates.latest)]
    if column.kind == "text" and column.lengths is not None:
        found += [
            ("shortest", words("report.characters", n=column.lengths.shortest)),
            ("longest", words("report.characters", n=column.lengths.longest)),
        ]
    return [(words(f"report.{name}"), value) for name, value in found]
