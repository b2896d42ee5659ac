"""What to decide before a training: a sentence each, and what can be done about it."""

from __future__ import annotations

import re

import streamlit as st

from tablee.datasets import DatasetManifest
from tablee.profile import ParseDates, Profile, ProfileWarning, Proposal, RankBy
from tablee_ui.pages.data.understand.choices import Choices, way
from tablee_ui.texts import escaped
from tablee_ui.visit import Visit

SHOWN = 30
"""A table of thousands of columns may have as many warnings, more than a page can draw."""


def show(visit: Visit, manifest: DatasetManifest, profile: Profile) -> Choices:
    """Draw the warnings; what has been accepted so far."""
    slot = f"data_choices:{manifest.name}:{manifest.version}"
    chosen: Choices = st.session_state.get(slot, Choices())
    st.subheader(visit.words("report.warnings"))
    if not profile.warnings:
        st.success(visit.words("report.no_warnings"), icon=":material/check_circle:")
    for number, warning in enumerate(profile.warnings[:SHOWN]):
        with st.container(border=True):
            _warning(visit, warning, profile.target, chosen, slot, number)
    if (more := len(profile.warnings) - SHOWN) > 0:
        st.caption(visit.texts.count("understand.more", more))
    return chosen


def _warning(
    visit: Visit, warning: ProfileWarning, target: str | None, chosen: Choices, slot: str, number: int
) -> None:
    texts, action = visit.texts, warning.action
    said, place = st.columns([7, 4], vertical_alignment="center")
    said.markdown(f":orange[:material/warning:] {escaped(visit.words.warning(warning))}")
    asked = way(action, target)
    if asked == "training":
        with place:
            taken, label = chosen.holds(action), proposed(visit, action)
            st.button(
                texts.rich("understand.taken", action=label) if taken else escaped(label),
                key=f"take:{slot}:{number}",
                icon=":material/check:" if taken else ":material/add:",
                type="primary" if taken else "secondary",
                width="stretch",
                help=texts("understand.taken_help" if taken else "understand.take_help"),
                on_click=_turn,
                args=(slot, action),
            )
        return
    key = "understand.by_recipe" if asked == "recipe" else "understand.in_file"
    place.caption(texts.rich(key, action=proposed(visit, action)))


def _turn(slot: str, action: Proposal) -> None:
    st.session_state[slot] = st.session_state.get(slot, Choices()).turned(action)


def proposed(visit: Visit, action: Proposal) -> str:
    """What an action does, in plain text."""
    if isinstance(action, RankBy):
        return visit.words("action.rank_by", metric=visit.sentences.metric(action.metric))
    if isinstance(action, ParseDates):
        return visit.words("action.parse_dates", format=_written(visit, action.format))
    return visit.words.action(action)


def _written(visit: Visit, pattern: str) -> str:
    """A format of dates as people write one: `%d/%m/%Y` is DD/MM/YYYY."""
    return re.sub("%([A-Za-z])", lambda mark: visit.texts.known(f"date_mark.{mark[1]}", mark[0]), pattern)
