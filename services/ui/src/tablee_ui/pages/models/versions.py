"""A card for each version of a model."""

from __future__ import annotations

import streamlit as st

from tablee.errors import TableeError
from tablee.errors.base import said_or
from tablee.http.schemas.models import ModelHistory, ModelVersion
from tablee_ui.context import PageContext
from tablee_ui.pages.models import promotion
from tablee_ui.widgets import error_messages
from tablee_ui.widgets.recipe_steps import StepTexts

METRICS = 2
"""Metrics that a card shows."""


def show(context: PageContext, model: ModelHistory, version: ModelVersion) -> None:
    """Draw the card of a version."""
    texts, metrics = context.texts, context.metrics
    with st.container(border=True):
        about, *columns = st.columns([5, *[3] * METRICS, 3], vertical_alignment="center")
        with about:
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.markdown(f"**{texts('models.version', version=version.version)}**", width="content")
                _badges(context, model, version)
            made = {"algorithm": metrics.algorithm(version.algorithm), "date": context.date(version.created)}
            st.caption(texts.rich("models.made", **made))
        for column, (name, value) in zip(columns, shown_metrics(version), strict=False):
            column.metric(metrics.name(name), metrics.value(name, value), help=metrics.help(name))
        with columns[-1]:
            if version.training:
                context.link("train", texts("models.training"), icon=":material/history:", training=version.training)
            if version.version != model.champion:
                promotion.promote(context, model, version)
        if version.version == model.serving or version.training:
            _recipe(context, model, version)


def shown_metrics(version: ModelVersion) -> list[tuple[str, float]]:
    """The first hold-out metrics of a version, the one that the gate compared first."""
    ranking = version.verdict.metric if version.verdict else None
    found = version.holdout or {}
    return sorted(found.items(), key=lambda item: item[0] != ranking)[:METRICS]


def _badges(context: PageContext, model: ModelHistory, version: ModelVersion) -> None:
    texts = context.texts
    if version.version == model.champion:
        st.badge(texts("models.badge_champion"), icon=":material/workspace_premium:", color="green")
    if version.version == model.serving != model.champion:
        st.badge(texts("models.badge_serving"), icon=":material/bolt:", color="blue")
    if version.failed:
        st.badge(
            texts("models.badge_failed"),
            icon=":material/error:",
            color="red",
            help=said_or(version.rollout_message, version.rollout or "", texts),
        )
    elif version.verdict is not None and not version.verdict.passed:
        st.badge(texts("models.badge_refused"), color="orange", help=texts("models.badge_refused_help"))


def _recipe(context: PageContext, model: ModelHistory, version: ModelVersion) -> None:
    """The steps of a version's recipe, on demand.

    The API has the recipe of the version that serves, the training's record those of the others.
    """
    texts = context.texts
    if not st.toggle(texts("models.show_recipe"), key=f"models_recipe:{model.name}:{version.version}"):
        return
    try:
        if version.version == model.serving:
            recipe = context.backend.api.model(model.name).recipe
        else:
            recipe = context.backend.controller.trainings.recipe(version.training or "")
    except TableeError as error:
        error_messages.show(context, error)
        return
    if recipe is None or not recipe.steps:
        st.markdown(texts("models.no_recipe"))
        return
    steps = StepTexts(texts, context.formatter)
    st.markdown("\n".join(f"{number}. {steps.of(step)}" for number, step in enumerate(recipe.steps, 1)))
