"""The form that asks for a training."""

from __future__ import annotations

from typing import Any, Final, get_args

import streamlit as st
from pydantic import ValidationError

from tablee.datasets.store import ColumnSummary, DatasetManifest
from tablee.errors import TableeError
from tablee.http.validation_errors import request_error
from tablee.jobs.training import Algorithm, TrainingRequest, TrainingState
from tablee.models.problem import MetricChoice, ProblemType
from tablee_ui.pages.train import preparation
from tablee_ui.texts import escaped
from tablee_ui.visit import Visit
from tablee_ui.widgets import problems

SECONDS: Final = (30, 60, 120, 300, 600, 1800, 3600, 4 * 3600)
MODELS: Final = (3, 5, 10, 20, 50, 100)
SHOWN_CLASSES: Final = 5
COUNTED: Final = 10
"""Whole numbers with at most so many different values are taken for classes, if there are rows enough for each."""


def show(visit: Visit) -> TrainingState | None:
    """Draw the form; the training if one was started just now."""
    texts = visit.texts
    found = visit.services.controller.datasets.list()
    if not found:
        st.info(texts("train.no_data"), icon=":material/table:")
        visit.link("data", texts("train.add_data"), icon=":material/upload:")
        return None
    with st.container(border=True):
        manifest = _dataset(visit, found)
        target = _target(visit, manifest)
        recipe = preparation.choose(visit, manifest)
        budget = _budget(visit)
        more = _advanced(visit, manifest, target)
        pressed = st.button(texts("train.start"), type="primary", icon=":material/play_arrow:", disabled=target is None)
    if not pressed or target is None:
        return None
    try:
        return visit.services.controller.trainings.start(asked(manifest, target, budget | more | {"recipe": recipe}))
    except TableeError as error:
        problems.show(visit, error)
        return None


def asked(manifest: DatasetManifest, target: str, more: dict[str, Any]) -> TrainingRequest:
    """The request; what the form left empty is left out.

    :raises InvalidRequest: a value that cannot be, such as a model name with spaces.
    """
    given = {name: value for name, value in more.items() if value not in (None, "", (), [])}
    try:
        return TrainingRequest(dataset=manifest.name, dataset_version=manifest.version, target=target, **given)
    except ValidationError as error:
        raise request_error(error.errors()) from None


def _dataset(visit: Visit, found: list[DatasetManifest]) -> DatasetManifest:
    names = [manifest.name for manifest in found]
    wanted = st.query_params.get("dataset")
    name = st.selectbox(
        visit.texts("train.dataset"), names, index=names.index(wanted) if wanted in names else 0, key="train_dataset"
    )
    newest = next(manifest for manifest in found if manifest.name == name)
    version = st.query_params.get("version", newest.version)
    if name != wanted or version == newest.version:
        return newest
    older = [each for each in visit.services.controller.datasets.versions(name) if each.version == version]
    if not older:
        return newest
    st.caption(visit.texts("train.version", version=version, date=visit.date(older[0].created)))
    return older[0]


def _target(visit: Visit, manifest: DatasetManifest) -> str | None:
    texts = visit.texts
    kinds = ("number", "category")
    possible = [column.name for column in manifest.columns if column.kind in kinds and column.distinct > 1]
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
    st.caption(f":material/arrow_forward: {meaning(visit, column)}")
    return target


def linked(manifest: DatasetManifest, name: str) -> list[str]:
    """Columns that a link to this page names, if it names the data set, too."""
    if st.query_params.get("dataset") != manifest.name:
        return []
    known = {column.name for column in manifest.columns}
    return [column for column in st.query_params.get_all(name) if column in known]


def meaning(visit: Visit, column: ColumnSummary) -> str:
    """What predicting a column comes to, in plain words."""
    texts = visit.texts
    if column.kind == "number" and column.distinct > 2:
        counted = column.integer and column.distinct <= COUNTED
        key = "train.means_counted" if counted else "train.means_number"
        return texts.rich(key, target=column.name, n=column.distinct)
    shown = [value for value, _ in column.top[:SHOWN_CLASSES]]
    listed = ", ".join(shown) + (", …" if column.distinct > len(shown) else "")
    key = "train.means_two" if column.distinct == 2 else "train.means_classes"
    return texts.rich(key, target=column.name, n=column.distinct, classes=listed)


def _budget(visit: Visit) -> dict[str, Any]:
    texts, figures = visit.texts, visit.figures
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
            texts("train.max_seconds"), SECONDS, value=60, format_func=figures.duration, key="train_seconds"
        )
        return {"max_seconds": seconds}


def _advanced(visit: Visit, manifest: DatasetManifest, target: str | None) -> dict[str, Any]:
    texts = visit.texts
    left_out = [column for column in linked(manifest, "ignored") if column != target]
    metrics, metric_wanted = get_args(MetricChoice), st.query_params.get("metric")
    chosen_before = bool(left_out) or metric_wanted in metrics
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
            st.caption(visit.sentences.metric_help(metric) or texts("metric_help.auto"))
        with right:
            algorithms = st.multiselect(
                texts("train.algorithms"),
                get_args(Algorithm),
                format_func=visit.sentences.algorithm,
                placeholder=texts("train.algorithms_all"),
                key="train_algorithms",
                help=texts("train.algorithms_help"),
            )
            ignored = st.multiselect(
                texts("train.ignored"),
                [column.name for column in manifest.columns if column.name != target],
                default=left_out,
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
