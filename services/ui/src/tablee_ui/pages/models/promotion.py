"""Promote a version, or roll back to the champion before. Both ask who does it and why."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from tablee.errors import TableeError
from tablee.http.schemas.models import ModelHistory, ModelVersion
from tablee.models.promotion import PromotionRecord
from tablee_ui.context import PageContext
from tablee_ui.widgets import error_messages


def show_result(context: PageContext) -> None:
    """Say once which version the last promotion made the champion."""
    version = st.session_state.pop("models_promoted", None)
    if version is not None:
        st.success(context.texts.rich("models.promoted", version=version), icon=":material/check_circle:")


def promote(context: PageContext, model: ModelHistory, version: ModelVersion) -> None:
    """Draw the button that promotes a version, with its form."""
    texts, models = context.texts, context.backend.controller.models
    with (
        st.popover(texts("models.promote"), icon=":material/arrow_upward:"),
        st.form(f"promote:{model.name}:{version.version}", border=False),
    ):
        st.markdown(texts("models.promote_about", version=version.version))
        by, reason = _author(context, f"promote:{version.version}")
        if st.form_submit_button(texts("models.promote_do"), type="primary"):
            _submit(
                context,
                by,
                reason,
                lambda: models.promote(model.name, version.version, by=by, reason=reason),
            )


def roll_back(context: PageContext, model: ModelHistory) -> None:
    """Draw the button that makes the champion before the champion again; nothing if there was none."""
    texts, models = context.texts, context.backend.controller.models
    if len(model.promotions) < 2:
        return
    with (
        st.popover(texts("models.roll_back"), icon=":material/undo:"),
        st.form(f"roll_back:{model.name}", border=False),
    ):
        st.markdown(texts("models.roll_back_about"))
        by, reason = _author(context, "roll_back")
        if st.form_submit_button(texts("models.roll_back_do"), type="primary"):
            _submit(context, by, reason, lambda: models.roll_back(model.name, by=by, reason=reason))


def _author(context: PageContext, key: str) -> tuple[str, str]:
    """Draw the fields for the visitor's name and reason; what they hold."""
    texts = context.texts
    by = st.text_input(texts("models.by"), key=f"by:{key}", value=st.session_state.get("models_by", ""))
    reason = st.text_input(texts("models.reason"), key=f"reason:{key}")
    return by.strip(), reason.strip()


def _submit(context: PageContext, by: str, reason: str, decide: Callable[[], PromotionRecord]) -> None:
    """Send the decision if name and reason are given, then draw the page again."""
    if not (by and reason):
        st.warning(context.texts("models.who_and_why"))
        return
    st.session_state["models_by"] = by
    try:
        st.session_state["models_promoted"] = decide().version
    except TableeError as error:
        error_messages.show(context, error)
        return
    st.rerun()
