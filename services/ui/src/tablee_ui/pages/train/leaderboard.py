"""The models of a search, best first."""

from __future__ import annotations

import streamlit as st

from tablee.jobs.training import LeaderboardRow, TrainingState
from tablee_ui.visit import Visit

METRICS = 4
"""Metric columns shown; the one that ranks comes first."""


def show(visit: Visit, state: TrainingState) -> None:
    """Draw the table with a question mark on every metric."""
    texts, sentences = visit.texts, visit.sentences
    names = metrics(state.leaderboard, state.metric)
    config = {
        sentences.metric(name): st.column_config.TextColumn(help=sentences.metric_help(name), alignment="right")
        for name in names
    }
    config[texts("train.algorithm")] = st.column_config.TextColumn(width="medium")
    config["#"] = st.column_config.NumberColumn(width=40)
    st.dataframe(rows(visit, state, names), hide_index=True, column_config=config, alt=texts("train.leaderboard"))
    st.caption(texts("train.leaderboard_about"))


def metrics(found: list[LeaderboardRow], ranking: str | None) -> list[str]:
    """The metrics to show, the ranking one first."""
    names = list(found[0].metrics) if found else []
    return sorted(names, key=lambda name: name != ranking)[:METRICS]


def rows(visit: Visit, state: TrainingState, names: list[str]) -> list[dict[str, str | int]]:
    """The table's rows."""
    texts, sentences, figures = visit.texts, visit.sentences, visit.figures
    return [
        {
            "#": place,
            texts("train.algorithm"): sentences.algorithm(row.algorithm),
            **{
                sentences.metric(name): sentences.score(name, row.metrics[name]) if name in row.metrics else "–"
                for name in names
            },
            texts("train.took"): "–" if row.train_seconds is None else figures.duration(row.train_seconds),
        }
        for place, row in enumerate(state.leaderboard, 1)
    ]
