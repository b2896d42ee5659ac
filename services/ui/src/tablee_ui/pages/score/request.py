"""The form that starts a scoring."""

from __future__ import annotations

import streamlit as st

from tablee.datasets.reading import Corrections
from tablee.errors import TableeError
from tablee.http.validation_errors import checked
from tablee.jobs.scoring import MAX_PARALLEL, ScoringRequest, ScoringState
from tablee_ui.context import PageContext
from tablee_ui.widgets import error_messages, reading_form


def show(context: PageContext) -> ScoringState | None:
    """Draw the form.

    :returns: the scoring, if the visitor has just started one.
    """
    texts = context.texts
    names = [model.name for model in context.backend.controller.models.list() if model.champion is not None]
    if not names:
        st.info(texts("score.no_model"), icon=":material/workspace_premium:")
        context.link("train", texts("predict.train_one"), icon=":material/model_training:")
        return None
    with st.container(border=True):
        model = st.selectbox(texts("score.model"), names, key="score_model", help=texts("score.model_help"))
        source = st.text_input(
            texts("score.source"), key="score_source", placeholder="s3://…/", help=texts("score.source_help")
        )
        target = st.text_input(
            texts("score.target"),
            key="score_target",
            placeholder=texts("score.target_none"),
            help=texts("score.target_help"),
        )
        parallel = st.number_input(
            texts("score.parallel"),
            min_value=1,
            max_value=MAX_PARALLEL,
            value=1,
            step=1,
            key="score_parallel",
            help=texts("score.parallel_help"),
        )
        reading = reading_form.corrections(context, "score", None)
        pressed = st.button(
            texts("score.start"), type="primary", icon=":material/play_arrow:", disabled=not source.strip()
        )
    if not pressed:
        return None
    try:
        return context.backend.controller.scorings.start(request_of(model, source, target, int(parallel), reading))
    except TableeError as error:
        error_messages.show(context, error)
        return None


def request_of(
    model: str, source: str, target: str, parallel: int, reading: Corrections | None = None
) -> ScoringRequest:
    """The request; an empty target leaves the choice to the controller.

    :raises InvalidRequest: a value is invalid.
    """
    given = {
        "model": model,
        "source": source.strip(),
        "target": target.strip() or None,
        "parallel": parallel,
        "reading": reading if reading and reading.given() else None,
    }
    return checked(ScoringRequest.model_validate, given)
