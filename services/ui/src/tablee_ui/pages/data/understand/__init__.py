"""The tab Understand: the profile of a version. Warnings, associations with the target, and a card for each column."""

from __future__ import annotations

import streamlit as st

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.profile import Profile
from tablee_ui.context import PageContext
from tablee_ui.pages.data import cache
from tablee_ui.pages.data.understand import associations, cards, warnings


def show(context: PageContext, manifest: DatasetManifest) -> None:
    """Draw the tab."""
    target = _target(context, manifest)
    profile = cache.profile(context, manifest, target)
    st.caption(f":material/functions: {context.texts.basis(profile)}")
    chosen = warnings.show(context, manifest, profile)
    with st.container(horizontal=True, vertical_alignment="center"):
        query = chosen.query(manifest, target)
        context.link("train", context.texts("understand.train"), icon=":material/model_training:", **query)
        _report(context, profile)
    if profile.with_target:
        associations.with_target(context, profile)
    cards.show(context, profile)
    associations.between(context, profile)


def _target(context: PageContext, manifest: DatasetManifest) -> str | None:
    texts = context.texts
    target: str | None = st.selectbox(
        texts("understand.target"),
        [column.name for column in manifest.columns],
        index=None,
        placeholder=texts("understand.target_none"),
        key=f"data_target:{manifest.name}:{manifest.version}",
        help=texts("understand.target_help"),
    )
    return target


def _report(context: PageContext, profile: Profile) -> None:
    texts, controller = context.texts, context.backend.controller
    arguments = (profile.dataset, profile.version, profile.target, texts.language)
    st.download_button(
        texts("understand.report"),
        lambda: controller.datasets.report(*arguments),  # called when the button is pressed
        file_name=f"{profile.dataset}-{profile.version}.html",
        mime="text/html",
        on_click="ignore",
        icon=":material/download:",
        help=texts("understand.report_help"),
    )
