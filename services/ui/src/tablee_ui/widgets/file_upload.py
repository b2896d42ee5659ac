"""The upload of a file to the controller in parts. Redrawing the page does not send a part twice."""

from __future__ import annotations

from typing import Any

import streamlit as st

from tablee.errors import UploadNotFound
from tablee.http.schemas.datasets import Upload
from tablee_ui.context import PageContext


def send(context: PageContext, file: Any) -> str:
    """Upload a file, or continue an upload that was interrupted.

    :param file: the file of a file field of Streamlit.
    :returns: the id of the upload.
    """
    uploads, key = context.backend.controller.uploads, _key(file)
    bar = st.empty()

    def show(upload: Upload) -> None:
        st.session_state[key] = upload.id
        if upload.offset < file.size:
            bar.progress(upload.offset / file.size, text=context.texts("upload.sending"))

    try:
        upload = uploads.send(file, file.name, file.size, resume=st.session_state.get(key), on_progress=show)
    except UploadNotFound:  # the upload has expired
        upload = uploads.send(file, file.name, file.size, on_progress=show)
    bar.empty()
    return upload.id


def forget(file: Any) -> None:
    """Forget the upload of a file, which is not needed any more."""
    st.session_state.pop(_key(file), None)


def _key(file: Any) -> str:
    return f"upload_of:{file.file_id}"
