"""How the columns are prepared for a training: as Tablée proposes, not at all, or by a recipe that was kept."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from tablee.datasets.store import DatasetManifest
from tablee.recipes import Recipe
from tablee_ui.visit import Visit


def choose(visit: Visit, manifest: DatasetManifest) -> Literal["auto", "none"] | Recipe:
    """Draw the choice; `?recipe=VERSION` is where it begins."""
    texts = visit.texts
    kept = {saved.version: saved for saved in visit.services.controller.recipes.list(manifest.name)}
    wanted = st.query_params.get("recipe")
    options = ["auto", "none", *kept]

    def shown(option: str) -> str:
        if option not in kept:
            return texts(f"train.recipe_{option}")
        saved = kept[option]
        return texts("train.recipe_kept", version=option, note=saved.note or visit.date(saved.created))

    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            texts("train.recipe"),
            options,
            options.index(wanted) if wanted in options else 0,
            format_func=shown,
            key=f"train_recipe:{manifest.name}",
            help=texts("train.recipe_help"),
        )
        there = {"dataset": manifest.name, "version": manifest.version} | ({"recipe": chosen} if chosen in kept else {})
        visit.link("prepare", texts("train.recipe_look"), icon=":material/tune:", **there)
    if wanted is not None and wanted not in kept and st.query_params.get("dataset") == manifest.name:
        st.warning(texts.rich("train.recipe_gone", version=wanted), icon=":material/info:")
    if chosen in kept:
        return kept[chosen].recipe
    return "none" if chosen == "none" else "auto"
