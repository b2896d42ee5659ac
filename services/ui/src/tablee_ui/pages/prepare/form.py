"""The form that adds or changes one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

import streamlit as st

from tablee.errors import InvalidRecipe
from tablee.recipes import Kind, Step
from tablee.recipes.recipe import after
from tablee_ui.context import PageContext
from tablee_ui.pages.prepare import fields, typed_values
from tablee_ui.pages.prepare.fields import (
    FORMS,
    Choice,
    Column,
    Columns,
    Contents,
    Day,
    Field,
    Several,
    Typed,
    Whole,
)
from tablee_ui.texts import escaped
from tablee_ui.widgets import error_messages
from tablee_ui.widgets.recipe_steps import StepTexts

_NAMES: Final = {" ": "space", ".": "point", ",": "comma", "'": "apostrophe"}
"""Names of options that are punctuation marks, in the keys of texts."""


def show(
    context: PageContext, kind: str, kinds: Mapping[str, Kind], start: Step | None, key: str, close: Callable[[], None]
) -> Step | None:
    """Draw the form of a kind of step.

    :param kinds: kind of each column before the step, by name.
    :param start: the step to change; None for a new one.
    :param key: key of the form's widgets.
    :param close: called when the visitor leaves the form.
    :returns: the step, if the visitor has just confirmed the form and it is valid.
    """
    texts = context.texts
    with st.form(key, border=start is None):
        st.caption(texts(f"step_about.{kind}"))
        contents = {
            field.name: _draw(context, kind, field, kinds, start, f"{key}:{field.name}") for field in FORMS[kind]
        }
        if kind == "formula":
            with st.expander(texts("prepare.formula_help"), icon=":material/help:"):
                st.markdown(texts("prepare.formula_grammar"))
        with st.container(horizontal=True):
            label = texts("prepare.add_do" if start is None else "prepare.apply")
            pressed = st.form_submit_button(label, type="primary", icon=":material/check:")
            st.form_submit_button(texts("prepare.leave"), type="tertiary", on_click=close)
        return _step(context, kind, contents, kinds) if pressed else None


def _step(context: PageContext, kind: str, contents: Contents, kinds: Mapping[str, Kind]) -> Step | None:
    """The step that the form describes; a message and None if it is not valid."""
    texts = context.texts
    empty = fields.first_empty(kind, contents)
    if empty is not None:
        st.warning(texts("prepare.fill_in", field=_label(context, kind, empty)), icon=":material/edit:")
        return None
    try:
        step = typed_values.step(kind, contents, kinds, context.formatter)
    except ValueError as error:
        st.warning(texts.rich("predict.not_a_number", value=error), icon=":material/edit:")
        return None
    except InvalidRecipe as error:
        wrong = (
            StepTexts(texts, context.formatter).formula_fault(contents["expression"], kinds)
            if kind == "formula"
            else ""
        )
        st.warning(texts("step_fault.formula" if wrong else "step_fault.form"), icon=":material/edit:")
        st.caption(wrong or error_messages.reason(context, error))
        return None
    try:
        after(step, 1, kinds)
    except InvalidRecipe:
        st.warning(
            StepTexts(texts, context.formatter).fault(step, kinds) or texts("step_fault.other"), icon=":material/edit:"
        )
        return None
    return step


def _label(context: PageContext, kind: str, name: str) -> str:
    return context.texts.known(f"field.{kind}_{name}", "") or context.texts(f"field.{name}")


def _draw(
    context: PageContext, kind: str, field: Field, kinds: Mapping[str, Kind], start: Step | None, key: str
) -> Any:
    """Draw one field, filled from the step to change; its content."""
    texts, label = context.texts, _label(context, kind, field.name)
    hint = texts.known(f"field_help.{kind}_{field.name}", "") or texts.known(f"field_help.{field.name}", "") or None
    value = getattr(start, field.name, None)
    match field:
        case Column():
            names = [name for name, of_column in kinds.items() if of_column in field.kinds]
            index = names.index(value) if value in names else 0 if len(names) == 1 else None
            return st.selectbox(label, names, index, placeholder=texts("prepare.choose_column"), help=hint, key=key)
        case Columns():
            given = [name for name in value or () if name in kinds]
            placeholder = texts("prepare.choose_columns")
            return st.multiselect(
                label,
                list(kinds),
                given,
                placeholder=placeholder,
                format_func=escaped,
                select_all=False,
                help=hint,
                key=key,
            )
        case Choice():
            index = field.options.index(value) if value in field.options else 0
            return st.selectbox(
                label, field.options, index, format_func=_option_texts(context, field.name), help=hint, key=key
            )
        case Several():
            chosen = list(field.default if start is None else value or ())
            placeholder = texts("prepare.choose_some")
            return st.multiselect(
                label,
                field.options,
                chosen,
                placeholder=placeholder,
                format_func=_option_texts(context, field.name),
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
                typed_values.default(field, context.formatter)
                if start is None
                else typed_values.written(field, value, context.formatter)
            )
            return (st.text_area if field.area else st.text_input)(label, shown, help=hint, key=key)


def _option_texts(context: PageContext, name: str) -> Callable[[str], str]:
    """The function that gives the text of an option."""
    section = {"parts": "date_part", "unit": "unit"}.get(name)
    if section:
        return lambda option: context.texts(f"{section}.{option}")
    return lambda option: context.texts(f"choice.{name}_{_NAMES.get(option, option)}")
