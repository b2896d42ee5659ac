"""The sources, each with its state and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from tablee.errors import TableeError
from tablee.jobs.source import Outcome, Prefix, SourcePhase, SourceView
from tablee_ui.texts import escaped
from tablee_ui.visit import Visit
from tablee_ui.widgets import problems

REFUSED_SHOWN = 5
_COLOURS: Final = {
    Outcome.ADDED: "green",
    Outcome.UNCHANGED: "green",
    Outcome.FAILED: "red",
    Outcome.CANCELLED: "gray",
    Outcome.INTERRUPTED: "orange",
}


def show(visit: Visit) -> None:
    found = visit.services.controller.sources.list()
    if not found:
        st.caption(visit.texts("source.none"))
    for view in found:
        with st.container(border=True):
            _line(visit, view)


def _line(visit: Visit, view: SourceView) -> None:
    texts = visit.texts
    what, state, do = st.columns([6, 5, 5], vertical_alignment="center")
    with what:
        st.markdown(texts.rich("source.fills", name=view.name, dataset=view.dataset))
        st.caption(_origin(visit, view))
    with state:
        _state(visit, view)
    with do, st.container(horizontal=True, gap="small"):
        _buttons(visit, view)
    _faults(visit, view)


def _origin(visit: Visit, view: SourceView) -> str:
    of = view.order.of
    if isinstance(of, Prefix):
        return visit.texts.rich(f"source.from_{of.mode}", address=of.address)
    return visit.texts.rich("source.from_query", connection=of.connection)


def _state(visit: Visit, view: SourceView) -> None:
    texts, run = visit.texts, view.run
    if view.phase is not SourcePhase.IDLE:
        st.badge(texts(f"source_phase.{view.phase.value}"), color="blue")
        if view.phase is SourcePhase.RUNNING and run is not None:
            st.caption(texts.count("source.so_far", run.rows))
        return
    if run is not None and run.outcome is not None:
        st.badge(texts(f"source_outcome.{run.outcome.value}"), color=_COLOURS[run.outcome])
        if run.ended is not None:
            st.caption(texts.count("source.last", run.rows, date=visit.date(run.ended)))
    if view.paused:
        st.badge(texts("source.paused"), color="orange")
    elif view.due is not None:
        st.caption(texts("source.next", date=visit.date(view.due)))
    else:
        st.caption(texts("source.by_hand"))


def _buttons(visit: Visit, view: SourceView) -> None:
    texts, controller, name = visit.texts, visit.services.controller, view.name
    if view.phase is SourcePhase.RUNNING:
        _button(visit, "cancel", name, ":material/stop:", lambda: controller.sources.cancel(name))
        return
    _button(visit, "run", name, ":material/play_arrow:", lambda: controller.sources.run(name))
    if view.paused:
        _button(visit, "resume", name, ":material/resume:", lambda: controller.sources.resume(name))
    elif view.order.schedule is not None:
        _button(visit, "pause", name, ":material/pause:", lambda: controller.sources.pause(name))
    with st.popover(texts("source.remove"), icon=":material/delete:"):
        st.markdown(texts.rich("source.remove_about", name=name, dataset=view.dataset))
        _button(visit, "remove_now", name, ":material/delete:", lambda: controller.sources.delete(name))


def _button(visit: Visit, what: str, name: str, icon: str, do: Callable[[], object]) -> None:
    if not st.button(visit.texts(f"source.{what}"), icon=icon, key=f"source_{what}:{name}"):
        return
    try:
        do()
    except TableeError as error:
        problems.show(visit, error)
        return
    st.rerun()


def _faults(visit: Visit, view: SourceView) -> None:
    """Why the last run ended badly, and the files that wait to be mended."""
    run = view.run
    if run is not None and run.outcome is Outcome.FAILED and run.error is not None and not view.refused:
        problems.show(visit, TableeError.from_problem(run.error))
    for each in view.refused[:REFUSED_SHOWN]:
        reason = str(each.error.get("detail", ""))
        st.markdown(f":red[{visit.texts.rich('source.refused', file=each.key, reason=reason)}]")
    if len(view.refused) > REFUSED_SHOWN:
        st.caption(escaped(visit.texts.count("source.refused_more", len(view.refused) - REFUSED_SHOWN)))
