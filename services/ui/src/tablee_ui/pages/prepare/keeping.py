"""Keep the recipe, load one, start anew, take it along as a file, train with it."""

from __future__ import annotations

import streamlit as st
from pydantic import ValidationError

from tablee.errors import InvalidRecipe, TableeError
from tablee.http.validation_errors import request_error
from tablee.recipes import Recipe
from tablee.recipes.store import SavedRecipe
from tablee_ui.pages.prepare.draft import Draft
from tablee_ui.visit import Visit
from tablee_ui.widgets import problems

PARAMETER = "recipe"
"""Where the address holds the version of the kept recipe."""
LONGEST_NOTE = 1000


def show(visit: Visit, draft: Draft) -> None:
    """Draw where the recipe stands, and the buttons."""
    _standing(visit, draft)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(visit.texts("prepare.train"), type="primary", icon=":material/model_training:"):
            _train(visit, draft)
        with st.popover(visit.texts("prepare.keep"), icon=":material/bookmark_add:", key=_key(draft, "keep")):
            _keep(visit, draft)
        _kept(visit, draft)
        with st.popover(visit.texts("prepare.file"), icon=":material/attach_file:", key=_key(draft, "file")):
            _file(visit, draft)
        st.button(
            visit.texts("prepare.anew"),
            icon=":material/restart_alt:",
            help=visit.texts("prepare.anew_help"),
            disabled=draft.recipe == draft.proposal.recipe and draft.kept is None,
            on_click=lambda: _anew(draft),
        )


def _key(draft: Draft, name: str) -> str:
    """Popovers close when something was done in them."""
    return f"prepare_{name}:{draft.opened}"


def _standing(visit: Visit, draft: Draft) -> None:
    texts = visit.texts
    if draft.kept is not None:
        values = {"version": draft.kept.version, "date": visit.date(draft.kept.created)}
        said = texts.rich("prepare.is_kept", **values)
        if draft.kept.note:
            said = f"{said} {texts.rich('prepare.noted', note=draft.kept.note)}"
    else:
        said = texts("prepare.is_proposed" if draft.proposal.recipe.steps else "prepare.is_in_order")
    st.markdown(said)
    if draft.changed:
        st.caption(f":material/edit_note: {texts('prepare.is_changed')}")
    message = st.session_state.pop("prepare_said", None)
    if message is not None:
        st.success(texts.rich("prepare.was_kept", version=message), icon=":material/check_circle:")


def _keep(visit: Visit, draft: Draft) -> None:
    texts = visit.texts
    with st.form(_key(draft, "keep_form"), border=False):
        st.markdown(texts("prepare.keep_about"))
        note = st.text_input(texts("prepare.note"), max_chars=LONGEST_NOTE, help=texts("prepare.note_help"))
        pressed = st.form_submit_button(texts("prepare.keep_do"), type="primary")
    if pressed and _saved(visit, draft, note.strip()) is not None:
        st.rerun(scope="fragment")


def _saved(visit: Visit, draft: Draft, note: str) -> SavedRecipe | None:
    """Keep the draft; none, and a word why, if the service refuses."""
    try:
        saved, _ = visit.services.controller.recipes.save(draft.dataset, draft.recipe, note)
    except TableeError as error:
        problems.show(visit, error)
        return None
    draft.now_kept(saved)
    draft.close()
    st.query_params[PARAMETER] = saved.version
    st.session_state["prepare_said"] = saved.version
    return saved


def _train(visit: Visit, draft: Draft) -> None:
    saved = draft.kept if draft.kept is not None and not draft.changed else _saved(visit, draft, "")
    if saved is None:
        return
    st.session_state.pop("prepare_said", None)
    target = {} if draft.target is None else {"target": draft.target}
    visit.go("train", dataset=draft.dataset, version=draft.version, **{PARAMETER: saved.version}, **target)


def _kept(visit: Visit, draft: Draft) -> None:
    """The list of those kept, asked for when somebody opens it."""
    texts = visit.texts
    place = st.popover(texts("prepare.kept"), icon=":material/bookmarks:", key=_key(draft, "kept"), on_change="rerun")
    if not place.open:
        return
    with place:
        found = visit.services.controller.recipes.list(draft.dataset)
        if not found:
            st.caption(texts("prepare.kept_none"))
            return
        chosen = st.selectbox(
            texts("prepare.kept_which"),
            found,
            format_func=lambda saved: named(visit, saved),
            key=_key(draft, "kept_which"),
        )
        st.button(texts("prepare.load"), type="primary", on_click=lambda: _load(draft, chosen))


def named(visit: Visit, saved: SavedRecipe) -> str:
    """A kept recipe in a list."""
    date, count = visit.date(saved.created), len(saved.recipe.steps)
    shown = visit.texts.count("prepare.kept_shown", count, date=date, version=saved.version)
    return f"{saved.note} · {shown}" if saved.note else shown


def _load(draft: Draft, saved: SavedRecipe) -> None:
    draft.begin(saved.recipe, saved)
    st.query_params[PARAMETER] = saved.version


def _anew(draft: Draft) -> None:
    draft.begin(draft.proposal.recipe)
    st.query_params.pop(PARAMETER, None)


def _file(visit: Visit, draft: Draft) -> None:
    texts = visit.texts
    st.markdown(texts("prepare.file_about"))
    st.download_button(
        texts("prepare.download"),
        data=draft.recipe.to_json(),
        file_name=f"{draft.dataset}-recipe.json",
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",
    )
    sent = st.file_uploader(texts("prepare.upload"), type="json", key=f"recipe_upload:{draft.opened}")
    if sent is None:
        return
    try:
        recipe = read(sent.getvalue())
    except InvalidRecipe as error:
        st.warning(texts("prepare.upload_unfit"), icon=":material/error:")
        st.caption(texts.rich("error.detail", detail=error.detail))
        return
    draft.take(recipe)
    st.rerun(scope="fragment")


def read(content: bytes) -> Recipe:
    """A recipe out of a file.

    :raises InvalidRecipe: it holds none.
    """
    try:
        return Recipe.model_validate_json(content)
    except ValidationError as error:
        raise InvalidRecipe(request_error(error.errors()).detail) from None
