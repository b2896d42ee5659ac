"""Results of slow calls to the controller, kept in the browser session.

A version and an uploaded file never change, but a page is redrawn often. Each slot keeps the last result only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import Findings
from tablee.datasets.profile import Profile
from tablee.datasets.reading import Corrections
from tablee_client.schemas.datasets import FilePreview
from tablee_ui.context import PageContext

PROFILE, FINDINGS = "data_profile", "data_findings"
UNCORRECTED, PREVIEW, UPLOAD_FINDINGS = "data_preview_uncorrected", "data_preview", "data_upload_findings"

Result = TypeVar("Result")


def profile(context: PageContext, manifest: DatasetManifest, target: str | None) -> Profile:
    """The profile of a version."""
    controller, asked = context.backend.controller, (manifest.name, manifest.version, target)
    return _once(PROFILE, asked, lambda: controller.datasets.profile(*asked), context.texts("understand.computing"))


def findings(context: PageContext, manifest: DatasetManifest) -> Findings:
    """Personal data that columns of a version seem to hold."""
    controller, asked = context.backend.controller, (manifest.name, manifest.version)
    return _once(FINDINGS, asked, lambda: controller.datasets.findings(*asked), context.texts("personal.searching"))


def preview(context: PageContext, upload: str, asked: Corrections) -> FilePreview:
    """How an uploaded file is read. The preview without corrections has a slot of its own, since both are shown."""
    controller, message = context.backend.controller, context.texts("data.detecting")
    slot = UNCORRECTED if asked == Corrections() else PREVIEW
    return _once(slot, (upload, asked), lambda: controller.uploads.preview(upload, asked), message)


def upload_findings(context: PageContext, upload: str, asked: Corrections) -> Findings:
    """Personal data that columns of an uploaded file seem to hold."""
    controller = context.backend.controller
    message = context.texts("personal.searching")
    return _once(UPLOAD_FINDINGS, (upload, asked), lambda: controller.uploads.findings(upload, asked), message)


def forget() -> None:
    """Forget the results about versions, because one was deleted."""
    for slot in (PROFILE, FINDINGS):
        st.session_state.pop(slot, None)


def forget_file() -> None:
    """Forget the results about an uploaded file, because the visitor left it: they hold rows of the file."""
    for slot in (UNCORRECTED, PREVIEW, UPLOAD_FINDINGS):
        st.session_state.pop(slot, None)


def _once(slot: str, arguments: object, call: Callable[[], Result], message: str) -> Result:
    """The slot's result if it is for the same arguments, else a new one.

    :param message: shown while the call runs.
    """
    known: tuple[object, Result] | None = st.session_state.get(slot)
    if known is None or known[0] != arguments:
        with st.spinner(message):
            known = (arguments, call())
        st.session_state[slot] = known
    return known[1]
