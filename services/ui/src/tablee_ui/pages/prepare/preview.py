"""The preview: the first rows before and after the recipe, the features, and the columns that a model cannot use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import streamlit as st

from tablee.datasets.manifest import DatasetManifest
from tablee.errors import TableeError
from tablee.http.schemas.datasets import Rows
from tablee.http.schemas.recipes import RecipePreview
from tablee.recipes import Kind
from tablee.recipes.fitted import Feature
from tablee.recipes.steps import Drop
from tablee_ui.context import PageContext
from tablee_ui.pages.prepare.draft import Draft
from tablee_ui.texts import escaped
from tablee_ui.widgets import error_messages

ROWS: Final = 20


def fetch(context: PageContext, draft: Draft) -> RecipePreview | None:
    """The preview of the draft, fetched again after a change. None, after an error message, if that fails."""
    if draft.preview is not None and draft.preview[0] == draft.recipe:
        return draft.preview[1]
    try:
        found = context.backend.controller.recipes.preview(
            draft.dataset, draft.version, draft.recipe, draft.target, ROWS
        )
    except TableeError as error:
        error_messages.show(context, error)
        return None
    draft.preview = (draft.recipe, found)
    return found


def show(context: PageContext, draft: Draft, found: RecipePreview, kinds: Mapping[str, Kind]) -> None:
    """Draw the preview.

    :param kinds: kind of each column after all steps, by name.
    """
    texts = context.texts
    st.subheader(texts("prepare.preview"))
    st.caption(texts("prepare.previewed", n=found.rows))
    for fault in found.faults:
        if fault.step is None:
            st.warning(texts("step_fault.nothing_left"), icon=":material/error:")
    changes, after, before, features = st.tabs(
        [texts(f"prepare.tab_{name}") for name in ("changes", "after", "before", "features")]
    )
    with changes:
        _changes(context, draft, found, kinds)
    with after:
        _table(context, _cells(context, found.after, kinds), texts("prepare.tab_after"))
    with before:
        _table(context, _cells(context, found.before, {}), texts("prepare.tab_before"))
    with features:
        _features(context, draft, found, kinds)
    if "date" in kinds.values():
        st.caption(texts("prepare.dates_about"))


def _table(context: PageContext, table: dict[str, list[Any]], about: str) -> None:
    """Draw a table of cells by column. The browser writes decimals in its own language.

    :param about: what screen readers call the table.
    """
    decimals = {
        name: st.column_config.NumberColumn(format="localized")
        for name, cells in table.items()
        if any(isinstance(cell, float) for cell in cells)
    }
    missing = context.texts("prepare.missing")
    st.dataframe(table, hide_index=True, column_config=decimals, placeholder=missing, alt=about)


def _changes(context: PageContext, draft: Draft, found: RecipePreview, kinds: Mapping[str, Kind]) -> None:
    """Draw the new and changed columns, each after the column it comes from; those of the last change come first."""
    texts = context.texts
    before, after = _cells(context, found.before, {}), _cells(context, found.after, kinds)
    table: dict[str, list[Any]] = {}
    groups = changed(found, kinds)
    for source, made in sorted(groups, key=lambda group: not set(group[1]) & set(draft.latest)):
        if source is not None and source in before:
            table[texts("prepare.column_before", column=source)] = before[source]
        for name in made:
            key = "prepare.column_after" if name in before else "prepare.column_new"
            table[texts(key, column=name)] = after[name]
    if table:
        _table(context, table, texts("prepare.tab_changes"))
    else:
        st.info(texts("prepare.nothing_changes"), icon=":material/done_all:")


def changed(found: RecipePreview, kinds: Mapping[str, Kind]) -> list[tuple[str | None, list[str]]]:
    """The columns that a recipe adds or changes, grouped by the column they come from.

    :returns: pairs of a source column and the columns made from it; the source is None for columns made from several.
    """
    sources = {feature.name: feature.sources for feature in found.features}
    groups: dict[str | None, list[str]] = {}
    before = set(found.before.columns)
    for name in found.after.columns:
        if name in before and kinds.get(name) != "date" and _column(found.before, name) == _column(found.after, name):
            continue
        of = sources.get(name, ())
        source = name if name in before else of[0] if len(of) == 1 else None
        groups.setdefault(source, []).append(name)
    return list(groups.items())


def _column(rows: Rows, name: str) -> list[Any]:
    return [row.get(name) for row in rows.rows]


def _features(context: PageContext, draft: Draft, found: RecipePreview, kinds: Mapping[str, Kind]) -> None:
    texts = context.texts

    def kind(feature: Feature) -> str:
        if feature.kind == "category":
            return texts("prepare.levels", n=len(feature.levels))
        return texts(f"column_kind.{kinds.get(feature.name, 'number')}")

    rows = [
        {
            texts("prepare.feature"): feature.name,
            texts("prepare.feature_kind"): kind(feature),
            texts("prepare.feature_from"): ", ".join(feature.sources),
        }
        for feature in found.features
    ]
    st.dataframe(rows, hide_index=True, alt=texts("prepare.tab_features"))
    without = left_out(draft, found)
    if without:
        st.markdown(f"**{texts('prepare.left_out')}**")
        lines = [f"- {escaped(name)}: {texts(f'left_out_column.{reason}')}" for name, reason in without.items()]
        st.markdown("\n".join(lines))
    if draft.target is not None:
        st.caption(texts.rich("prepare.target_unseen", target=draft.target))


def left_out(draft: Draft, found: RecipePreview) -> dict[str, str]:
    """The columns that a model would not read, with the code of the reason; `dropped` if a step drops the column."""
    dropped = [name for step in draft.recipe.steps if isinstance(step, Drop) for name in step.columns]
    missing = [name for name in dropped if name not in found.after.columns]
    return dict.fromkeys(missing, "dropped") | found.left_out_reasons


def _cells(context: PageContext, rows: Rows, kinds: Mapping[str, Kind]) -> dict[str, list[Any]]:
    """The cells by column, in the order of the columns: integers without decimals, dates as texts."""

    def cell(name: str, value: Any) -> Any:
        if value is not None and kinds.get(name) == "date":
            return date_text(context, value)
        return int(value) if isinstance(value, float) and value.is_integer() else value

    return {name: [cell(name, value) for value in _column(rows, name)] for name in rows.columns}


def date_text(context: PageContext, days: float) -> str:
    """A date as a text, from the days since 1970-01-01 that a model reads."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days)
    except OverflowError:
        return context.formatter.number(days)
    shown = context.formatter.date(moment)
    return shown.removesuffix(", 00:00")


def kinds_of(manifest: DatasetManifest, target: str | None) -> dict[str, Kind]:
    """Kind of each column that a recipe can read, by name. The target is not among them, nor are columns that privacy
    actions masked or replaced by pseudonyms."""
    hidden = {target, *manifest.unlearnable}
    return {
        column.name: "number" if column.kind == "number" else "text"
        for column in manifest.columns
        if column.name not in hidden
    }
