"""The list of steps. Each has a sentence, buttons, why it is proposed, what it learns, and why it does not fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from tablee.http.schemas.recipes import ProposalReason, RecipePreview
from tablee.recipes import Kind
from tablee_ui.context import PageContext
from tablee_ui.pages.prepare import form
from tablee_ui.pages.prepare.draft import Draft, DraftStep
from tablee_ui.pages.prepare.fields import FORMS, applicable
from tablee_ui.widgets import error_messages
from tablee_ui.widgets.file_reading import written
from tablee_ui.widgets.recipe_steps import StepTexts


def show(context: PageContext, draft: Draft, kinds: Sequence[dict[str, Kind]], found: RecipePreview | None) -> None:
    """Draw the list and the form that adds a step.

    :param kinds: kinds of the columns before each step, and at the end those after all steps.
    :param found: the preview; None if the controller could not make one.
    """
    texts = context.texts
    st.subheader(texts("prepare.steps"))
    if not draft.steps:
        st.info(texts("prepare.no_steps"), icon=":material/done_all:")
    for position, each in enumerate(draft.steps):
        with st.container(border=True, key=f"prepare_step_{each.number}"):
            _step(context, draft, position, each, kinds[position], found)
    _add(context, draft, kinds[-1])


def _step(
    context: PageContext,
    draft: Draft,
    position: int,
    each: DraftStep,
    kinds: dict[str, Kind],
    found: RecipePreview | None,
) -> None:
    sentences = StepTexts(context.texts, context.formatter)
    sentence, buttons = st.columns([3, 2], vertical_alignment="center", gap="small")
    with sentence:
        st.markdown(f"**{position + 1}.** {sentences.of(each.step)}")
    with buttons, st.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
        _button(context, each, "up", ":material/arrow_upward:", lambda: draft.move(each.number, -1), position == 0)
        last = position == len(draft.steps) - 1
        _button(context, each, "down", ":material/arrow_downward:", lambda: draft.move(each.number, 1), last)
        _button(context, each, "edit", ":material/edit:", lambda: draft.edit(each.number))
        _button(context, each, "remove", ":material/delete:", lambda: draft.remove(each.number))
    _about(context, draft, position, each, kinds, found)
    if draft.editing == each.number:
        key = f"prepare_form:{draft.opened}"
        step = form.show(context, each.step.kind, kinds, each.step, key, draft.close)
        if step is not None:
            draft.replace(each.number, step)
            st.rerun(scope="fragment")


def _button(
    context: PageContext, each: DraftStep, what: str, icon: str, act: Callable[[], None], disabled: bool = False
) -> None:
    label = context.texts(f"prepare.do_{what}")
    key = f"icon_{what}:{each.number}"
    st.button(label, key, label, on_click=act, type="tertiary", icon=icon, disabled=disabled)


def _about(
    context: PageContext,
    draft: Draft,
    position: int,
    each: DraftStep,
    kinds: dict[str, Kind],
    found: RecipePreview | None,
) -> None:
    """What is written below a step: why it is proposed, what it learns, why it does not fit."""
    texts, sentences = context.texts, StepTexts(context.texts, context.formatter)
    reason = proposed_for(draft, each)
    if reason is not None:
        st.caption(f":material/lightbulb: {sentences.why(each.step, reason)}")
    _readings(context, draft, each)
    if found is None:
        return
    learnt = sentences.learnt(each.step, found.learnt.get(position + 1, {}))
    if learnt:
        st.caption(f":material/school: {learnt}")
    for fault in found.faults:
        if fault.step == position + 1:
            sentence = sentences.fault(each.step, kinds)
            st.warning(sentence or texts("step_fault.other"), icon=":material/error:")
            if not sentence:
                st.caption(error_messages.stored(context, fault.message, fault.detail))


def _readings(context: PageContext, draft: Draft, each: DraftStep) -> None:
    """What the step makes of an example that another step reads otherwise, and a button for each other one."""
    found = draft.readings(each.step)
    if found is None:
        return
    decision, steps = found
    shown = {choice: written(context, decision.field, choice, decision.examples[choice]) for choice in steps}
    taken = next(choice for choice, step in steps.items() if step == each.step)
    texts = context.texts
    facts = {"example": decision.facts["example"], "result": shown[taken]}
    if taken == decision.chosen:
        st.warning(texts.rich("why.of_two", reason=texts.reason(decision), **facts), icon=":material/help:")
    else:
        st.caption(texts.rich("why.as_chosen", **facts))
    for choice, step in steps.items():
        if choice != taken:
            label, key = texts.rich("why.read_as", result=shown[choice]), f"prepare_read_as:{each.number}:{choice}"
            st.button(label, key, on_click=draft.replace, args=(each.number, step))


def proposed_for(draft: Draft, each: DraftStep) -> ProposalReason | None:
    """Why a step is proposed; None if it is not one of the proposed steps."""
    if each.step not in draft.proposal.recipe.steps:
        return None
    subjects = {getattr(each.step, "column", None), getattr(each.step, "to", None)}
    return next((reason for reason in draft.proposal.reasons if reason.column in subjects), None)


def _add(context: PageContext, draft: Draft, kinds: dict[str, Kind]) -> None:
    texts = context.texts
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
    if not applicable(kind, kinds):
        st.info(texts(f"step_about.{kind}"), icon=":material/help:")
        st.caption(texts("prepare.no_columns_for_it"))
        return
    step = form.show(context, kind, kinds, None, f"prepare_form:{draft.opened}:{kind}", draft.close)
    if step is not None:
        draft.add(step)
        st.rerun(scope="fragment")
