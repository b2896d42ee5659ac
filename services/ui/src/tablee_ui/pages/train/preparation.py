"""The choice of the recipe for a training: the proposed one, none, or one saved with the data set."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from tablee.datasets.manifest import DatasetManifest
from tablee.recipes import Recipe
from tablee_ui.context import PageContext


def choose(context: PageContext, manifest: DatasetManifest) -> Literal["auto", "none"] | Recipe:
    """Draw the choice; `?recipe=VERSION` selects a saved recipe at the start.

    :returns: `auto` for the proposed recipe, `none` for no recipe, or the saved recipe.
    """
    texts = context.texts
    saved = {each.version: each for each in context.backend.controller.recipes.list(manifest.name)}
    wanted = st.query_params.get("recipe")
    options = ["auto", "none", *saved]

    def shown(option: str) -> str:
        if option not in saved:
            return texts(f"train.recipe_{option}")
        recipe = saved[option]
        return texts("train.recipe_saved", version=option, note=recipe.note or context.date(recipe.created))

    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            texts("train.recipe"),
            options,
            options.index(wanted) if wanted in options else 0,
            format_func=shown,
            key=f"train_recipe:{manifest.name}",
            help=texts("train.recipe_help"),
        )
        query = {"dataset": manifest.name, "version": manifest.version} | (
            {"recipe": chosen} if chosen in saved else {}
        )
        context.link("prepare", texts("train.recipe_look"), icon=":material/tune:", **query)
    if wanted is not None and wanted not in saved and st.query_params.get("dataset") == manifest.name:
        st.warning(texts.rich("train.recipe_unknown", version=wanted), icon=":material/info:")
    if chosen in saved:
        return saved[chosen].recipe
    return "none" if chosen == "none" else "auto"
