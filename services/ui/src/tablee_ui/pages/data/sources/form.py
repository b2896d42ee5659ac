"""The form for a source: from where, into which data set, when, and without which columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import streamlit as st
from pydantic import ValidationError

from tablee.datasets.store import ColumnSummary, checked_name
from tablee.errors import TableeError
from tablee.http.validation_errors import request_error
from tablee.jobs.source import SourceOrder
from tablee_ui.pages.data.add import reading
from tablee_ui.pages.data.personal import actions as remedies
from tablee_ui.visit import Visit
from tablee_ui.widgets import problems

MINUTES: Final = {"minutes": 1, "hours": 60, "days": 24 * 60}
WHEN: Final = ("by_hand", *MINUTES, "cron")
LOOKED: Final = "source_looked"
"""Slot of what was looked at last, and what was seen."""
OWN: Final = ""
"""The platform's own login, in the place of a connection."""


def show(visit: Visit) -> None:
    texts, controller = visit.texts, visit.services.controller
    st.subheader(texts("source.add"))
    known = controller.sources.connections()
    kind = st.segmented_control(
        texts("source.kind"),
        ["prefix", "query"],
        default="prefix",
        format_func=lambda each: texts(f"source_kind.{each}"),
        key="source_kind",
    )
    if kind is None:
        return
    connections = [each.name for each in known if each.kind == kind]
    if kind == "query" and not connections:
        st.info(texts("source.no_connection"), icon=":material/key:")
        return
    of = _query(visit, connections) if kind == "query" else _prefix(visit, connections)
    name = st.text_input(texts("source.name"), key="source_name", help=texts("source.name_help"))
    schedule = _schedule(visit)
    actions = _actions(visit, of)
    if st.button(texts("source.keep"), type="primary", icon=":material/save:"):
        try:
            view = controller.sources.save(checked_name(name.strip()), order(of, schedule, actions))
        except TableeError as error:
            problems.show(visit, error)
        else:
            st.success(texts.rich("source.kept", name=view.name), icon=":material/check_circle:")


def order(of: Any, schedule: Any, actions: Sequence[Any]) -> SourceOrder:
    """What is asked for.

    :raises InvalidRequest: a value that cannot be.
    """
    try:
        return SourceOrder.model_validate({"of": of, "schedule": schedule, "actions": actions})
    except ValidationError as error:
        raise request_error(error.errors(include_url=False)) from None


def _actions(visit: Visit, of: dict[str, Any]) -> Sequence[Any]:
    """What is never stored: chosen by what a look shows, else by the names of columns."""
    texts, key = visit.texts, json.dumps(of, sort_keys=True)
    if st.button(texts("source.look"), icon=":material/visibility:", help=texts("source.look_help")):
        with st.spinner(texts("source.looking")):
            try:
                st.session_state[LOOKED] = key, visit.services.controller.sources.preview(order(of, None, ()))
            except TableeError as error:
                problems.show(visit, error)
    looked_at, preview = st.session_state.get(LOOKED, ("", None))
    if preview is None or looked_at != key:  # of another place or query
        drop = st.text_input(texts("source.drop"), key="source_drop", help=texts("source.drop_help"))
        hide = st.text_input(texts("source.pseudonym"), key="source_pseudonym", help=texts("source.pseudonym_help"))
        dropped = [{"kind": "drop", "column": each} for each in columns(drop)]
        return [*dropped, *({"kind": "pseudonym", "column": each} for each in columns(hide))]
    reading.show(visit, preview.sniffed)
    known = [
        ColumnSummary(name=name, kind=preview.sniffed.kinds[name], missing=0, distinct=0)
        for name in preview.sniffed.columns
    ]
    return [each.model_dump() for each in remedies.show(visit, f"source:{key}", known, preview.findings)]


def columns(text: str) -> list[str]:
    """Names of columns between commas."""
    return [name for each in text.split(",") if (name := each.strip())]


def _query(visit: Visit, connections: Sequence[str]) -> dict[str, Any]:
    texts = visit.texts
    connection = st.selectbox(texts("source.connection"), connections, key="source_database")
    sql = st.text_area(
        texts("source.sql"),
        key="source_sql",
        placeholder=texts("source.sql_example"),
        help=texts("source.sql_help"),
    )
    return {"kind": "query", "connection": connection, "sql": sql}


def _prefix(visit: Visit, connections: Sequence[str]) -> dict[str, Any]:
    texts = visit.texts
    address = st.text_input(
        texts("source.address"), key="source_address", placeholder="s3://…/", help=texts("source.address_help")
    )
    chosen = OWN
    if connections:
        chosen = st.selectbox(
            texts("source.connection"),
            [OWN, *connections],
            format_func=lambda each: each or texts("source.own"),
            key="source_store",
        )
    mode = st.radio(
        texts("source.mode"),
        ["append", "replace"],
        format_func=lambda each: texts(f"source_mode.{each}"),
        key="source_mode",
    )
    text = st.text_input(texts("source.texts"), key="source_texts", help=texts("source.texts_help"))
    options = {"texts": columns(text)}
    return {"kind": "prefix", "address": address, "connection": chosen or None, "mode": mode, "options": options}


def _schedule(visit: Visit) -> dict[str, Any] | None:
    texts = visit.texts
    left, right = st.columns(2)
    with left:
        when = st.selectbox(
            texts("source.when"),
            WHEN,
            format_func=lambda each: texts(f"source_when.{each}"),
            index=3,
            key="source_when",
        )
    with right:
        if when in MINUTES:
            number = st.number_input(texts("source.number"), 1, 10_000, 1, 1, key="source_number")
            return {"kind": "every", "minutes": int(number) * MINUTES[when]}
        if when == "cron":
            written = st.text_input(
                texts("source.cron"), key="source_cron", placeholder="30 6 * * 1-5", help=texts("source.cron_help")
            )
            return {"kind": "cron", "expression": written}
    return None
