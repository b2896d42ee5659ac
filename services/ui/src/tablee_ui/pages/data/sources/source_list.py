"""The list of sources with their states and buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from tablee.errors import TableeError
from tablee.jobs.source import Outcome, Prefix, SourcePhase, SourceView
from tablee_ui.context import PageContext
from tablee_ui.texts import escaped
from tablee_ui.widgets import error_messages

MAX_REFUSED = 5
_COLOURS: Final = {
    Outcome.ADDED: "green",
    Outcome.UNCHANGED: "green",
    Outcome.FAILED: "red",
    Outcome.CANCELLED: "gray",
    Outcome.INTERRUPTED: "orange",
}


def show(context: PageContext) -> None:
    """Draw the list."""
    found = context.backend.controller.sources.list()
    if not found:
        st.caption(context.texts("source.none"))
    for view in found:
        with st.container(border=True):
            _row(context, view)


def _row(context: PageContext, view: SourceView) -> None:
    texts = context.texts
    about, state, buttons = st.columns([6, 5, 5], vertical_alignment="center")
    with about:
        st.markdown(texts.rich("source.fills", name=view.name, dataset=view.dataset))
        st.caption(_origin(context, view))
    with state:
        _state(context, view)
    with buttons, st.container(horizontal=True, gap="small"):
        _buttons(context, view)
    _errors(context, view)


def _origin(context: PageContext, view: SourceView) -> str:
    of = view.order.of
    if isinstance(of, Prefix):
        return context.texts.rich(f"source.from_{of.mode}", address=of.address)
    return context.texts.rich("source.from_query", connection=of.connection)


def _state(context: PageContext, view: SourceView) -> None:
    texts, run = context.texts, view.run
    if view.phase is not SourcePhase.IDLE:
        st.badge(texts(f"source_phase.{view.phase.value}"), color="blue")
        if view.phase is SourcePhase.RUNNING and run is not None:
            st.caption(texts("source.so_far", n=run.rows))
        return
    if run is not None and run.outcome is not None:
        st.badge(texts(f"source_outcome.{run.outcome.value}"), color=_COLOURS[run.outcome])
        if run.ended is not None:
            st.caption(texts("source.last", n=run.rows, date=context.date(run.ended)))
    if view.paused:
        st.badge(texts("source.paused"), color="orange")
    elif view.due is not None:
        st.caption(texts("source.next", date=context.date(view.due)))
    else:
        st.caption(texts("source.by_hand"))


def _buttons(context: PageContext, view: SourceView) -> None:
    texts, controller, name = context.texts, context.backend.controller, view.name
    if view.phase is SourcePhase.RUNNING:
        _button(context, "cancel", name, ":material/stop:", lambda: controller.sources.cancel(name))
        return
    _button(context, "run", name, ":material/play_arrow:", lambda: controller.sources.run(name))
    if view.paused:
        _button(context, "resume", name, ":material/resume:", lambda: controller.sources.resume(name))
    elif view.order.schedule is not None:
        _button(context, "pause", name, ":material/pause:", lambda: controller.sources.pause(name))
    with st.popover(texts("source.remove"), icon=":material/delete:"):
        st.markdown(texts.rich("source.remove_about", name=name, dataset=view.dataset))
        _button(context, "remove_now", name, ":material/delete:", lambda: controller.sources.delete(name))


def _button(context: PageContext, what: str, name: str, icon: str, call: Callable[[], object]) -> None:
    """Draw a button that calls the controller."""
    if not st.button(context.texts(f"source.{what}"), icon=icon, key=f"source_{what}:{name}"):
        return
    try:
        call()
    except TableeError as error:
        error_messages.show(context, error)
        return
    st.rerun()


def _errors(context: PageContext, view: SourceView) -> None:
    """Why the last run failed, and the files that were refused."""
    run = view.run
    if run is not None and run.outcome is Outcome.FAILED and run.error is not None and not view.refused:
        error_messages.show(context, TableeError.from_problem(run.error))
    for each in view.refused[:MAX_REFUSED]:
        reason = TableeError.from_problem(each.error).said(context.texts)
        st.markdown(f":red[{context.texts.rich('source.refused', file=each.key, reason=reason)}]")
    if len(view.refused) > MAX_REFUSED:
        st.caption(escaped(context.texts("source.refused_more", n=len(view.refused) - MAX_REFUSED)))
