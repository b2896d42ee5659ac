"""The buttons above the steps: train, save, load a saved recipe, download or upload a file, start again."""

from __future__ import annotations

import streamlit as st
from pydantic import ValidationError

from tablee.errors import InvalidRecipe, TableeError
from tablee.http.validation_errors import request_error
from tablee.recipes import Recipe
from tablee.recipes.store import SavedRecipe
from tablee_ui.context import PageContext
from tablee_ui.pages.prepare.draft import Draft
from tablee_ui.widgets import error_messages

PARAMETER = "recipe"
"""Parameter of the URL with the version of the saved recipe."""
MAX_NOTE = 1000
"""Characters of a note."""


def show(context: PageContext, draft: Draft) -> None:
    """Draw where the recipe comes from, and the buttons."""
    _origin(context, draft)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(context.texts("prepare.train"), type="primary", icon=":material/model_training:"):
            _train(context, draft)
        with st.popover(context.texts("prepare.save"), icon=":material/bookmark_add:", key=_key(draft, "save")):
            _save_form(context, draft)
        _saved_list(context, draft)
        with st.popover(context.texts("prepare.file"), icon=":material/attach_file:", key=_key(draft, "file")):
            _file(context, draft)
        st.button(
            context.texts("prepare.restart"),
            icon=":material/restart_alt:",
            help=context.texts("prepare.restart_help"),
            disabled=draft.recipe == draft.proposal.recipe and draft.saved is None,
            on_click=lambda: _restart(draft),
        )


def _key(draft: Draft, name: str) -> str:
    """The key of a widget. It changes when a form is closed, so that its popover closes, too."""
    return f"prepare_{name}:{draft.opened}"


def _origin(context: PageContext, draft: Draft) -> None:
    texts = context.texts
    if draft.saved is not None:
        values = {"version": draft.saved.version, "date": context.date(draft.saved.created)}
        origin = texts.rich("prepare.is_saved", **values)
        if draft.saved.note:
            origin = f"{origin} {texts.rich('prepare.noted', note=draft.saved.note)}"
    else:
        origin = texts("prepare.is_proposed" if draft.proposal.recipe.steps else "prepare.is_in_order")
    st.markdown(origin)
    if draft.changed:
        st.caption(f":material/edit_note: {texts('prepare.is_changed')}")
    version = st.session_state.pop("prepare_saved", None)
    if version is not None:
        st.success(texts.rich("prepare.was_saved", version=version), icon=":material/check_circle:")


def _save_form(context: PageContext, draft: Draft) -> None:
    texts = context.texts
    with st.form(_key(draft, "save_form"), border=False):
        st.markdown(texts("prepare.save_about"))
        note = st.text_input(texts("prepare.note"), max_chars=MAX_NOTE, help=texts("prepare.note_help"))
        pressed = st.form_submit_button(texts("prepare.save_do"), type="primary")
    if pressed and _save(context, draft, note.strip()) is not None:
        st.rerun(scope="fragment")


def _save(context: PageContext, draft: Draft, note: str) -> SavedRecipe | None:
    """Save the draft. None, after an error message, if the controller refuses it."""
    try:
        saved, _ = context.backend.controller.recipes.save(draft.dataset, draft.recipe, note)
    except TableeError as error:
        error_messages.show(context, error)
        return None
    draft.mark_saved(saved)
    draft.close()
    st.query_params[PARAMETER] = saved.version
    st.session_state["prepare_saved"] = saved.version
    return saved


def _train(context: PageContext, draft: Draft) -> None:
    saved = draft.saved if draft.saved is not None and not draft.changed else _save(context, draft, "")
    if saved is None:
        return
    st.session_state.pop("prepare_saved", None)
    target = {} if draft.target is None else {"target": draft.target}
    context.go("train", dataset=draft.dataset, version=draft.version, **{PARAMETER: saved.version}, **target)


def _saved_list(context: PageContext, draft: Draft) -> None:
    """The list of saved recipes. It is fetched when the visitor opens it."""
    texts = context.texts
    popover = st.popover(
        texts("prepare.saved"), icon=":material/bookmarks:", key=_key(draft, "saved"), on_change="rerun"
    )
    if not popover.open:
        return
    with popover:
        found = context.backend.controller.recipes.list(draft.dataset)
        if not found:
            st.caption(texts("prepare.saved_none"))
            return
        chosen = st.selectbox(
            texts("prepare.saved_which"),
            found,
            format_func=lambda saved: label(context, saved),
            key=_key(draft, "saved_which"),
        )
        st.button(texts("prepare.load"), type="primary", on_click=lambda: _load(draft, chosen))


def label(context: PageContext, saved: SavedRecipe) -> str:
    """The text of a saved recipe in the list."""
    date, steps = context.date(saved.created), len(saved.recipe.steps)
    shown = context.texts("prepare.saved_shown", n=steps, date=date, version=saved.version)
    return f"{saved.note} · {shown}" if saved.note else shown


def _load(draft: Draft, saved: SavedRecipe) -> None:
    draft.reset(saved.recipe, saved)
    st.query_params[PARAMETER] = saved.version


def _restart(draft: Draft) -> None:
    draft.reset(draft.proposal.recipe)
    st.query_params.pop(PARAMETER, None)


def _file(context: PageContext, draft: Draft) -> None:
    texts = context.texts
    st.markdown(texts("prepare.file_about"))
    st.download_button(
        texts("prepare.download"),
        data=draft.recipe.to_json(),
        file_name=f"{draft.dataset}-recipe.json",
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",
    )
    file = st.file_uploader(texts("prepare.upload"), type="json", key=f"recipe_upload:{draft.opened}")
    if file is None:
        return
    try:
        recipe = read(file.getvalue())
    except InvalidRecipe as error:
        st.warning(texts("prepare.upload_invalid"), icon=":material/error:")
        st.caption(error_messages.reason(context, error))
        return
    draft.replace_all(recipe)
    st.rerun(scope="fragment")


def read(content: bytes) -> Recipe:
    """The recipe in a JSON file.

    :raises InvalidRecipe: the file holds no recipe.
    """
    try:
        return Recipe.model_validate_json(content)
    except ValidationError as error:
        raise InvalidRecipe("malformed", error=request_error(error.errors())) from None
