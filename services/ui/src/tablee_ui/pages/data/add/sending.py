"""A file on its way to the controller, part by part, once: the page is drawn again and again meanwhile."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from tablee.errors import UploadNotFound
from tablee_ui.visit import Visit

PART: Final = 8 << 20
"""Bytes of a part."""


def send(visit: Visit, file: Any) -> str:
    """The upload of a file of Streamlit's; it goes on where it broke off."""
    controller, key = visit.services.controller, _key(file)
    known = st.session_state.get(key)
    try:
        upload = controller.uploads.get(known) if known else controller.uploads.create(file.name, file.size)
    except UploadNotFound:  # it has expired
        upload = controller.uploads.create(file.name, file.size)
    st.session_state[key] = upload.id
    if upload.offset < file.size:
        bar = st.progress(upload.offset / file.size, text=visit.texts("data.sending"))
        while upload.offset < file.size:
            file.seek(upload.offset)
            upload = controller.uploads.append(upload.id, upload.offset, file.read(PART))
            bar.progress(upload.offset / file.size, text=visit.texts("data.sending"))
        bar.empty()
    return upload.id


def forget(file: Any) -> None:
    """It has become a version, and is no upload any more."""
    st.session_state.pop(_key(file), None)


def _key(file: Any) -> str:
    return f"upload_of:{file.file_id}"
