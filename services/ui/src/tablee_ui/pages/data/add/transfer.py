"""The upload of a file to the controller in parts. Redrawing the page does not send a part twice."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from tablee.errors import UploadNotFound
from tablee_ui.context import PageContext

PART_BYTES: Final = 8 << 20


def send(context: PageContext, file: Any) -> str:
    """Upload a file, or continue an upload that was interrupted.

    :param file: the file of a file field of Streamlit.
    :returns: the id of the upload.
    """
    controller, key = context.backend.controller, _key(file)
    known = st.session_state.get(key)
    try:
        upload = controller.uploads.get(known) if known else controller.uploads.create(file.name, file.size)
    except UploadNotFound:  # the upload has expired
        upload = controller.uploads.create(file.name, file.size)
    st.session_state[key] = upload.id
    if upload.offset < file.size:
        bar = st.progress(upload.offset / file.size, text=context.texts("data.sending"))
        while upload.offset < file.size:
            file.seek(upload.offset)
            upload = controller.uploads.append(upload.id, upload.offset, file.read(PART_BYTES))
            bar.progress(upload.offset / file.size, text=context.texts("data.sending"))
        bar.empty()
    return upload.id


def forget(file: Any) -> None:
    """Forget the upload of a file: the controller has made a version of it and deleted it."""
    st.session_state.pop(_key(file), None)


def _key(file: Any) -> str:
    return f"upload_of:{file.file_id}"
