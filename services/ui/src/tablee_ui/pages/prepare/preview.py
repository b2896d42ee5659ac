"""What the recipe makes of the first rows: what changes, what a model would read, what it would not, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import streamlit as st

from tablee.errors import TableeError
from tablee.recipes import Kind
from tablee.recipes.fitted import Feature
from tablee.recipes.steps import Drop
from tablee_client.schemas.datasets import Rows
from tablee_client.schemas.recipes import RecipePreview
from tablee_ui.pages.prepare.draft import Draft
from tablee_ui.texts import escaped
from tablee_ui.visit import Visit
from tablee_ui.widgets import problems

ROWS: Final = 20
REASONS: Final = {
    "it is empty": "empty",
    "it has one value only": "constant",
    "it is free text: too many different values for a category": "free_text",
    "its name has a line break, which the model's file cannot hold": "line_break",
}
"""The service's words for why a model cannot learn from a column."""


def asked(visit: Visit, draft: Draft) -> RecipePreview | None:
    """The preview of the draft, asked for when it has changed; none, and a word why, if there is no answer."""
    if draft.seen is not None and draft.seen[0] == draft.recipe:
        return draft.seen[1]
    try:
        recipes = visit.services.controller.recipes
        found = recipes.preview(draft.dataset, draft.version, draft.recipe, draft.target, ROWS)
    except TableeError as error:
        problems.show(visit, error)
        return None
    draft.seen = (draft.recipe, found)
    return found


def show(visit: Visit, draft: Draft, found: RecipePreview, kinds: Mapping[str, Kind]) -> None:
    """Draw the preview.

    :param kinds: the columns after all steps.
    """
    texts = visit.texts
    st.subheader(texts("prepare.preview"))
    st.caption(texts.count("prepare.looked_at", found.rows, rows=visit.figures.number(found.rows)))
    for fault in found.faults:
        if fault.step is None:
            st.warning(texts("fault.nothing_left"), icon=":material/error:")
            st.caption(texts.rich("error.detail", detail=fault.detail))
    changes, after, before, features = st.tabs(
        [texts(f"prepare.tab_{name}") for name in ("changes", "after", "before", "features")]
    )
    with changes:
        _changes(visit, draft, found, kinds)
    with after:
        _table(visit, _cells(visit, found.after, kinds), texts("prepare.tab_after"))
    with before:
        _table(visit, _cells(visit, found.before, {}), texts("prepare.tab_before"))
    with features:
        _features(visit, draft, found, kinds)
    if "date" in kinds.values():
        st.caption(texts("prepare.dates_about"))


def _table(visit: Visit, table: dict[str, list[Any]], about: str) -> None:
    """Draw cells by column; decimals are marked as the visitor's browser does."""
    decimals = {
        name: st.column_config.NumberColumn(format="localized")
        for name, cells in table.items()
        if any(isinstance(cell, float) for cell in cells)
    }
    missing = visit.texts("prepare.missing")
    st.dataframe(table, hide_index=True, column_config=decimals, placeholder=missing, alt=about)


def _changes(visit: Visit, draft: Draft, found: RecipePreview, kinds: Mapping[str, Kind]) -> None:
    """The columns that are new or changed, each behind the one that it comes from; those just made first."""
    texts = visit.texts
    before, after = _cells(visit, found.before, {}), _cells(visit, found.after, kinds)
    table: dict[str, list[Any]] = {}
    groups = changed(found, kinds)
    for source, made in sorted(groups, key=lambda group: not set(group[1]) & set(draft.latest)):
        if source is not None and source in before:
            table[texts("prepare.column_before", column=source)] = before[source]
        for name in made:
            key = "prepare.column_after" if name in before else "prepare.column_new"
            table[texts(key, column=name)] = after[name]
    if table:
        _table(visit, table, texts("prepare.tab_changes"))
    else:
        st.info(texts("prepare.nothing_changes"), icon=":material/done_all:")


def changed(found: RecipePreview, kinds: Mapping[str, Kind]) -> list[tuple[str | None, list[str]]]:
    """Columns as they were, each with those made of it that are new or hold something else now; none for new columns
    that are made of several."""
    sources = {feature.name: feature.sources for feature in found.features}
    groups: dict[str | None, list[str]] = {}
    was = set(found.before.columns)
    for name in found.after.columns:
        if name in was and kinds.get(name) != "date" and _column(found.before, name) == _column(found.after, name):
            continue
        of = sources.get(name, ())
        source = name if name in was else of[0] if len(of) == 1 else None
        groups.setdefault(source, []).append(name)
    return list(groups.items())


def _column(rows: Rows, name: str) -> list[Any]:
    return [row.get(name) for row in rows.rows]


def _features(visit: Visit, draft: Draft, found: RecipePreview, kinds: Mapping[str, Kind]) -> None:
    texts, number = visit.texts, visit.figures.number

    def kind(feature: Feature) -> str:
        if feature.kind == "category":
            return texts.count("prepare.levels", len(feature.levels), levels=number(len(feature.levels)))
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
        lines = [f"- {escaped(name)}: {_reason(visit, reason)}" for name, reason in without.items()]
        st.markdown("\n".join(lines))
    if draft.target is not None:
        st.caption(texts.rich("prepare.target_unseen", target=draft.target))


def left_out(draft: Draft, found: RecipePreview) -> dict[str, str | None]:
    """The columns that a model would not read, with the service's reason; none: a step leaves it out."""
    dropped = [name for step in draft.recipe.steps if isinstance(step, Drop) for name in step.columns]
    gone = [name for name in dropped if name not in found.after.columns]
    return dict.fromkeys(gone) | found.left_out


def _reason(visit: Visit, reason: str | None) -> str:
    if reason is None:
        return visit.texts("left_out.dropped")
    known = REASONS.get(reason)
    return visit.texts(f"left_out.{known}") if known else escaped(reason)


def _cells(visit: Visit, rows: Rows, kinds: Mapping[str, Kind]) -> dict[str, list[Any]]:
    """By column, so that the order holds; whole numbers without decimals, dates as people write them."""

    def tidy(name: str, value: Any) -> Any:
        if value is not None and kinds.get(name) == "date":
            return dated(visit, value)
        return int(value) if isinstance(value, float) and value.is_integer() else value

    return {name: [tidy(name, value) for value in _column(rows, name)] for name in rows.columns}


def dated(visit: Visit, days: float) -> str:
    """A date that a model reads as days since 1970."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days)
    except OverflowError:
        return visit.figures.number(days)
    shown = visit.figures.date(moment)
    return shown.removesuffix(", 00:00")


def kinds_of(columns: Sequence[Any], target: str | None) -> dict[str, Kind]:
    """The columns of a data set as a recipe finds them; what is predicted is not among them."""
    return {column.name: "number" if column.kind == "number" else "text" for column in columns if column.name != target}
