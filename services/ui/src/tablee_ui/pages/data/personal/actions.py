"""What is done about a column: an action from a list, with its one parameter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import streamlit as st
from pydantic import TypeAdapter

from tablee.datasets.privacy import Action, Bands, Finding, Findings, How, Mask, Period, Prefix
from tablee.datasets.store import ColumnSummary
from tablee_ui.texts import escaped
from tablee_ui.visit import Visit

_ACTION: Final[TypeAdapter[Action]] = TypeAdapter(Action)
BANDS = 10
"""Bands that a column's numbers make unless somebody wants others."""


def show(visit: Visit, key: str, all_columns: Sequence[ColumnSummary], findings: Findings) -> tuple[Action, ...]:
    """A line for every finding, and for every other column that a person names; what they chose.

    :param key: of the table, so that what is chosen stays with it.
    """
    texts = visit.texts
    columns = {column.name: column for column in all_columns}
    if not findings.findings:
        st.info(texts("personal.none"), icon=":material/search:")
    chosen = [_line(visit, key, columns[each.column], each) for each in findings.findings]
    known = {each.column for each in findings.findings}
    others = st.multiselect(
        texts("personal.others"),
        [name for name in columns if name not in known],
        placeholder=texts("personal.others_none"),
        format_func=escaped,
        key=f"others:{key}",
        help=texts("personal.others_help"),
    )
    chosen += [_line(visit, key, columns[name], None) for name in others]
    return tuple(chosen)


def _line(visit: Visit, table: str, column: ColumnSummary, finding: Finding | None) -> Action:
    texts, words = visit.texts, visit.words
    proposal = None if finding is None else finding.proposal
    key = f"{table}:{column.name}"
    with st.container(border=True):
        about, remedy, detail = st.columns([4, 5, 3], vertical_alignment="center")
        with about:
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.markdown(f"**{escaped(column.name)}**", width="content")
                if finding is not None:
                    st.badge(words(f"personal.{finding.kind}"), color="orange")
            st.caption(texts("personal.not_found") if finding is None else _how(visit, finding))
        with remedy:
            kinds = possible(column)
            first = "drop" if proposal is None else proposal.kind

            def shown(kind: str) -> str:
                said = words(f"remedy.{kind}")
                return texts("personal.proposed", remedy=said) if proposal and kind == proposal.kind else said

            kind = st.selectbox(
                texts("personal.action", column=column.name),
                kinds,
                index=kinds.index(first) if first in kinds else 0,
                format_func=shown,
                key=f"remedy:{key}",
                label_visibility="collapsed",
            )
        with detail:
            parameter = _parameter(visit, column, kind, proposal, f"detail:{key}")
    return action(column.name, kind, parameter, proposal)


def _how(visit: Visit, finding: Finding) -> str:
    share = visit.figures.percent
    found = {"sure": share(finding.confidence, 0), "how": visit.words(f"found.{finding.how}")}
    if finding.how is How.NAME:
        return visit.texts("personal.how", **found)
    return visit.texts("personal.how_many", share=share(finding.share, 0), **found)


def possible(column: ColumnSummary) -> tuple[str, ...]:
    """The actions that fit a column's kind."""
    special = ("bands", "prefix") if column.kind == "number" else ("prefix", "period")
    return ("keep", "drop", "mask", "pseudonym", *special)


def action(column: str, kind: str, parameter: Any, proposal: Action | None) -> Action:
    """An action; what the form does not ask for is as in the proposal, if that is of the same kind."""
    same = {} if proposal is None or proposal.kind != kind else proposal.model_dump()
    names = {"mask": "keep_last", "bands": "width", "prefix": "length", "period": "to"}
    given = {names[kind]: parameter} if kind in names else {}
    return _ACTION.validate_python(same | {"column": column, "kind": kind} | given)


def _parameter(visit: Visit, column: ColumnSummary, kind: str, proposal: Action | None, key: str) -> Any:
    texts, key = visit.texts, f"{key}:{kind}"
    if kind == "mask":
        value = proposal.keep_last if isinstance(proposal, Mask) else 0
        return st.number_input(texts("personal.keep_last"), 0, 4, value, 1, key=key)
    if kind == "prefix":
        value = proposal.length if isinstance(proposal, Prefix) else 2
        return st.number_input(texts("personal.length"), 1, 32, value, 1, key=key)
    if kind == "period":
        choices = ("year", "month")
        to = proposal.to if isinstance(proposal, Period) else "year"
        return st.selectbox(
            texts("personal.to"),
            choices,
            index=choices.index(to),
            format_func=lambda name: texts(f"period.{name}"),
            key=key,
        )
    if kind == "bands":
        width = proposal.width if isinstance(proposal, Bands) else band(column)
        whole = column.integer and float(width).is_integer()
        if whole:
            return st.number_input(texts("personal.width"), 1, None, int(width), 1, key=key)
        return st.number_input(texts("personal.width"), 1e-9, None, float(width), format="%g", key=key)
    return None


def band(column: ColumnSummary) -> float:
    """A round width that makes about `BANDS` bands of a column's numbers: 1, 2 or 5 times a power of ten."""
    span = (column.maximum or 0.0) - (column.minimum or 0.0)
    if span <= 0:
        return 1.0
    least = span / BANDS
    power = 10.0 ** math.floor(math.log10(least))
    width = next(step * power for step in (1, 2, 5, 10) if step * power >= least)
    return max(1.0, width) if column.integer else width
