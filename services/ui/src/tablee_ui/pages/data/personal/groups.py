"""The k-anonymity of the rows, before and after the chosen actions."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from tablee.datasets.generalisation import quasi_identifiers
from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import (
    Action,
    Anonymity,
    AnonymityRequest,
    EquivalenceClasses,
    Findings,
    changes_values,
    leaves_nothing,
)
from tablee.errors import TableeError
from tablee_ui.context import PageContext
from tablee_ui.texts import escaped
from tablee_ui.widgets import error_messages

MOST = 32
"""Largest number of quasi-identifiers of a request."""
SLOT = "data_groups"
"""Slot of the session with the last result and its request."""


def show(context: PageContext, manifest: DatasetManifest, findings: Findings, actions: tuple[Action, ...]) -> None:
    """Draw the choice of quasi-identifiers, the button, and the last result."""
    texts = context.texts
    st.subheader(texts("personal.groups"))
    st.markdown(texts("personal.groups_about"))
    names = [column.name for column in manifest.columns]
    proposed = quasi_identifiers(names, findings.quasi_identifiers, actions)
    applied = {each.column: texts(f"remedy.{each.kind}") for each in manifest.actions if changes_values(each)}
    chosen = st.multiselect(
        texts("personal.quasi"),
        names,
        max_selections=MOST,
        placeholder=texts("personal.quasi_none"),
        format_func=lambda name: escaped(f"{name} ({applied[name]})" if name in applied else name),
        key=_with_proposed(manifest.name, manifest.version, proposed),
        help=texts("personal.quasi_help"),
    )
    for line in uncounted(context, findings):
        st.caption(line)
    if left_out := [name for name in proposed if name not in chosen]:
        st.warning(texts("personal.quasi_left_out", columns=_listed(context, left_out)), icon=":material/group_off:")
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


def uncounted(context: PageContext, findings: Findings) -> list[str]:
    """Why columns that privacy actions hid are not counted, one line for each reason."""
    by_reason: dict[str, list[str]] = {}
    for each in findings.uncounted:
        by_reason.setdefault(each.applied, []).append(each.column)
    return [
        context.texts(f"uncounted.{reason}", columns=_listed(context, columns)) for reason, columns in by_reason.items()
    ]


def take_over(manifest: DatasetManifest, made: DatasetManifest) -> None:
    """Let the form of a version that is made of another one begin with the columns that the visitor chose for that."""
    chosen = st.session_state.get(_key(manifest.name, manifest.version), ())
    gone = {action.column for action in made.actions if leaves_nothing(action)}
    st.session_state[_key(made.name, made.version)] = [name for name in chosen if name not in gone]


def _key(name: str, version: str) -> str:
    """Key of the field with the quasi-identifiers of a version."""
    return f"quasi:{name}:{version}"


def _with_proposed(name: str, version: str, proposed: Sequence[str]) -> str:
    """The key of the field, with a value that has what is proposed since it was drawn last: a column that the visitor
    has chosen to make coarser is counted, and one that the visitor took out stays out."""
    key = _key(name, version)
    offered: Sequence[str] = st.session_state.get(f"{key}:offered", ())
    chosen: list[str] = st.session_state.get(key, [])
    new = [each for each in proposed if each not in chosen and (key not in st.session_state or each not in offered)]
    if new or key not in st.session_state:
        st.session_state[key] = [*chosen, *new][:MOST]
    st.session_state[f"{key}:offered"] = tuple(proposed)
    return key


def _listed(context: PageContext, columns: Sequence[str]) -> str:
    return context.texts.listed([escaped(name) for name in columns])


def _result(context: PageContext, found: Anonymity) -> None:
    texts = context.texts
    before, after = st.columns(2)
    before.metric(texts("personal.before"), _k(context, found.before), border=True, help=texts("personal.k_help"))
    after.metric(texts("personal.after"), _k(context, found.after), border=True, help=texts("personal.k_help"))
    st.table(small_groups(context, found), border="horizontal", hide_index=True, alt=texts("personal.groups"))
    if gone := [name for name in found.before.columns if name not in found.after.columns]:
        st.caption(texts("personal.quasi_gone", columns=_listed(context, gone)))


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
