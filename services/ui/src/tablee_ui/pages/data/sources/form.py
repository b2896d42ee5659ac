"""The form for a source: where rows come from, the data set, the schedule, and the actions against personal data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from tablee.datasets.manifest import ColumnSummary
from tablee.datasets.names import checked_name
from tablee.datasets.reading import Corrections
from tablee.errors import TableeError
from tablee.http.schemas.sources import SourcePreview
from tablee.http.validation_errors import checked
from tablee.jobs.source import SourceOrder
from tablee_ui.context import PageContext
from tablee_ui.pages.data.personal import action_form
from tablee_ui.widgets import error_messages, file_reading, reading_questions, session_cache

MINUTES: Final = {"minutes": 1, "hours": 60, "days": 24 * 60}
WHEN: Final = ("by_hand", *MINUTES, "cron")
PREVIEW: Final = "source_preview"
"""Slot of the session with the last preview and the place or query that it shows."""
READ: Final = "source_preview_read"
"""Slot of the session with the previews by the visitor's answers."""
OWN: Final = ""
"""The option of the platform's own credentials, in the list of connections."""


def show(context: PageContext) -> None:
    """Draw the form."""
    texts, controller = context.texts, context.backend.controller
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
    of = _query(context, connections) if kind == "query" else _prefix(context, connections)
    name = st.text_input(texts("source.name"), key="source_name", help=texts("source.name_help"))
    schedule = _schedule(context)
    of, actions = _actions(context, of)
    if st.button(texts("source.save"), type="primary", icon=":material/save:"):
        try:
            view = controller.sources.save(checked_name(name.strip()), order(of, schedule, actions))
        except TableeError as error:
            error_messages.show(context, error)
        else:
            st.success(texts.rich("source.saved", name=view.name), icon=":material/check_circle:")


def order(of: Any, schedule: Any, actions: Sequence[Any]) -> SourceOrder:
    """The order for a source.

    :param of: the query or the prefix.
    :param schedule: None if the source runs on demand only.
    :param actions: actions against personal data.
    :raises InvalidRequest: a value is invalid.
    """
    return checked(SourceOrder.model_validate, {"of": of, "schedule": schedule, "actions": actions})


def _actions(context: PageContext, of: dict[str, Any]) -> tuple[dict[str, Any], Sequence[Any]]:
    """Draw how files are read, and the choice of actions: from the findings of a preview, or by the names of columns
    without one.

    :returns: the query or the prefix with what the visitor says about its files, and the actions.
    """
    texts, key = context.texts, json.dumps(of, sort_keys=True)
    if st.button(texts("source.preview"), icon=":material/visibility:", help=texts("source.preview_help")):
        session_cache.forget(READ)
        with st.spinner(texts("source.reading")):
            try:
                st.session_state[PREVIEW] = key, context.backend.controller.sources.preview(order(of, None, ()))
            except TableeError as error:
                error_messages.show(context, error)
    previewed, preview = st.session_state.get(PREVIEW, ("", None))
    if preview is None or previewed != key:  # the preview shows another place or query
        drop = st.text_input(texts("source.drop"), key="source_drop", help=texts("source.drop_help"))
        hide = st.text_input(texts("source.pseudonym"), key="source_pseudonym", help=texts("source.pseudonym_help"))
        dropped = [{"kind": "drop", "column": each} for each in columns(drop)]
        return of, [*dropped, *({"kind": "pseudonym", "column": each} for each in columns(hide))]
    if of["kind"] == "prefix":
        of, preview = _read(context, of, key)
    file_reading.show(context, preview.sniffed)
    known = [
        ColumnSummary(name=name, kind=preview.sniffed.kinds[name], missing=0, distinct=0)
        for name in preview.sniffed.columns
    ]
    return of, [each.model_dump() for each in action_form.show(context, f"source:{key}", known, preview.findings)]


def _read(context: PageContext, of: dict[str, Any], key: str) -> tuple[dict[str, Any], SourcePreview]:
    """Draw what is asked about the files below a prefix.

    :returns: the prefix with the answers, and the preview by them.
    """
    asked_before = Corrections.model_validate(of["options"])

    def corrected(asked: Corrections) -> dict[str, Any]:
        both = asked.model_copy(update={"texts": tuple(dict.fromkeys((*asked_before.texts, *asked.texts)))})
        return of | {"options": both.model_dump(mode="json", exclude_defaults=True)}

    def look(asked: Corrections) -> SourcePreview:
        return session_cache.once(
            READ,
            (key, asked),
            lambda: context.backend.controller.sources.preview(order(corrected(asked), None, ())),
            context.texts("source.reading"),
            keep=reading_questions.PREVIEWS,
        )

    found = reading_questions.ask(context, f"source:{key}", lambda asked: look(asked).sniffed)
    if found is None:
        return of, look(Corrections())
    asked, shown = found
    reading_questions.remarks(context, f"source:{key}", shown)
    return corrected(asked), look(asked)


def columns(text: str) -> list[str]:
    """Names of columns separated by commas."""
    return [name for each in text.split(",") if (name := each.strip())]


def _query(context: PageContext, connections: Sequence[str]) -> dict[str, Any]:
    texts = context.texts
    connection = st.selectbox(texts("source.connection"), connections, key="source_database")
    sql = st.text_area(
        texts("source.sql"),
        key="source_sql",
        placeholder=texts("source.sql_example"),
        help=texts("source.sql_help"),
    )
    return {"kind": "query", "connection": connection, "sql": sql}


def _prefix(context: PageContext, connections: Sequence[str]) -> dict[str, Any]:
    texts = context.texts
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
    strict = st.checkbox(texts("source.strict"), key="source_strict", help=texts("source.strict_help"))
    return {
        "kind": "prefix",
        "address": address,
        "connection": chosen or None,
        "mode": mode,
        "options": {"texts": columns(text)},
        "strict": strict,
    }


def _schedule(context: PageContext) -> dict[str, Any] | None:
    texts = context.texts
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
