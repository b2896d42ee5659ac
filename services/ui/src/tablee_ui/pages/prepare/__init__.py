"""Prepare: what happens to the columns before a model learns from them; proposed, changed, seen at once, kept.

A kept recipe is found again by `?dataset=NAME&recipe=VERSION`.
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee.datasets.store import DatasetManifest
from tablee.errors import TableeError
from tablee_ui.pages.prepare import keeping, preview, steps
from tablee_ui.pages.prepare.draft import WISH, Draft, kinds_at
from tablee_ui.visit import Visit
from tablee_ui.widgets import live, problems

DRAFT = "prepare_draft"


def show(visit: Visit) -> None:
    texts = visit.texts
    st.title(texts("prepare.title"))
    st.markdown(texts("prepare.intro"))
    found = visit.services.controller.datasets.list()
    if not found:
        st.info(texts("train.no_data"), icon=":material/table:")
        visit.link("data", texts("train.add_data"), icon=":material/upload:")
        return
    manifest, target = _chosen(visit, [manifest.name for manifest in found])
    draft = _draft(visit, manifest, target)
    wish = st.session_state.pop(WISH, None)
    if wish is not None and wish[0] == manifest.name:
        draft.wish(wish[1])
    live.part(visit, partial(_room, visit, manifest, draft))


def _chosen(visit: Visit, names: list[str]) -> tuple[DatasetManifest, str | None]:
    """The version that is prepared, and what will be predicted."""
    texts = visit.texts
    which, at, what = st.columns(3)
    if "prepare_name" not in st.session_state:
        draft = st.session_state.get(DRAFT)
        wanted = st.query_params.get("dataset", draft.dataset if draft else None)
        st.session_state["prepare_name"] = wanted if wanted in names else names[0]
    name = which.selectbox(texts("data.which"), names, key="prepare_name", on_change=_forget)
    st.query_params["dataset"] = name
    versions = visit.services.controller.datasets.versions(name)

    def shown(version: str) -> str:
        manifest = next(found for found in versions if found.version == version)
        return texts("data.version_shown", version=version, date=visit.date(manifest.created), file=manifest.filename)

    known = [manifest.version for manifest in versions]
    linked = st.query_params.get("version")
    version = at.selectbox(
        texts("data.version"),
        known,
        known.index(linked) if linked in known else 0,
        format_func=shown,
        key=f"prepare_version:{name}",
        help=texts("data.version_help"),
    )
    if version == known[0]:
        st.query_params.pop("version", None)
    else:
        st.query_params["version"] = version
    manifest = next(manifest for manifest in versions if manifest.version == version)
    return manifest, _target(visit, what, manifest)


def _forget() -> None:
    """Of another data set, all is to be chosen anew."""
    for parameter in ("version", "target", keeping.PARAMETER):
        st.query_params.pop(parameter, None)


def _target(visit: Visit, place: st.delta_generator.DeltaGenerator, manifest: DatasetManifest) -> str | None:
    texts = visit.texts
    known = ("number", "category")  # of other kinds nothing can be predicted
    columns = [column.name for column in manifest.columns if column.kind in known and column.distinct > 1]
    draft = st.session_state.get(DRAFT)
    before = draft.target if draft is not None and draft.dataset == manifest.name else None
    linked = st.query_params.get("target", before)
    target: str | None = place.selectbox(
        texts("prepare.target"),
        columns,
        columns.index(linked) if linked in columns else None,
        placeholder=texts("prepare.target_none"),
        key=f"prepare_target:{manifest.name}",
        help=texts("prepare.target_help"),
    )
    if target is None:
        st.query_params.pop("target", None)
    else:
        st.query_params["target"] = target
    return target


def _draft(visit: Visit, manifest: DatasetManifest, target: str | None) -> Draft:
    """The draft of this session, or a new one: from the kept recipe that the address names, else as proposed."""
    controller = visit.services.controller
    wanted = st.query_params.get(keeping.PARAMETER)
    draft: Draft | None = st.session_state.get(DRAFT)
    if draft is None or draft.dataset != manifest.name:
        proposal = controller.recipes.propose(manifest.name, manifest.version, target)
        draft = Draft(manifest.name, manifest.version, target, proposal)
        draft.begin(proposal.recipe)
        st.session_state[DRAFT] = draft
    elif (draft.version, draft.target) != (manifest.version, target):
        proposal = controller.recipes.propose(manifest.name, manifest.version, target)
        draft.look_at(manifest.version, target, proposal)
    if wanted is not None and (draft.kept is None or draft.kept.version != wanted):
        try:
            saved = controller.recipes.get(manifest.name, wanted)
        except TableeError as error:
            problems.show(visit, error)
            st.query_params.pop(keeping.PARAMETER, None)
        else:
            draft.begin(saved.recipe, saved)
    elif draft.kept is not None:
        st.query_params[keeping.PARAMETER] = draft.kept.version
    return draft


def _room(visit: Visit, manifest: DatasetManifest, draft: Draft) -> None:
    """Steps and preview side by side; draws itself again alone."""
    keeping.show(visit, draft)
    listed, seen = st.columns([6, 7], gap="large")
    kinds = kinds_at(draft.recipe.steps, preview.kinds_of(manifest.columns, draft.target))
    with seen, st.container(key="staying"):
        found = preview.asked(visit, draft)
        if found is not None:
            preview.show(visit, draft, found, kinds[-1])
    with listed:
        steps.show(visit, draft, kinds, found)
