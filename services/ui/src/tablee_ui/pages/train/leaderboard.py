"""The leaderboard: the models of a training, the best first."""

from __future__ import annotations

import streamlit as st

from tablee.jobs.training import LeaderboardRow, TrainingState
from tablee_ui.context import PageContext

METRICS = 4
"""Columns of metrics; the one that ranks the models comes first."""


def show(context: PageContext, state: TrainingState) -> None:
    """Draw the table. The header of a metric explains it."""
    texts, metrics = context.texts, context.metrics
    names = shown_metrics(state.leaderboard, state.metric)
    config = {
        metrics.name(name): st.column_config.TextColumn(help=metrics.help(name), alignment="right") for name in names
    }
    config[texts("train.algorithm")] = st.column_config.TextColumn(width="medium")
    config["#"] = st.column_config.NumberColumn(width=40)
    st.dataframe(rows(context, state, names), hide_index=True, column_config=config, alt=texts("train.leaderboard"))
    st.caption(texts("train.leaderboard_about"))


def shown_metrics(found: list[LeaderboardRow], ranking: str | None) -> list[str]:
    """The names of the first metrics, the one that ranks the models first."""
    names = list(found[0].metrics) if found else []
    return sorted(names, key=lambda name: name != ranking)[:METRICS]


def rows(context: PageContext, state: TrainingState, names: list[str]) -> list[dict[str, str | int]]:
    """The table, one dict for each model."""
    texts, metrics = context.texts, context.metrics
    return [
        {
            "#": rank,
            texts("train.algorithm"): metrics.algorithm(row.algorithm),
            **{
                metrics.name(name): metrics.value(name, row.metrics[name]) if name in row.metrics else "–"
                for name in names
            },
            texts("train.took"): "–" if row.train_seconds is None else context.formatter.duration(row.train_seconds),
        }
        for rank, row in enumerate(state.leaderboard, 1)
    ]
