"""The steps from a file to a prediction, and the next one to take."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from tablee.errors import TableeError
from tablee.http.schemas.inference import ServedModel
from tablee_ui.context import PageContext
from tablee_ui.widgets import error_messages


class Step(NamedTuple):
    """A step, which bears the name of its page."""

    page: str
    done: bool


def show(context: PageContext, served: list[ServedModel]) -> None:
    """Draw the steps.

    :param served: the models that the API serves.
    """
    try:
        found = steps(context, served)
    except TableeError as error:
        error_messages.show(context, error)
        return
    texts = context.texts
    st.subheader(texts("home.steps"))
    following = next(step for step in found if not step.done)
    for column, (number, step) in zip(st.columns(len(found)), enumerate(found, 1), strict=True):
        with column.container(border=True, height="stretch"):
            icon = ":material/check_circle:" if step.done else f":material/counter_{number}:"
            st.markdown(f"#### {icon} {texts(f'home.step_{step.page}')}")
            st.caption(texts(f"home.step_{step.page}_about"))
            label = texts(f"home.step_{step.page}_go")
            if step is not following:
                context.link(step.page, label, icon=":material/arrow_forward:")
            elif st.button(label, type="primary", icon=":material/arrow_forward:"):
                context.go(step.page)


def steps(context: PageContext, served: list[ServedModel]) -> list[Step]:
    """The steps in order, with whether each is done. The last one never is.

    :raises TableeError: the controller does not answer.
    """
    datasets, trainings = context.backend.controller.datasets.list(), context.backend.controller.trainings.list()
    return [
        Step("data", bool(datasets)),
        Step("train", bool(served) or any(training.version for training in trainings)),
        Step("predict", False),
    ]
