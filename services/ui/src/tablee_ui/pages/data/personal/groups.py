"""The k-anonymity of the rows, before and after the chosen actions."""

from __future__ import annotations

import streamlit as st

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import Action, Anonymity, AnonymityRequest, EquivalenceClasses, Findings
from tablee.errors import TableeError
from tablee_ui.context import PageContext
from tablee_ui.texts import escaped
from tablee_ui.widgets import error_messages

SLOT = "data_groups"
"""Slot of the session with the last result and its request."""


def show(context: PageContext, manifest: DatasetManifest, findings: Findings, actions: tuple[Action, ...]) -> None:
    """Draw the choice of quasi-identifiers, the button, and the last result."""
    texts = context.texts
    st.subheader(texts("personal.groups"))
    st.markdown(texts("personal.groups_about"))
    chosen = st.multiselect(
        texts("personal.quasi"),
        [column.name for column in manifest.columns],
        default=list(findings.quasi_identifiers),
        max_selections=32,
        placeholder=texts("personal.quasi_none"),
        format_func=escaped,
        key=f"quasi:{manifest.name}:{manifest.version}",
        help=texts("personal.quasi_help"),
    )
    pressed = st.button(texts("personal.count"), icon=":material/groups:", disabled=not chosen)
    if not chosen:
        return
    request = AnonymityRequest(quasi_identifiers=tuple(chosen), actions=actions)
    asked = (manifest.name, manifest.version, request)
    if pressed:
        try:
            with st.spinner(texts("personal.counting")):
                st.session_state[SLOT] = (asked, context.backend.controller.datasets.anonymity(*asked))
        except TableeError as error:
            error_messages.show(context, error)
            return
    known = st.session_state.get(SLOT)
    if known is None or known[0][:2] != asked[:2]:
        return
    if known[0] != asked:
        st.caption(f":material/history: {texts('personal.count_again')}")
        return
    _result(context, known[1])


def _result(context: PageContext, found: Anonymity) -> None:
    texts = context.texts
    before, after = st.columns(2)
    before.metric(texts("personal.before"), _k(context, found.before), border=True, help=texts("personal.k_help"))
    after.metric(texts("personal.after"), _k(context, found.after), border=True, help=texts("personal.k_help"))
    st.table(small_groups(context, found), border="horizontal", hide_index=True, alt=texts("personal.groups"))


def _k(context: PageContext, groups: EquivalenceClasses) -> str:
    return context.texts("personal.k", n=groups.smallest)


def small_groups(context: PageContext, found: Anonymity) -> list[dict[str, str]]:
    """The table of rows in small groups, one dict for each size of group."""
    texts, formatter = context.texts, context.formatter

    def shown(groups: EquivalenceClasses, size: int) -> str:
        rows = dict(groups.below).get(size, 0)
        return f"{formatter.number(rows)} ({formatter.percent(rows / max(1, groups.rows))})"

    return [
        {
            texts("personal.below"): texts("personal.alone") if size == 2 else texts("personal.fewer", size=size),
            texts("personal.rows_before"): shown(found.before, size),
            texts("personal.rows_after"): shown(found.after, size),
        }
        for size, _ in found.before.below
    ]
