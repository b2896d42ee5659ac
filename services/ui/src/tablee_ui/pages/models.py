"""Models: versions, which one serves, promote another, roll back, and who decided what."""

from __future__ import annotations

from typing import Any

import streamlit as st

from tablee.errors import TableeError
from tablee_client.schemas.models import ModelHistory, ModelVersion
from tablee_ui.visit import Visit
from tablee_ui.widgets import problems
from tablee_ui.widgets.recipe_steps import StepSentences

METRICS = 2


def show(visit: Visit) -> None:
    texts = visit.texts
    st.title(texts("models.title"))
    st.markdown(texts("models.intro"))
    found = visit.services.controller.models.list()
    if not found:
        st.info(texts("models.none"), icon=":material/workspace_premium:")
        visit.link("train", texts("predict.train_one"), icon=":material/model_training:")
        return
    names = [model.name for model in found]
    if "models_name" not in st.session_state:
        wanted = st.query_params.get("model")
        st.session_state["models_name"] = wanted if wanted in names else names[0]
    name = st.selectbox(texts("models.which"), names, key="models_name")
    st.query_params["model"] = name
    history = visit.services.controller.models.get(name)
    _said(visit)
    _standing(visit, history)
    st.subheader(texts("models.versions"))
    for version in history.versions:
        _version(visit, history, version)
    _roll_back(visit, history)
    _promotions(visit, history)


def _said(visit: Visit) -> None:
    said = st.session_state.pop("models_said", None)
    if said is not None:
        st.success(visit.texts.rich("models.promoted", version=said), icon=":material/check_circle:")


def _standing(visit: Visit, history: ModelHistory) -> None:
    """What should serve, what does, and why if they differ."""
    texts = visit.texts
    champion, serving = st.columns(2)
    none = texts("models.nobody")

    def shown(number: int | None) -> str:
        return none if number is None else texts("models.version", version=number)

    champion.metric(texts("models.champion"), shown(history.champion), border=True, help=texts("models.champion_help"))
    serving.metric(texts("models.serving"), shown(history.serving), border=True, help=texts("models.serving_help"))
    if history.champion == history.serving:
        return
    rollout = visit.services.controller.rollout.status()
    st.info(texts.known(f"rollout.{rollout.state}", texts("rollout.rolling")), icon=":material/sync:")
    if rollout.reason:
        st.caption(texts.rich("error.detail", detail=rollout.reason))


def _version(visit: Visit, history: ModelHistory, version: ModelVersion) -> None:
    texts, sentences = visit.texts, visit.sentences
    with st.container(border=True):
        about, *places = st.columns([5, *[3] * METRICS, 3], vertical_alignment="center")
        with about:
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.markdown(f"**{texts('models.version', version=version.version)}**", width="content")
                _badges(visit, history, version)
            made = {"algorithm": sentences.algorithm(version.algorithm), "date": visit.date(version.created)}
            st.caption(texts.rich("models.made", **made))
        for place, (name, value) in zip(places, metrics(version), strict=False):
            place.metric(sentences.metric(name), sentences.score(name, value), help=sentences.metric_help(name))
        with places[-1]:
            if version.training:
                visit.link("train", texts("models.training"), icon=":material/history:", training=version.training)
            if version.version != history.champion:
                _promote(visit, history, version)
        if version.version == history.serving or version.training:
            _recipe(visit, history, version)


def _recipe(visit: Visit, history: ModelHistory, version: ModelVersion) -> None:
    """How a version prepares its columns: of the one that serves the API tells it, of others their training."""
    texts, sentences = visit.texts, StepSentences(visit.texts, visit.figures)
    if not st.toggle(texts("models.show_recipe"), key=f"models_recipe:{history.name}:{version.version}"):
        return
    try:
        if version.version == history.serving:
            recipe = visit.services.api.model(history.name).recipe
        else:
            recipe = visit.services.controller.trainings.recipe(version.training or "")
    except TableeError as error:
        problems.show(visit, error)
        return
    if recipe is None or not recipe.steps:
        st.markdown(texts("models.no_recipe"))
        return
    st.markdown("\n".join(f"{number}. {sentences.of(step)}" for number, step in enumerate(recipe.steps, 1)))


