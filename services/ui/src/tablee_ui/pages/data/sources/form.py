"""The form for a source: from where, into which data set, when, and without which columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st
from pydantic import ValidationError

from tablee.datasets import checked_name
from tablee.errors import TableeError
from tablee.faults import request_error
from tablee.sources import SourceOrder
from tablee_ui import problems
from tablee_ui.visit import Visit

MINUTES: Final = {"minutes": 1, "hours": 60, "days": 24 * 60}
WHEN: Final = ("by_hand", *MINUTES, "cron")
OWN: Final = ""
"""The platform's own login, in the place of a connection."""


def show(visit: Visit) -> None:
    texts, controller = visit.texts, visit.services.controller
    st.subheader(texts("source.add"))
    known = controller.connections()
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
    drop = st.text_input(texts("source.drop"), key="source_drop", help=texts("source.drop_help"))
    pseudonym = st.text_input(texts("source.pseudonym"), key="source_pseudonym", help=texts("source.pseudonym_help"))
    if st.button(texts("source.keep"), type="primary", icon=":material/save:"):
        try:
            asked = order(of, schedule, columns(drop), columns(pseudonym))
            view = controller.keep_source(checked_name(name.strip()), asked)
        except TableeError as error:
            problems.show(visit, error)
        else:
            st.success(texts.rich("source.kept", name=view.name), icon=":material/check_circle:")


def order(of: Any, schedule: Any, drop: Sequence[str], pseudonym: Sequence[str]) -> SourceOrder:
    """What is asked for.

    :raises InvalidRequest: a value that cannot be.
    """
    actions = [{"kind": "drop", "column": each} for each in drop]
    actions += [{"kind": "pseudonym", "column": each} for each in pseudonym]
    try:
        return SourceOrder.model_validate({"of": of, "schedule": schedule, "actions": actions})
    except ValidationError as error:
        raise request_error(error.errors(include_url=False)) from None


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
