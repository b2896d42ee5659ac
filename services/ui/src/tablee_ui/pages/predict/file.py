"""Many rows: an uploaded file is predicted by a job of the controller, and comes back with the answers added.

`?file=ID` opens a prediction, also after a reload and in another process of the UI.
"""

from __future__ import annotations

import streamlit as st

from tablee.errors import NotFound, TableeError
from tablee.http.schemas.inference import ModelCard
from tablee_ui.context import PageContext
from tablee_ui.pages.predict import file_progress, file_request, file_result
from tablee_ui.widgets import error_messages

PARAMETER = "file"


def show(context: PageContext, card: ModelCard) -> None:
    """Draw the prediction that the URL names; without one, the form that starts one."""
    prediction_id = st.query_params.get(PARAMETER)
    if prediction_id is None:
        _request(context, card)
        return
    try:
        prediction = context.backend.controller.file_predictions.get(prediction_id)
    except NotFound:
        if prediction_id == st.session_state.get(file_result.DELETED):
            st.success(context.texts("file.deleted"), icon=":material/delete:")
        else:
            st.warning(context.texts("file.forgotten"), icon=":material/history:")
    else:
        if not prediction.phase.ended:
            file_progress.show(context, prediction)
            return
        file_result.show(context, prediction)
    st.button(context.texts("file.another"), icon=":material/refresh:", on_click=_leave)


def _request(context: PageContext, card: ModelCard) -> None:
    try:
        prediction = file_request.show(context, card)
    except TableeError as error:
        error_messages.show(context, error)
        return
    if prediction is not None:
        st.query_params[PARAMETER] = prediction.id
        st.rerun()


def _leave() -> None:
    """Go back to the form."""
    st.query_params.pop(PARAMETER, None)
    file_request.clear()
