"""The form that starts the prediction of a file: file field, preview as the model reads it, corrections."""

from __future__ import annotations

from typing import Any, Final

import polars as pl
import streamlit as st

from tablee.datasets.questions import not_written
from tablee.datasets.reading import Corrections
from tablee.http.schemas.datasets import FilePreview
from tablee.http.schemas.inference import ModelCard
from tablee.http.schemas.predictions import PredictionPreview
from tablee.jobs.file_prediction import FilePrediction
from tablee.tables.csv.writer import write_csv
from tablee_ui.context import PageContext
from tablee_ui.widgets import file_reading, file_upload, reading_questions, session_cache

MAX_ROWS: Final = 5
"""Rows of the preview."""
FIELD: Final = "predict_upload"
PREVIEW: Final = "predict_preview"


def show(context: PageContext, card: ModelCard) -> FilePrediction | None:
    """Draw the form.

    :returns: the prediction, if the visitor has just started one.
    :raises InvalidTable, InvalidRows: the file is not a table, or not one for this model.
    """
    texts = context.texts
    st.markdown(texts.rich("file.intro", columns=", ".join(card.contract.names)))
    extensions = list(file_reading.EXTENSIONS)
    about = texts("file.choose_help", formats=texts("formats.files"))
    file = st.file_uploader(texts("file.choose"), type=extensions, key=FIELD, help=about)
    if file is None:
        _template(context, card)
        return None
    return _start(context, card, file)


def clear() -> None:
    """Empty the file field, and forget the rows of its file."""
    session_cache.forget(FIELD, PREVIEW)


def _start(context: PageContext, card: ModelCard, file: Any) -> FilePrediction | None:
    """Draw the preview of a file and the button that starts the prediction."""
    texts = context.texts
    upload = file_upload.send(context, file)
    key = f"predict:{file.file_id}"

    def look(asked: Corrections) -> FilePreview:
        return _as_file_preview(_preview(context, card, upload, asked))

    found = reading_questions.ask(context, key, look)
    if found is None:
        return None
    asked, shown = found
    preview = _preview(context, card, upload, asked)
    reading_questions.remarks(context, key, shown)
    file_reading.left_out(context, preview.left_out)
    if (missing := not_written(preview.reading)) is not None:
        said = missing.said(texts)
        st.info(said[:1].upper() + said[1:], icon=":material/visibility_off:")
    file_reading.show(context, shown)
    if preview.encoding != preview.reading.encoding:
        st.info(texts("file.as_utf_8"), icon=":material/info:")
    if not st.button(texts("file.predict"), type="primary", icon=":material/play_arrow:"):
        return None
    controller = context.backend.controller
    prediction = controller.file_predictions.start(upload, card.name, version=preview.version, corrections=asked)
    controller.uploads.delete(upload)  # the prediction has a copy
    file_upload.forget(file)
    session_cache.forget(PREVIEW)
    return prediction


def _preview(context: PageContext, card: ModelCard, upload: str, asked: Corrections) -> PredictionPreview:
    predictions = context.backend.controller.file_predictions
    return session_cache.once(
        PREVIEW,
        (upload, card.name, card.version, asked),
        lambda: predictions.preview(upload, card.name, version=card.version, corrections=asked, rows=MAX_ROWS),
        context.texts("data.detecting"),
        keep=reading_questions.PREVIEWS,
    )


def _as_file_preview(preview: PredictionPreview) -> FilePreview:
    return FilePreview(
        reading=preview.reading,
        decisions=preview.decisions,
        columns=preview.columns,
        kinds=preview.types,
        rows=preview.rows,
    )


def _template(context: PageContext, card: ModelCard) -> None:
    """Draw a button that downloads a file with the example rows of the contract."""
    contract = card.contract
    if not contract.examples:
        return
    frame = pl.DataFrame([{name: row.get(name) for name in contract.names} for row in contract.examples])
    st.download_button(
        context.texts("file.template"),
        write_csv(frame),
        file_name=f"{card.name}.csv",
        mime="text/csv",
        icon=":material/description:",
        on_click="ignore",
    )
