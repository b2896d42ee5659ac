"""What tells of the answer, and which columns go together."""

from __future__ import annotations

import streamlit as st

from tablee.datasets.profile import Association, Profile
from tablee_ui.visit import Visit
from tablee_ui.widgets import charts, profile_charts

MOST_BARS = 12
MOST_COLUMNS = 12
"""In the picture of pairs; more could not be read."""
MOST_PAIRS = 30


def with_target(visit: Visit, profile: Profile) -> None:
    """A bar for each of the columns that tell most of the target."""
    st.subheader(visit.words("report.target", target=profile.target or ""))
    shown = profile.with_target[:MOST_BARS]
    st.caption(visit.texts("understand.target_about"))
    strengths = {each.columns[0]: each.strength for each in shown}
    st.altair_chart(charts.strengths(strengths, lambda share: visit.figures.number(share, 2)), width="stretch")


def between(visit: Visit, profile: Profile) -> None:
    """A picture of the strongest pairs, and their list."""
    words = visit.words
    st.subheader(words("report.associations"))
    if not profile.between:
        st.caption(words("report.no_associations"))
        return
    columns = strongest(profile)
    st.caption(visit.texts("understand.pairs_about", shown=len(columns), columns=len(profile.compared)))
    found = {frozenset(each.columns): each for each in profile.between}
    pairs = [
        (row, column, each.strength, _said(visit, each))
        for row in columns
        for column in columns
        if (each := found.get(frozenset((row, column)))) is not None
    ]
    st.altair_chart(profile_charts.pairs(columns, pairs, lambda share: visit.figures.number(share, 2)), width="stretch")
    with st.expander(visit.texts("understand.pairs")):
        st.dataframe(
            [_line(visit, each) for each in profile.between[:MOST_PAIRS]],
            hide_index=True,
            alt=visit.texts("understand.pairs"),
        )


def strongest(profile: Profile) -> list[str]:
    """The columns of the strongest pairs, in the table's order."""
    ranked = dict.fromkeys(name for each in profile.between for name in each.columns)
    kept = set(list(ranked)[:MOST_COLUMNS])
    return [name for name in profile.compared if name in kept]


def _said(visit: Visit, each: Association) -> str:
    return f"{visit.words(f'measure.{each.measure}')}: {visit.figures.number(each.value, 2)}"


def _line(visit: Visit, each: Association) -> dict[str, str]:
    first, second = each.columns
    return {
        visit.texts("understand.first"): first,
        visit.texts("understand.second"): second,
        visit.texts("understand.strength"): visit.figures.number(each.value, 2),
        visit.texts("understand.measure"): visit.words(f"measure.{each.measure}"),
    }
