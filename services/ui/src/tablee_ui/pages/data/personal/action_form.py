"""The choice of an action against personal data for each column, with the action's parameter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import streamlit as st
from pydantic import TypeAdapter

from tablee.datasets.manifest import ColumnSummary
from tablee.datasets.privacy import Action, Bands, Evidence, Finding, Findings, Mask, Period, Prefix
from tablee_ui.context import PageContext
from tablee_ui.texts import escaped

_ACTION: Final[TypeAdapter[Action]] = TypeAdapter(Action)
BANDS = 10
"""Number of bands that the proposed width makes."""


def show(
    context: PageContext, key: str, all_columns: Sequence[ColumnSummary], findings: Findings
) -> tuple[Action, ...]:
    """Draw a row for each finding, and for each further column that the visitor adds.

    :param key: key of the table; the choices belong to it.
    :returns: the chosen actions.
    """
    texts = context.texts
    columns = {column.name: column for column in all_columns}
    if not findings.findings:
        st.info(texts("personal.none"), icon=":material/search:")
    chosen = [_row(context, key, columns[each.column], each) for each in findings.findings]
    known = {each.column for each in findings.findings}
    others = st.multiselect(
        texts("personal.others"),
        [name for name in columns if name not in known],
        placeholder=texts("personal.others_none"),
        format_func=escaped,
        key=f"others:{key}",
        help=texts("personal.others_help"),
    )
    chosen += [_row(context, key, columns[name], None) for name in others]
    return tuple(chosen)


def _row(context: PageContext, table: str, column: ColumnSummary, finding: Finding | None) -> Action:
    texts = context.texts
    proposal = None if finding is None else finding.proposal
    key = f"{table}:{column.name}"
    with st.container(border=True):
        about, choice, detail = st.columns([4, 5, 3], vertical_alignment="center")
        with about:
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.markdown(f"**{escaped(column.name)}**", width="content")
                if finding is not None:
                    st.badge(texts(f"personal.{finding.kind}"), color="orange")
            st.caption(texts("personal.not_found") if finding is None else _evidence(context, finding))
        with choice:
            kinds = applicable(column)
            first = "drop" if proposal is None else proposal.kind

            def shown(kind: str) -> str:
                name = texts(f"remedy.{kind}")
                return texts("personal.proposed", action=name) if proposal and kind == proposal.kind else name

            kind = st.selectbox(
                texts("personal.action", column=column.name),
                kinds,
                index=kinds.index(first) if first in kinds else 0,
                format_func=shown,
                key=f"action:{key}",
                label_visibility="collapsed",
            )
        with detail:
            parameter = _parameter(context, column, kind, proposal, f"detail:{key}")
    return action(column.name, kind, parameter, proposal)


def _evidence(context: PageContext, finding: Finding) -> str:
    """How certain a finding is, and on what it rests."""
    share, texts = context.formatter.percent, context.texts
    sure = {"sure": share(finding.confidence, 0), "how": texts(f"found.{finding.how}")}
    if finding.how is Evidence.NAME:
        found = texts("personal.how", **sure)
    else:
        found = texts("personal.how_many", share=share(finding.share, 0), **sure)
    if finding.applied is None:
        return found
    return texts("remedy_applied.found", found=found, applied=texts(f"remedy.{finding.applied.kind}"))


def applicable(column: ColumnSummary) -> tuple[str, ...]:
    """The kinds of actions for a column, by what the column holds."""
    special = ("bands", "prefix") if column.kind == "number" else ("prefix", "period")
    return ("keep", "drop", "mask", "pseudonym", *special)


def action(column: str, kind: str, parameter: Any, proposal: Action | None) -> Action:
    """The action that the form describes.

    :param parameter: the one parameter that the form asks for. Further ones come from the proposal, if it is of the
        same kind.
    """
    defaults = {} if proposal is None or proposal.kind != kind else proposal.model_dump()
    names = {"mask": "keep_last", "bands": "width", "prefix": "length", "period": "to"}
    given = {names[kind]: parameter} if kind in names else {}
    return _ACTION.validate_python(defaults | {"column": column, "kind": kind} | given)


def _parameter(context: PageContext, column: ColumnSummary, kind: str, proposal: Action | None, key: str) -> Any:
    """Draw the field for the action's parameter; its value, None for actions without one."""
    texts, key = context.texts, f"{key}:{kind}"
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
        width = proposal.width if isinstance(proposal, Bands) else band_width(column)
        whole = column.integer and float(width).is_integer()
        if whole:
            return st.number_input(texts("personal.width"), 1, None, int(width), 1, key=key)
        return st.number_input(texts("personal.width"), 1e-9, None, float(width), format="%g", key=key)
    return None


def band_width(column: ColumnSummary) -> float:
    """A round width that makes about `BANDS` bands of a column's range: 1, 2 or 5 times a power of ten."""
    span = (column.maximum or 0.0) - (column.minimum or 0.0)
    if span <= 0:
        return 1.0
    least = span / BANDS
    power = 10.0 ** math.floor(math.log10(least))
    width = next(step * power for step in (1, 2, 5, 10) if step * power >= least)
    return max(1.0, width) if column.integer else width
