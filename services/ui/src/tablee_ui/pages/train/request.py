"""The form that starts a training."""

from __future__ import annotations

from typing import Any, Final, get_args

import streamlit as st

from tablee.datasets.manifest import ColumnSummary, DatasetManifest
from tablee.errors import DatasetNotFound, TableeError
from tablee.http.validation_errors import checked
from tablee.jobs.training import Algorithm, TrainingRequest, TrainingState
from tablee.models.problem import MetricChoice, ProblemType
from tablee.recipes.left_out import remarks
from tablee_ui.context import PageContext
from tablee_ui.pages.train import preparation
from tablee_ui.texts import escaped
from tablee_ui.widgets import error_messages, name_choice

SECONDS: Final = (30, 60, 120, 300, 600, 1800, 3600, 4 * 3600)
MODELS: Final = (3, 5, 10, 20, 50, 100)
SHOWN_CLASSES: Final = 5
"""Classes of a target that the explanation names."""
MAX_INTEGER_CLASSES: Final = 10
"""A target of integers with at most this many different values is treated as classes, if each has enough rows."""


def show(context: PageContext) -> TrainingState | None:
    """Draw the form.

    :returns: the training, if the visitor has just started one.
    """
    texts = context.texts
    found = context.backend.controller.datasets.list()
    if not found:
        st.info(texts("train.no_data"), icon=":material/table:")
        context.link("data", texts("train.add_data"), icon=":material/upload:")
        return None
    with st.container(border=True):
        manifest = _dataset(context, found)
        target = _target(context, manifest)
        recipe = preparation.choose(context, manifest)
        budget = _budget(context)
        more = _advanced(context, manifest, target)
        pressed = st.button(texts("train.start"), type="primary", icon=":material/play_arrow:", disabled=target is None)
    if not pressed or target is None:
        return None
    try:
        return context.backend.controller.trainings.start(
            request_of(manifest, target, budget | more | {"recipe": recipe})
        )
    except TableeError as error:
        error_messages.show(context, error)
        return None


def request_of(manifest: DatasetManifest, target: str, more: dict[str, Any]) -> TrainingRequest:
    """The request; fields left empty are not part of it.

    :param more: members of the request by name.
    :raises InvalidRequest: a value is invalid, such as a model name with spaces.
    """
    given = {name: value for name, value in more.items() if value not in (None, "", (), [])}
    given |= {"dataset": manifest.name, "dataset_version": manifest.version, "target": target}
    return checked(TrainingRequest.model_validate, given)


def _dataset(context: PageContext, found: list[DatasetManifest]) -> DatasetManifest:
    names = [manifest.name for manifest in found]
    wanted = st.query_params.get("dataset")
    name = name_choice.data_set(context.texts("train.dataset"), names, wanted, key="train_dataset")
    newest = next(manifest for manifest in found if manifest.name == name)
    version = st.query_params.get("version", newest.version)
    if name != wanted or version == newest.version:
        return newest
    older = [each for each in context.backend.controller.datasets.versions(name) if each.version == version]
    if not older:
        raise DatasetNotFound("no_version", version=version, dataset=name)
    st.caption(context.texts("train.version", version=version, date=context.date(older[0].created)))
    return older[0]


def _target(context: PageContext, manifest: DatasetManifest) -> str | None:
    texts = context.texts
    possible = [
        column.name for column in manifest.columns if column.kind in ("number", "category") and column.distinct > 1
    ]
    wanted = linked(manifest, "target")
    target: str | None = st.selectbox(
        texts("train.target"),
        possible,
        index=possible.index(wanted[0]) if wanted and wanted[0] in possible else None,
        placeholder=texts("train.target_choose"),
        key=f"train_target:{manifest.name}",
        help=texts("train.target_help"),
    )
    if target is None:
        return None
    column = next(column for column in manifest.columns if column.name == target)
    st.caption(f":material/arrow_forward: {meaning(context, column)}")
    for remark in remarks(manifest, target):
        st.caption(f":material/visibility_off: {escaped(remark.said(texts))}")
    return target


