"""The progress of the prediction of a file."""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee.jobs.file_prediction import FilePrediction
from tablee.jobs.scoring import ScoringPhase
from tablee_ui.context import PageContext
from tablee_ui.widgets import cancel_button, fragments


def show(context: PageContext, prediction: FilePrediction) -> None:
    """Draw the progress. It is redrawn until the prediction ends."""
    fragments.draw(context, partial(_progress, context, prediction.id), every=fragments.REFRESH_SECONDS)


def _progress(context: PageContext, prediction_id: str) -> None:
    prediction = context.backend.controller.file_predictions.get(prediction_id)
    if prediction.phase.ended:
        st.rerun()
    st.progress(share_done(prediction), text=status(context, prediction))
    texts, cancel = context.texts, partial(context.backend.controller.file_predictions.cancel, prediction.id)
    place = cancel_button.draw(context, f"predict_cancel:{prediction.id}", texts("file.cancel"), cancel)
    if place is not None:
        place.caption(texts("file.stopping"))


def share_done(prediction: FilePrediction) -> float:
    """The share of the rows that are answered, from 0 to 1."""
    return min(1.0, prediction.rows / prediction.rows_total) if prediction.rows_total else 0.0


def status(context: PageContext, prediction: FilePrediction) -> str:
    """What the prediction is doing, as a text."""
    if prediction.phase is ScoringPhase.QUEUED:
        return context.texts("file.queued")
    if prediction.rows_total is None:
        return context.texts("file.reading")
    return context.texts("file.running", done=prediction.rows, n=prediction.rows_total)
