"""The warnings of a profile: a sentence each, and a button for the proposed action."""

from __future__ import annotations

import streamlit as st

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.profile import (
    DropColumns,
    DropDuplicateRows,
    DropRareRows,
    Profile,
    ProfileWarning,
    RankBy,
    RepairAction,
    WarningAction,
)
from tablee.errors import TableeError
from tablee.recipes.steps import SingleColumnStep
from tablee_ui.context import PageContext
from tablee_ui.pages.data.personal.anonymise import NEW_VERSION
from tablee_ui.pages.data.understand.selection import Selection
from tablee_ui.pages.prepare.draft import REQUESTED_STEP
from tablee_ui.texts import escaped
from tablee_ui.widgets import error_messages

MAX_WARNINGS = 30
"""A table with thousands of columns may have as many warnings, more than a page can draw."""
_RESULT = "data_repaired"


def show(context: PageContext, manifest: DatasetManifest, profile: Profile) -> Selection:
    """Draw the warnings.

    :returns: the proposals accepted so far.
    """
    slot = f"data_choices:{manifest.name}:{manifest.version}"
    chosen: Selection = st.session_state.get(slot, Selection())
    st.subheader(context.texts("report.warnings"))
    if not profile.warnings:
        st.success(context.texts("report.no_warnings"), icon=":material/check_circle:")
    for number, warning in enumerate(profile.warnings[:MAX_WARNINGS]):
        with st.container(border=True):
            _warning(context, manifest, warning, profile.target, chosen, f"{slot}:{number}")
    if (more := len(profile.warnings) - MAX_WARNINGS) > 0:
        st.caption(context.texts("understand.more", n=more))
    return chosen


def _warning(
    context: PageContext,
    manifest: DatasetManifest,
    warning: ProfileWarning,
    target: str | None,
    chosen: Selection,
    key: str,
) -> None:
    action = warning.action
    sentence, button = st.columns([7, 4], vertical_alignment="center")
    sentence.markdown(f":orange[:material/warning:] {escaped(context.texts.warning(warning))}")
    with button:
        if isinstance(action, DropColumns | RankBy):
            _choose(context, action, chosen, key)
        elif (
            isinstance(action, DropDuplicateRows | DropRareRows) or action.column == target
        ):  # a recipe cannot read the target
            if _button(context, action, ":material/build:", "understand.repair_help", key):
                _repair(context, manifest, action)
        elif _button(context, action, ":material/tune:", "understand.prepare_help", key):
            _prepare(context, manifest, target, action.step)


def _choose(context: PageContext, action: WarningAction, chosen: Selection, key: str) -> None:
    """Draw a button that selects a proposal; pressing it again removes the proposal."""
    texts, selected, label = context.texts, chosen.includes(action), label_of(context, action)
    st.button(
        texts.rich("understand.selected", action=label) if selected else escaped(label),
        key=f"select:{key}",
        icon=":material/check:" if selected else ":material/add:",
        type="primary" if selected else "secondary",
        width="stretch",
        help=texts("understand.selected_help" if selected else "understand.select_help"),
        on_click=_toggle,
        args=(key.rpartition(":")[0], action),
    )


def _toggle(slot: str, action: WarningAction) -> None:
    st.session_state[slot] = st.session_state.get(slot, Selection()).toggled(action)


def _button(context: PageContext, action: WarningAction, icon: str, about: str, key: str) -> bool:
    label = escaped(label_of(context, action))
    pressed: bool = st.button(label, key=f"do:{key}", icon=icon, width="stretch", help=context.texts(about))
    return pressed


def _prepare(context: PageContext, manifest: DatasetManifest, target: str | None, step: SingleColumnStep) -> None:
    """Go to the page Prepare, which adds the step."""
    st.session_state[REQUESTED_STEP] = (manifest.name, step)
    query = {} if target is None else {"target": target}
    context.go("prepare", dataset=manifest.name, version=manifest.version, **query)


def _repair(context: PageContext, manifest: DatasetManifest, action: RepairAction) -> None:
    """Make a version in which the action is applied, and show that version."""
    try:
        with st.spinner(context.texts("understand.repairing")):
            made, new = context.backend.controller.datasets.mend(manifest.name, manifest.version, action)
    except TableeError as error:
        error_messages.show(context, error)
        return
    st.session_state[_RESULT] = (made.name, made.version, manifest.version, new)
    st.session_state[NEW_VERSION] = made.version
    st.rerun(scope="app")


def show_result(context: PageContext) -> None:
    """Say once which version the last action made."""
    result = st.session_state.pop(_RESULT, None)
    if result is not None:
        name, version, source, new = result
        key = "understand.repaired" if new else "understand.repaired_before"
        st.success(context.texts.rich(key, name=name, version=version, source=source), icon=":material/build:")


def label_of(context: PageContext, action: WarningAction) -> str:
    """What an action does, as plain text."""
    if isinstance(action, RankBy):
        return context.texts("action.rank_by", metric=context.metrics.name(action.metric))
    return context.texts.action(action)