def linked(manifest: DatasetManifest, name: str) -> list[str]:
    """The columns in a parameter of the URL; none if the URL names another data set."""
    if st.query_params.get("dataset") != manifest.name:
        return []
    known = {column.name for column in manifest.columns}
    return [column for column in st.query_params.get_all(name) if column in known]


def meaning(context: PageContext, column: ColumnSummary) -> str:
    """A sentence that explains what predicting this column means."""
    texts = context.texts
    if column.kind == "number" and column.distinct > 2:
        counted = column.integer and column.distinct <= MAX_INTEGER_CLASSES
        key = "train.means_counted" if counted else "train.means_number"
        return texts.rich(key, target=column.name, n=column.distinct)
    shown = [value for value, _ in column.top[:SHOWN_CLASSES]]
    classes = ", ".join(shown) + (", …" if column.distinct > len(shown) else "")
    key = "train.means_two" if column.distinct == 2 else "train.means_classes"
    return texts.rich(key, target=column.name, n=column.distinct, classes=classes)


def _budget(context: PageContext) -> dict[str, Any]:
    texts, formatter = context.texts, context.formatter
    kind, slider = st.columns([1, 2], vertical_alignment="top")
    with kind:
        by = st.segmented_control(
            texts("train.budget"),
            ("time", "models"),
            default="time",
            required=True,
            format_func=lambda name: texts(f"train.budget_{name}"),
            key="train_budget",
            help=texts("train.budget_help"),
        )
    with slider:
        if by == "models":
            models = st.select_slider(texts("train.max_models"), MODELS, value=10, key="train_models")
            return {"max_models": models}
        seconds = st.select_slider(
            texts("train.max_seconds"), SECONDS, value=60, format_func=formatter.duration, key="train_seconds"
        )
        return {"max_seconds": seconds}


def _advanced(context: PageContext, manifest: DatasetManifest, target: str | None) -> dict[str, Any]:
    texts = context.texts
    ignored_before = [column for column in linked(manifest, "ignored") if column != target]
    metrics, metric_wanted = get_args(MetricChoice), st.query_params.get("metric")
    chosen_before = bool(ignored_before) or metric_wanted in metrics
    with st.expander(texts("train.advanced"), icon=":material/tune:", expanded=chosen_before):
        left, right = st.columns(2)
        with left:
            model = st.text_input(
                texts("train.model"), placeholder=manifest.name, key="train_model", help=texts("train.model_help")
            )
            kind = st.selectbox(
                texts("train.problem_type"),
                ("auto", *ProblemType),
                format_func=lambda name: texts(f"problem_type.{name}"),
                key="train_kind",
                help=texts("train.problem_type_help"),
            )
            metric = st.selectbox(
                texts("train.metric"),
                metrics,
                index=metrics.index(metric_wanted) if metric_wanted in metrics else 0,
                format_func=lambda name: texts(f"metric.{name}"),
                key="train_metric",
                help=texts("train.metric_help"),
            )
            st.caption(context.metrics.help(metric) or texts("metric_help.auto"))
        with right:
            algorithms = st.multiselect(
                texts("train.algorithms"),
                get_args(Algorithm),
                format_func=context.metrics.algorithm,
                placeholder=texts("train.algorithms_all"),
                key="train_algorithms",
                help=texts("train.algorithms_help"),
            )
            ignored = st.multiselect(
                texts("train.ignored"),
                [column.name for column in manifest.columns if column.name != target],
                default=ignored_before,
                placeholder=texts("train.ignored_none"),
                format_func=escaped,
                key=f"train_ignored:{manifest.name}",
                help=texts("train.ignored_help"),
            )
            seed = st.number_input(
                texts("train.seed"),
                value=None,
                min_value=0,
                max_value=2**31 - 1,
                step=1,
                placeholder=texts("train.seed_none"),
                key="train_seed",
                help=texts("train.seed_help"),
            )
    return {
        "model": (model or "").strip(),
        "problem_type": kind,
        "metric": metric,
        "include_algorithms": tuple(algorithms),
        "ignored_columns": tuple(ignored),
        "seed": seed,
    }
