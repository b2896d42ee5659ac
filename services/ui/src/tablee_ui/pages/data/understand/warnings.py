"""What to decide before a training: a sentence each, and a button for what can be done about it."""

from __future__ import annotations

import streamlit as st

from tablee.datasets.profile import (
    DropColumns,
    DropDuplicateRows,
    DropRareRows,
    Mend,
    Profile,
    ProfileWarning,
    Proposal,
    RankBy,
)
from tablee.datasets.store import DatasetManifest
from tablee.errors import TableeError
from tablee.recipes.steps import OfOne
from tablee_ui.pages.data.personal.anonymise import NEXT
from tablee_ui.pages.data.understand.selection import Choices
from tablee_ui.pages.prepare.draft import WISH
from tablee_ui.texts import escaped
from tablee_ui.visit import Visit
from tablee_ui.widgets import problems

SHOWN = 30
"""A table of thousands of columns may have as many warnings, more than a page can draw."""
SAID = "data_mended"


def show(visit: Visit, manifest: DatasetManifest, profile: Profile) -> Choices:
    """Draw the warnings; what has been accepted so far."""
    slot = f"data_choices:{manifest.name}:{manifest.version}"
    chosen: Choices = st.session_state.get(slot, Choices())
    st.subheader(visit.words("report.warnings"))
    if not profile.warnings:
        st.success(visit.words("report.no_warnings"), icon=":material/check_circle:")
    for number, warning in enumerate(profile.warnings[:SHOWN]):
        with st.container(border=True):
            _warning(visit, manifest, warning, profile.target, chosen, f"{slot}:{number}")
    if (more := len(profile.warnings) - SHOWN) > 0:
        st.caption(visit.texts.count("understand.more", more))
    return chosen


def _warning(
    visit: Visit, manifest: DatasetManifest, warning: ProfileWarning, target: str | None, chosen: Choices, key: str
) -> None:
    action = warning.action
    said, place = st.columns([7, 4], vertical_alignment="center")
    said.markdown(f":orange[:material/warning:] {escaped(visit.words.warning(warning))}")
    with place:
        if isinstance(action, DropColumns | RankBy):
            _choose(visit, action, chosen, key)
        elif isinstance(action, DropDuplicateRows | DropRareRows) or action.column == target:  # no recipe sees a target
            if _button(visit, action, ":material/build:", "understand.mend_help", key):
                _mend(visit, manifest, action)
        elif _button(visit, action, ":material/tune:", "understand.prepare_help", key):
            _prepare(visit, manifest, target, action.step)


def _choose(visit: Visit, action: Proposal, chosen: Choices, key: str) -> None:
    """A button that is pressed until it is pressed again."""
    texts, taken, label = visit.texts, chosen.holds(action), proposed(visit, action)
    st.button(
        texts.rich("understand.taken", action=label) if taken else escaped(label),
        key=f"take:{key}",
        icon=":material/check:" if taken else ":material/add:",
        type="primary" if taken else "secondary",
        width="stretch",
        help=texts("understand.taken_help" if taken else "understand.take_help"),
        on_click=_turn,
        args=(key.rpartition(":")[0], action),
    )


def _turn(slot: str, action: Proposal) -> None:
    st.session_state[slot] = st.session_state.get(slot, Choices()).turned(action)


def _button(visit: Visit, action: Proposal, icon: str, about: str, key: str) -> bool:
    label = escaped(proposed(visit, action))
    pressed: bool = st.button(label, key=f"do:{key}", icon=icon, width="stretch", help=visit.texts(about))
    return pressed


def _prepare(visit: Visit, manifest: DatasetManifest, target: str | None, step: OfOne) -> None:
    """Leave for the page Prepare, which has the step then."""
    st.session_state[WISH] = (manifest.name, step)
    goal = {} if target is None else {"target": target}
    visit.go("prepare", dataset=manifest.name, version=manifest.version, **goal)


def _mend(visit: Visit, manifest: DatasetManifest, action: Mend) -> None:
    """Make the version where it is done, and show that one."""
    try:
        with st.spinner(visit.texts("understand.mending")):
            made, new = visit.services.controller.datasets.mend(manifest.name, manifest.version, action)
    except TableeError as error:
        problems.show(visit, error)
        return
    st.session_state[SAID] = (made.name, made.version, manifest.version, new)
    st.session_state[NEXT] = made.version
    st.rerun(scope="app")


def said(visit: Visit) -> None:
    """What came of the last button that made a version, once."""
    found = st.session_state.pop(SAID, None)
    if found is not None:
        name, version, source, new = found
        key = "understand.mended" if new else "understand.mended_before"
        st.success(visit.texts.rich(key, name=name, version=version, source=source), icon=":material/build:")


def proposed(visit: Visit, action: Proposal) -> str:
    """What an action does, in plain text."""
    if isinstance(action, RankBy):
        return visit.words("action.rank_by", metric=visit.sentences.metric(action.metric))
    return visit.words.action(action)
