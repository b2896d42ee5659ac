"""The page Prepare: the recipe for a data set. Steps are proposed, changed, previewed and saved.

`?dataset=NAME&recipe=VERSION` opens a saved recipe.
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee.datasets.manifest import DatasetManifest
from tablee.errors import DatasetNotFound, TableeError
from tablee_ui.context import PageContext
from tablee_ui.pages.prepare import preview, saved_recipes, steps
from tablee_ui.pages.prepare.draft import REQUESTED_STEP, Draft, kinds_at
from tablee_ui.widgets import error_messages, fragments, name_choice

DRAFT = "prepare_draft"


def show(context: PageContext) -> None:
    """Draw the page."""
    texts = context.texts
    st.title(texts("prepare.title"))
    st.markdown(texts("prepare.intro"))
    found = context.backend.controller.datasets.list()
    if not found:
        st.info(texts("train.no_data"), icon=":material/table:")
        context.link("data", texts("train.add_data"), icon=":material/upload:")
        return
    manifest, target = _chosen(context, [manifest.name for manifest in found])
    draft = _draft(context, manifest, target)
    requested = st.session_state.pop(REQUESTED_STEP, None)
    if requested is not None and requested[0] == manifest.name:
        draft.add_or_replace(requested[1])
    fragments.draw(context, partial(_editor, context, manifest, draft))


def _chosen(context: PageContext, names: list[str]) -> tuple[DatasetManifest, str | None]:
    """Draw the choice of data set, version and target; the chosen version and target."""
    texts = context.texts
    left, middle, right = st.columns(3)
    draft = st.session_state.get(DRAFT)
    wanted = st.query_params.get("dataset", draft.dataset if draft and draft.dataset in names else None)
    key = "prepare_name"
    name = name_choice.data_set(texts("data.which"), names, wanted, key=key, place=left, on_change=_clear_choices)
    st.query_params["dataset"] = name
    versions = context.backend.controller.datasets.versions(name)

    def shown(version: str) -> str:
        manifest = next(found for found in versions if found.version == version)
        return texts("data.version_shown", version=version, date=context.date(manifest.created), file=manifest.filename)

    known = [manifest.version for manifest in versions]
    wanted_version = st.query_params.get("version")
    if wanted_version not in (None, *known):
        raise DatasetNotFound("no_version", version=wanted_version, dataset=name)
    version = middle.selectbox(
        texts("data.version"),
        known,
        known.index(wanted_version) if wanted_version in known else 0,
        format_func=shown,
        key=f"prepare_version:{name}",
        help=texts("data.version_help"),
    )
    if version == known[0]:
        st.query_params.pop("version", None)
    else:
        st.query_params["version"] = version
    manifest = next(manifest for manifest in versions if manifest.version == version)
    return manifest, _target(context, right, manifest)


def _clear_choices() -> None:
    """Remove the choices that belong to the data set chosen before."""
    for parameter in ("version", "target", saved_recipes.PARAMETER):
        st.query_params.pop(parameter, None)


def _target(context: PageContext, column: st.delta_generator.DeltaGenerator, manifest: DatasetManifest) -> str | None:
    texts = context.texts
    predictable = ("number", "category")
    columns = [each.name for each in manifest.columns if each.kind in predictable and each.distinct > 1]
    draft = st.session_state.get(DRAFT)
    before = draft.target if draft is not None and draft.dataset == manifest.name else None
    wanted = st.query_params.get("target", before)
    target: str | None = column.selectbox(
        texts("prepare.target"),
        columns,
        columns.index(wanted) if wanted in columns else None,
        placeholder=texts("prepare.target_none"),
        key=f"prepare_target:{manifest.name}",
        help=texts("prepare.target_help"),
    )
    if target is None:
        st.query_params.pop("target", None)
    else:
        st.query_params["target"] = target
    return target


def _draft(context: PageContext, manifest: DatasetManifest, target: str | None) -> Draft:
    """The session's draft, or a new one: the saved recipe that the URL names, else the proposed steps."""
    controller = context.backend.controller
    wanted = st.query_params.get(saved_recipes.PARAMETER)
    draft: Draft | None = st.session_state.get(DRAFT)
    if draft is None or draft.dataset != manifest.name:
        proposal = controller.recipes.propose(manifest.name, manifest.version, target)
        draft = Draft(manifest.name, manifest.version, target, proposal)
        draft.reset(proposal.recipe)
        st.session_state[DRAFT] = draft
    elif (draft.version, draft.target) != (manifest.version, target):
        proposal = controller.recipes.propose(manifest.name, manifest.version, target)
        draft.switch(manifest.version, target, proposal)
    if wanted is not None and (draft.saved is None or draft.saved.version != wanted):
        try:
            saved = controller.recipes.get(manifest.name, wanted)
        except TableeError as error:
            error_messages.show(context, error)
            st.query_params.pop(saved_recipes.PARAMETER, None)
        else:
            draft.reset(saved.recipe, saved)
    elif draft.saved is not None:
        st.query_params[saved_recipes.PARAMETER] = draft.saved.version
    return draft


def _editor(context: PageContext, manifest: DatasetManifest, draft: Draft) -> None:
    """Draw the steps next to the preview."""
    saved_recipes.show(context, draft)
    list_column, preview_column = st.columns([6, 7], gap="large")
    kinds = kinds_at(draft.recipe.steps, preview.kinds_of(manifest, draft.target))
    with preview_column, st.container(key="staying"):
        found = preview.fetch(context, draft)
        if found is not None:
            preview.show(context, draft, found, kinds[-1])
    with list_column:
        steps.show(context, draft, kinds, found)
