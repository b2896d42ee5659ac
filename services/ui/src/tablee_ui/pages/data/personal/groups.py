"""How rows hide among each other, before and after the actions chosen."""

from __future__ import annotations

import streamlit as st

from tablee.datasets.privacy import Action, Anonymity, AnonymityRequest, Findings, Groups
from tablee.datasets.store import DatasetManifest
from tablee.errors import TableeError
from tablee_ui.texts import escaped
from tablee_ui.visit import Visit
from tablee_ui.widgets import problems

SLOT = "data_groups"


def show(visit: Visit, manifest: DatasetManifest, findings: Findings, actions: tuple[Action, ...]) -> None:
    texts = visit.texts
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
                st.session_state[SLOT] = (asked, visit.services.controller.datasets.anonymity(*asked))
        except TableeError as error:
            problems.show(visit, error)
            return
    known = st.session_state.get(SLOT)
    if known is None or known[0][:2] != asked[:2]:
        return
    if known[0] != asked:
        st.caption(f":material/history: {texts('personal.count_again')}")
        return
    _result(visit, known[1])


def _result(visit: Visit, found: Anonymity) -> None:
    texts = visit.texts
    before, after = st.columns(2)
    before.metric(texts("personal.before"), _k(visit, found.before), border=True, help=texts("personal.k_help"))
    after.metric(texts("personal.after"), _k(visit, found.after), border=True, help=texts("personal.k_help"))
    st.table(below(visit, found), border="horizontal", hide_index=True, alt=texts("personal.groups"))


def _k(visit: Visit, groups: Groups) -> str:
    return visit.texts.count("personal.k", groups.smallest, shown=visit.figures.number(groups.smallest))


def below(visit: Visit, found: Anonymity) -> list[dict[str, str]]:
    """How many rows are in small groups, before and after."""
    texts, figures = visit.texts, visit.figures

    def shown(groups: Groups, size: int) -> str:
        rows = dict(groups.below).get(size, 0)
        return f"{figures.number(rows)} ({figures.percent(rows / max(1, groups.rows))})"

    return [
        {
            texts("personal.below"): texts("personal.alone") if size == 2 else texts("personal.fewer", size=size),
            texts("personal.rows_before"): shown(found.before, size),
            texts("personal.rows_after"): shown(found.after, size),
        }
        for size, _ in found.before.below
    ]
