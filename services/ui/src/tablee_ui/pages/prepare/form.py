"""The form of one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

import streamlit as st

from tablee.errors import InvalidRecipe
from tablee.recipes import Kind, Step
from tablee.recipes.recipe import after
from tablee_ui.pages.prepare import fields
from tablee_ui.pages.prepare.fields import FORMS, Choice, Column, Columns, Day, Field, Several, Typed, Typing, Whole
from tablee_ui.texts import escaped
from tablee_ui.visit import Visit
from tablee_ui.widgets.recipe_steps import StepSentences

_NAMES: Final = {" ": "space", ".": "point", ",": "comma", "'": "apostrophe"}


def show(
    visit: Visit, kind: str, kinds: Mapping[str, Kind], start: Step | None, key: str, close: Callable[[], None]
) -> Step | None:
    """Draw the form of a kind of step; the step if one was asked for just now.

    :param kinds: the columns that the step finds.
    :param start: the step that is edited; none for a new one.
    :param close: leave the form.
    """
    texts = visit.texts
    with st.form(key, border=start is None):
        st.caption(texts(f"step_about.{kind}"))
        held = {field.name: _draw(visit, kind, field, kinds, start, f"{key}:{field.name}") for field in FORMS[kind]}
        if kind == "formula":
            with st.expander(texts("prepare.formula_help"), icon=":material/help:"):
                st.markdown(texts("prepare.formula_grammar"))
        with st.container(horizontal=True):
            label = texts("prepare.add_do" if start is None else "prepare.apply")
            pressed = st.form_submit_button(label, type="primary", icon=":material/check:")
            st.form_submit_button(texts("prepare.leave"), type="tertiary", on_click=close)
        return _made(visit, kind, held, kinds) if pressed else None


def _made(visit: Visit, kind: str, held: Typing, kinds: Mapping[str, Kind]) -> Step | None:
    texts = visit.texts
    empty = fields.unfilled(kind, held)
    if empty is not None:
        st.warning(texts("prepare.fill_in", field=_label(visit, kind, empty)), icon=":material/edit:")
        return None
    try:
        step = fields.step(kind, held, kinds, visit.figures)
    except ValueError as error:
        st.warning(texts.rich("predict.not_a_number", value=error), icon=":material/edit:")
        return None
    except InvalidRecipe as error:
        wrong = (
            StepSentences(texts, visit.figures).formula_fault(held["expression"], kinds) if kind == "formula" else ""
        )
        st.warning(texts("fault.formula" if wrong else "fault.form"), icon=":material/edit:")
        st.caption(wrong or texts.rich("error.detail", detail=error.detail))
        return None
    try:
        after(step, 1, kinds)
    except InvalidRecipe:
        st.warning(StepSentences(texts, visit.figures).fault(step, kinds), icon=":material/edit:")
        return None
    return step


def _label(visit: Visit, kind: str, name: str) -> str:
    return visit.texts.known(f"field.{kind}_{name}", "") or visit.texts(f"field.{name}")


def _draw(visit: Visit, kind: str, field: Field, kinds: Mapping[str, Kind], start: Step | None, key: str) -> Any:
    """One field, filled from the step that is edited; what it holds."""
    texts, label = visit.texts, _label(visit, kind, field.name)
    hint = texts.known(f"field_help.{kind}_{field.name}", "") or texts.known(f"field_help.{field.name}", "") or None
    value = getattr(start, field.name, None)
    match field:
        case Column():
            names = [name for name, have in kinds.items() if have in field.kinds]
            at = names.index(value) if value in names else 0 if len(names) == 1 else None
            return st.selectbox(label, names, at, placeholder=texts("prepare.choose_column"), help=hint, key=key)
        case Columns():
            given = [name for name in value or () if name in kinds]
            hidden = texts("prepare.choose_columns")
            return st.multiselect(
                label, list(kinds), given, placeholder=hidden, format_func=escaped, select_all=False, help=hint, key=key
            )
        case Choice():
            at = field.options.index(value) if value in field.options else 0
            return st.selectbox(label, field.options, at, format_func=_words(visit, field.name), help=hint, key=key)
        case Several():
            chosen = list(field.default if start is None else value or ())
            hidden = texts("prepare.choose_some")
            words = _words(visit, field.name)
            return st.multiselect(
                label,
                field.options,
                chosen,
                placeholder=hidden,
                format_func=words,
                select_all=False,
                help=hint,
                key=key,
            )
        case Whole():
            whole = field.default if value is None else int(value)
            return st.number_input(label, field.low, field.high, whole, 1, help=hint, key=key)
        case Day():
            day = field.default if value is None else value
            bounds = {"min_value": date.min, "max_value": date.max}
            return st.date_input(label, day, format="DD/MM/YYYY", help=hint, key=key, **bounds)
        case Typed():
            shown = (
                fields.default(field, visit.figures) if start is None else fields.written(field, value, visit.figures)
            )
            return (st.text_area if field.area else st.text_input)(label, shown, help=hint, key=key)


def _words(visit: Visit, name: str) -> Callable[[str], str]:
    """What the options of a field are called."""
    section = {"parts": "part", "unit": "unit"}.get(name)
    if section:
        return lambda option: visit.texts(f"{section}.{option}")
    return lambda option: visit.texts(f"choice.{name}_{_NAMES.get(option, option)}")
