"""A file before it is predicted: how it is read, its first rows as the model will have them, and what to correct."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from tablee.datasets.reading import Corrections
from tablee_client.schemas.datasets import FilePreview
from tablee_client.schemas.inference import ModelCard
from tablee_data import prediction_files
from tablee_ui.context import PageContext
from tablee_ui.file_predictions import Batch, Sent
from tablee_ui.widgets import file_reading

ROWS: Final = 5
SENT, PLAIN, CORRECTED = "predict_sent", "predict_form:plain", "predict_form"


def show(context: PageContext, card: ModelCard, file: Any) -> Batch | None:
    """What the file would be, and the button that predicts it.

    :param file: of Streamlit's.
    :returns: the file being predicted, once the button was pressed.
    :raises InvalidTable, InvalidRows: it is no sound table, or not one for this model.
    """
    sent = _sent(context, file)
    found = _form(context, card, sent, Corrections(), PLAIN)
    asked = file_reading.corrections(context, f"predict:{file.file_id}", _preview(found))
    form = found if asked == Corrections() else _form(context, card, sent, asked, CORRECTED)
    file_reading.show(context, _preview(form))
    if form.encoding != form.reading.encoding:
        st.info(context.texts("file.as_utf_8"), icon=":material/info:")
    if not st.button(context.texts("file.predict"), type="primary", icon=":material/play_arrow:"):
        return None
    for slot in (SENT, PLAIN, CORRECTED):
        st.session_state.pop(slot, None)
    return context.backend.batches.start(card.name, sent, form, asked)


def _sent(context: PageContext, file: Any) -> Sent:
    """The copy of the file, made once."""
    batches = context.backend.batches
    known: tuple[str, Sent] | None = st.session_state.get(SENT)
    if known is None or known[0] != file.file_id or not batches.keeps(known[1]):
        file.seek(0)
        known = (file.file_id, batches.keep(file, file.name))
        st.session_state[SENT] = known
    return known[1]


def _form(
    context: PageContext, card: ModelCard, sent: Sent, asked: Corrections, slot: str
) -> prediction_files.OpenFile:
    """The file as it is read: looked through once, though a page is drawn often."""
    question = (sent, card.name, card.version, asked)
    known: tuple[object, prediction_files.OpenFile] | None = st.session_state.get(slot)
    if known is None or known[0] != question:
        with st.spinner(context.texts("data.detecting")):
            known = (question, prediction_files.open_file(sent.path, sent.filename, card.contract, asked))
        st.session_state[slot] = known
    return known[1]


def _preview(form: prediction_files.OpenFile) -> FilePreview:
    rows = form.beginning(ROWS)
    return FilePreview(
        reading=form.reading,
        decisions=form.decisions,
        columns=rows.columns,
        kinds=form.types,
        rows=rows.to_dicts(),
    )
