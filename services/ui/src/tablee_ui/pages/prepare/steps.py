"""The steps in their order: each a sentence with its buttons, why it is there, what it learns, why it does not fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from tablee.recipes import Kind
from tablee_client.schemas.recipes import ProposalReason, RecipePreview
from tablee_ui.pages.prepare import form
from tablee_ui.pages.prepare.draft import Draft, Line
from tablee_ui.pages.prepare.fields import FORMS, possible
from tablee_ui.visit import Visit
from tablee_ui.widgets.recipe_steps import StepSentences


def show(visit: Visit, draft: Draft, kinds: Sequence[dict[str, Kind]], found: RecipePreview | None) -> None:
    """Draw the list and what adds to it.

    :param kinds: the columns that each step finds, and last those after all.
    :param found: the preview; none if the service could not make one.
    """
    texts = visit.texts
    st.subheader(texts("prepare.steps"))
    if not draft.lines:
        st.info(texts("prepare.no_steps"), icon=":material/done_all:")
    for place, line in enumerate(draft.lines):
        with st.container(border=True, key=f"prepare_step_{line.number}"):
            _line(visit, draft, place, line, kinds[place], found)
    _add(visit, draft, kinds[-1])


def _line(
    visit: Visit, draft: Draft, place: int, line: Line, kinds: dict[str, Kind], found: RecipePreview | None
) -> None:
    sentences = StepSentences(visit.texts, visit.figures)
    said, buttons = st.columns([3, 2], vertical_alignment="center", gap="small")
    with said:
        st.markdown(f"**{place + 1}.** {sentences.of(line.step)}")
    with buttons, st.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
        _button(visit, line, "up", ":material/arrow_upward:", lambda: draft.move(line.number, -1), place == 0)
        last = place == len(draft.lines) - 1
        _button(visit, line, "down", ":material/arrow_downward:", lambda: draft.move(line.number, 1), last)
        _button(visit, line, "edit", ":material/edit:", lambda: draft.edit(line.number))
        _button(visit, line, "remove", ":material/delete:", lambda: draft.remove(line.number))
    _about(visit, draft, place, line, kinds, found)
    if draft.editing == line.number:
        key = f"prepare_form:{draft.opened}"
        step = form.show(visit, line.step.kind, kinds, line.step, key, draft.close)
        if step is not None:
            draft.replace(line.number, step)
            st.rerun(scope="fragment")


def _button(visit: Visit, line: Line, what: str, icon: str, act: Callable[[], None], disabled: bool = False) -> None:
    label = visit.texts(f"prepare.do_{what}")
    key = f"icon_{what}:{line.number}"
    st.button(label, key, label, on_click=act, type="tertiary", icon=icon, disabled=disabled)


def _about(
    visit: Visit, draft: Draft, place: int, line: Line, kinds: dict[str, Kind], found: RecipePreview | None
) -> None:
    """Below a step: why it is proposed, what it learns, why it does not fit."""
    texts, sentences = visit.texts, StepSentences(visit.texts, visit.figures)
    reason = proposed_for(draft, line)
    if reason is not None:
        st.caption(f":material/lightbulb: {sentences.why(line.step, reason)}")
    if found is None:
        return
    learnt = sentences.learnt(line.step, found.learnt.get(place + 1, {}))
    if learnt:
        st.caption(f":material/school: {learnt}")
    for fault in found.faults:
        if fault.step == place + 1:
            st.warning(sentences.fault(line.step, kinds), icon=":material/error:")
            st.caption(texts.rich("error.detail", detail=fault.detail))


def proposed_for(draft: Draft, line: Line) -> ProposalReason | None:
    """The reason of a step that stands as it was proposed."""
    if line.step not in draft.proposal.recipe.steps:
        return None
    subjects = {getattr(line.step, "column", None), getattr(line.step, "to", None)}
    return next((reason for reason in draft.proposal.reasons if reason.column in subjects), None)


def _add(visit: Visit, draft: Draft, kinds: dict[str, Kind]) -> None:
    texts = visit.texts
    kind = st.selectbox(
        texts("prepare.add"),
        list(FORMS),
        index=None,
        placeholder=texts("prepare.add_what"),
        format_func=lambda name: texts(f"step_name.{name}"),
        key=f"prepare_add:{draft.opened}",
    )
    if kind is None:
        return
    if not possible(kind, kinds):
        st.info(texts(f"step_about.{kind}"), icon=":material/help:")
        st.caption(texts("prepare.no_columns_for_it"))
        return
    step = form.show(visit, kind, kinds, None, f"prepare_form:{draft.opened}:{kind}", draft.close)
    if step is not None:
        draft.add(step)
        st.rerun(scope="fragment")
