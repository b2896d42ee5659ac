"""What the controller computes of a version or of a file on its way to be one, asked for once: neither changes, and a
page is drawn often."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from tablee.datasets.privacy import Findings
from tablee.datasets.profile import Profile
from tablee.datasets.reading import Corrections
from tablee.datasets.store import DatasetManifest
from tablee_client.schemas.datasets import FilePreview
from tablee_ui.visit import Visit

PROFILE, FINDINGS = "data_profile", "data_findings"
PLAIN, PREVIEW, ON_THE_WAY = "data_preview_plain", "data_preview", "data_upload_findings"

Found = TypeVar("Found")


def profile(visit: Visit, manifest: DatasetManifest, target: str | None) -> Profile:
    controller, asked = visit.services.controller, (manifest.name, manifest.version, target)
    return _once(PROFILE, asked, lambda: controller.datasets.profile(*asked), visit.texts("understand.computing"))


def findings(visit: Visit, manifest: DatasetManifest) -> Findings:
    controller, asked = visit.services.controller, (manifest.name, manifest.version)
    return _once(FINDINGS, asked, lambda: controller.datasets.findings(*asked), visit.texts("personal.looking"))


def preview(visit: Visit, upload: str, asked: Corrections) -> FilePreview:
    """How a file would be read; the one as the file itself says is kept beside the one that was asked for."""
    controller, plain = visit.services.controller, asked == Corrections()
    waiting = visit.texts("data.looking")
    slot = PLAIN if plain else PREVIEW
    return _once(slot, (upload, asked), lambda: controller.uploads.preview(upload, asked), waiting)


def upload_findings(visit: Visit, upload: str, asked: Corrections) -> Findings:
    controller = visit.services.controller
    looking = visit.texts("personal.looking")
    return _once(ON_THE_WAY, (upload, asked), lambda: controller.uploads.findings(upload, asked), looking)


def forget() -> None:
    """Keep nothing of a version that is gone."""
    for slot in (PROFILE, FINDINGS):
        st.session_state.pop(slot, None)


def forget_file() -> None:
    """Keep nothing of a file that is no longer being added: its first rows hold what it holds."""
    for slot in (PLAIN, PREVIEW, ON_THE_WAY):
        st.session_state.pop(slot, None)


def _once(slot: str, asked: object, ask: Callable[[], Found], waiting: str) -> Found:
    """The visit's last answer if it is to the same question."""
    known: tuple[object, Found] | None = st.session_state.get(slot)
    if known is None or known[0] != asked:
        with st.spinner(waiting):
            known = (asked, ask())
        st.session_state[slot] = known
    return known[1]
