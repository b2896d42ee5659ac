"""Understand: what to decide before a training, what tells of the answer, every column at a glance."""

from __future__ import annotations

import streamlit as st

from tablee.datasets.profile import Profile
from tablee.datasets.store import DatasetManifest
from tablee_ui.pages.data import computed
from tablee_ui.pages.data.understand import associations, cards, warnings
from tablee_ui.visit import Visit


def show(visit: Visit, manifest: DatasetManifest) -> None:
    target = _target(visit, manifest)
    profile = computed.profile(visit, manifest, target)
    st.caption(f":material/functions: {visit.words.basis(profile)}")
    chosen = warnings.show(visit, manifest, profile)
    with st.container(horizontal=True, vertical_alignment="center"):
        query = chosen.query(manifest, target)
        visit.link("train", visit.texts("understand.train"), icon=":material/model_training:", **query)
        _report(visit, profile)
    if profile.with_target:
        associations.with_target(visit, profile)
    cards.show(visit, profile)
    associations.between(visit, profile)


def _target(visit: Visit, manifest: DatasetManifest) -> str | None:
    texts = visit.texts
    target: str | None = st.selectbox(
        texts("understand.target"),
        [column.name for column in manifest.columns],
        index=None,
        placeholder=texts("understand.target_none"),
        key=f"data_target:{manifest.name}:{manifest.version}",
        help=texts("understand.target_help"),
    )
    return target


def _report(visit: Visit, profile: Profile) -> None:
    texts, controller = visit.texts, visit.services.controller
    asked = (profile.dataset, profile.version, profile.target, texts.language)
    st.download_button(
        texts("understand.report"),
        lambda: controller.datasets.report(*asked),  # fetched when it is pressed
        file_name=f"{profile.dataset}-{profile.version}.html",
        mime="text/html",
        on_click="ignore",
        icon=":material/download:",
        help=texts("understand.report_help"),
    )
