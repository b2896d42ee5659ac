"""Home: is everything up, what is serving, and what to do next."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import streamlit as st

from tablee.errors import TableeError
from tablee_client.schemas.inference import ServedModel
from tablee_client.schemas.platform import Readiness
from tablee_ui.visit import Visit
from tablee_ui.widgets import live, problems

LOOK_SECONDS = 5.0


class Step(NamedTuple):
    """A step of a newcomer's way through the pages."""

    name: str
    page: str
    done: bool


def show(visit: Visit) -> None:
    st.title(visit.texts("home.title"))
    st.markdown(visit.texts("home.intro"))
    live.part(visit, partial(_state, visit), every=LOOK_SECONDS)


def _state(visit: Visit) -> None:
    controller, api = visit.services.controller.ready(), visit.services.api.ready()
    served = _served(visit) if api.alive else []
    if controller.alive:
        _next(visit, steps(visit, served))
    if api.alive:
        _serving(visit, served)
    _health(visit, controller, api)


def steps(visit: Visit, served: list[ServedModel]) -> list[Step]:
    """The way from a file to a prediction, with what is behind us."""
    try:
        datasets, trainings = visit.services.controller.datasets.list(), visit.services.controller.trainings.list()
    except TableeError as error:
        problems.show(visit, error)
        return []
    return [
        Step("data", "data", bool(datasets)),
        Step("train", "train", bool(served) or any(training.version for training in trainings)),
        Step("predict", "predict", False),
    ]


def _next(visit: Visit, way: list[Step]) -> None:
    if not way:
        return
    texts = visit.texts
    st.subheader(texts("home.way"))
    following = next(step for step in way if not step.done)
    for place, (number, step) in zip(st.columns(len(way)), enumerate(way, 1), strict=True):
        with place.container(border=True, height="stretch"):
            icon = ":material/check_circle:" if step.done else f":material/counter_{number}:"
            st.markdown(f"#### {icon} {texts(f'home.step_{step.name}')}")
            st.caption(texts(f"home.step_{step.name}_about"))
            go = texts(f"home.step_{step.name}_go")
            if step is not following:
                visit.link(step.page, go, icon=":material/arrow_forward:")
            elif st.button(go, type="primary", icon=":material/arrow_forward:"):
                visit.go(step.page)


def _served(visit: Visit) -> list[ServedModel]:
    try:
        return visit.services.api.models()
    except TableeError:
        return []  # the health card below says it


def _serving(visit: Visit, served: list[ServedModel]) -> None:
    texts = visit.texts
    st.subheader(texts("home.serving"))
    if not served:
        st.info(texts("home.serving_nothing"), icon=":material/hourglass_empty:")
        return
    for model in served:
        with st.container(border=True, horizontal=True, vertical_alignment="center", gap="medium"):
            st.markdown(texts.rich("home.model", model=model.name, version=model.version))
            st.caption(texts.rich(f"home.answers_{model.problem_type.value}", target=model.target))
            if model.default and len(served) > 1:
                st.badge(texts("home.default_model"), color="gray")
            visit.link("predict", texts("home.try_it"), icon=":material/lightbulb:", model=model.name)


def _health(visit: Visit, controller: Readiness, api: Readiness) -> None:
    texts = visit.texts
    st.subheader(texts("home.health"))
    # the controller is ready when MLflow answers it, so its readiness tells of MLflow
    cards = (("api", api), ("controller", controller), ("mlflow", controller))
    for place, (name, state) in zip(st.columns(len(cards)), cards, strict=True):
        with place.container(border=True, height="stretch"):
            good = state.alive if name == "controller" else state.ready
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"**{texts(f'home.{name}')}**", width="content")
                if good:
                    st.badge(texts("home.up"), icon=":material/check:", color="green")
                elif state.alive:
                    st.badge(texts("home.waiting"), icon=":material/hourglass_top:", color="orange")
                elif name == "mlflow":
                    st.badge(texts("home.unknown"), icon=":material/question_mark:", color="gray")
                else:
                    st.badge(texts("home.down"), icon=":material/close:", color="red")
            st.caption(texts(f"home.{name}_about"))
            if state.reason and not good and not (name == "mlflow" and not state.alive):
                st.caption(texts.rich("error.detail", detail=state.reason))
    if not (controller.alive and api.alive):
        st.warning(texts("home.mend"), icon=":material/build:")
