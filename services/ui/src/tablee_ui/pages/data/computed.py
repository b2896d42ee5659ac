"""What the controller computes of a version, asked for once: a version never changes, and a page is drawn often."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from tablee.datasets import DatasetManifest
from tablee.privacy import Findings
from tablee.profile import Profile
from tablee_ui.visit import Visit

PROFILE, FINDINGS = "data_profile", "data_findings"

Found = TypeVar("Found")


def profile(visit: Visit, manifest: DatasetManifest, target: str | None) -> Profile:
    controller, asked = visit.services.controller, (manifest.name, manifest.version, target)
    return _once(PROFILE, asked, lambda: controller.profile(*asked), visit.texts("understand.computing"))


def findings(visit: Visit, manifest: DatasetManifest) -> Findings:
    controller, asked = visit.services.controller, (manifest.name, manifest.version)
    return _once(FINDINGS, asked, lambda: controller.findings(*asked), visit.texts("personal.looking"))


def forget() -> None:
    """Keep nothing of a version that is gone."""
    for slot in (PROFILE, FINDINGS):
        st.session_state.pop(slot, None)


def _once(slot: str, asked: object, ask: Callable[[], Found], waiting: str) -> Found:
    """The visit's last answer if it is to the same question."""
    known: tuple[object, Found] | None = st.session_state.get(slot)
    if known is None or known[0] != asked:
        with st.spinner(waiting):
            known = (asked, ask())
        st.session_state[slot] = known
    return known[1]