def metrics(version: ModelVersion) -> list[tuple[str, float]]:
    """The hold-out metrics to show, the gate's own first."""
    ranking = version.verdict.metric if version.verdict else None
    found = version.holdout or {}
    return sorted(found.items(), key=lambda item: item[0] != ranking)[:METRICS]


def _badges(visit: Visit, history: ModelHistory, version: ModelVersion) -> None:
    texts = visit.texts
    if version.version == history.champion:
        st.badge(texts("models.badge_champion"), icon=":material/workspace_premium:", color="green")
    if version.version == history.serving != history.champion:
        st.badge(texts("models.badge_serving"), icon=":material/bolt:", color="blue")
    if version.failed:
        st.badge(texts("models.badge_failed"), icon=":material/error:", color="red", help=version.rollout)
    elif version.verdict is not None and not version.verdict.passed:
        st.badge(texts("models.badge_refused"), color="orange", help=texts("models.badge_refused_help"))


def _promote(visit: Visit, history: ModelHistory, version: ModelVersion) -> None:
    texts = visit.texts
    with (
        st.popover(texts("models.promote"), icon=":material/arrow_upward:"),
        st.form(f"promote:{history.name}:{version.version}", border=False),
    ):
        st.markdown(texts("models.promote_about", version=version.version))
        who = _who(visit, f"promote:{version.version}")
        if st.form_submit_button(texts("models.promote_do"), type="primary"):
            _decide(visit, who, lambda by, reason: _promoted(visit, history, version.version, by, reason))


def _promoted(visit: Visit, history: ModelHistory, version: int, by: str, reason: str) -> int:
    return visit.services.controller.models.promote(history.name, version, by=by, reason=reason).version


def _roll_back(visit: Visit, history: ModelHistory) -> None:
    """Back to the version that served before."""
    texts = visit.texts
    if len(history.promotions) < 2:
        return
    with (
        st.popover(texts("models.roll_back"), icon=":material/undo:"),
        st.form(f"roll_back:{history.name}", border=False),
    ):
        st.markdown(texts("models.roll_back_about"))
        who = _who(visit, "roll_back")
        if st.form_submit_button(texts("models.roll_back_do"), type="primary"):
            models = visit.services.controller.models
            _decide(visit, who, lambda by, reason: models.roll_back(history.name, by=by, reason=reason).version)


def _who(visit: Visit, key: str) -> tuple[str, str]:
    texts = visit.texts
    by = st.text_input(texts("models.by"), key=f"by:{key}", value=st.session_state.get("models_by", ""))
    reason = st.text_input(texts("models.reason"), key=f"reason:{key}")
    return by.strip(), reason.strip()


def _decide(visit: Visit, who: tuple[str, str], act: Any) -> None:
    if not all(who):
        st.warning(visit.texts("models.who_and_why"))
        return
    st.session_state["models_by"] = who[0]
    try:
        st.session_state["models_said"] = act(*who)
    except TableeError as error:
        problems.show(visit, error)
        return
    st.rerun()


def _promotions(visit: Visit, history: ModelHistory) -> None:
    texts = visit.texts
    st.subheader(texts("models.history"))
    if not history.promotions:
        st.caption(texts("models.history_none"))
        return
    rows = [
        {
            texts("models.when"): visit.date(record.at),
            texts("models.from_to"): f"{record.previous or '–'} → {record.version}",
            texts("models.how"): texts(f"promotion.{record.kind.value}"),
            texts("models.who"): record.by,
            texts("models.why"): record.reason,
        }
        for record in history.promotions
    ]
    st.table(rows, border="horizontal", hide_index=True, alt=texts("models.history"))
