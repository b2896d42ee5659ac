"""Associations of columns with the target, and between columns."""

from __future__ import annotations

import streamlit as st

from tablee.datasets.profile import Association, Profile
from tablee_ui.context import PageContext
from tablee_ui.pages.data.understand import charts

MAX_BARS = 12
MAX_COLUMNS = 12
"""Columns of the association matrix; more would not be readable."""
MAX_PAIRS = 30


def with_target(context: PageContext, profile: Profile) -> None:
    """Draw a bar for each of the columns with the strongest association with the target."""
    st.subheader(context.texts("report.target", target=profile.target or ""))
    shown = profile.with_target[:MAX_BARS]
    st.caption(context.texts("understand.target_about"))
    strengths = {each.columns[0]: each.strength for each in shown}
    st.altair_chart(charts.strengths(strengths, lambda share: context.formatter.number(share, 2)), width="stretch")


def between(context: PageContext, profile: Profile) -> None:
    """Draw the association matrix and the list of the strongest pairs."""
    texts = context.texts
    st.subheader(texts("report.associations"))
    if not profile.between:
        st.caption(texts("report.no_associations"))
        return
    columns = strongest(profile)
    st.caption(context.texts("understand.pairs_about", shown=len(columns), columns=len(profile.compared)))
    found = {frozenset(each.columns): each for each in profile.between}
    pairs = [
        (row, column, each.strength, _tooltip(context, each))
        for row in columns
        for column in columns
        if (each := found.get(frozenset((row, column)))) is not None
    ]
    st.altair_chart(charts.pairs(columns, pairs, lambda share: context.formatter.number(share, 2)), width="stretch")
    with st.expander(context.texts("understand.pairs")):
        st.dataframe(
            [_row(context, each) for each in profile.between[:MAX_PAIRS]],
            hide_index=True,
            alt=context.texts("understand.pairs"),
        )


def strongest(profile: Profile) -> list[str]:
    """The columns of the strongest pairs, in the order of the data set."""
    ranked = dict.fromkeys(name for each in profile.between for name in each.columns)
    kept = set(list(ranked)[:MAX_COLUMNS])
    return [name for name in profile.compared if name in kept]


def _tooltip(context: PageContext, each: Association) -> str:
    return f"{context.texts(f'measure.{each.measure}')}: {context.formatter.number(each.value, 2)}"


def _row(context: PageContext, each: Association) -> dict[str, str]:
    first, second = each.columns
    return {
        context.texts("understand.first"): first,
        context.texts("understand.second"): second,
        context.texts("understand.strength"): context.formatter.number(each.value, 2),
        context.texts("understand.measure"): context.texts(f"measure.{each.measure}"),
    }
