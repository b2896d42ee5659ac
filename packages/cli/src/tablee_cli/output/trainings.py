"""Formats trainings and their leaderboards."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType
from rich.text import Text

from tablee.i18n.translator import Translator
from tablee.jobs.training import TrainingState
from tablee_cli.output.tables import moment, stacked, table, written
from tablee_cli.texts import headings

LISTED = ("training", "data_set", "target", "phase", "", "models", "best", "version", "")


def ended(state: TrainingState, texts: Translator) -> RenderableType:
    """The result of a training: the top of the leaderboard, the verdict, and the metrics on the hold-out."""
    verdict = state.verdict.said(texts) if state.verdict else ""
    what = "training.champion" if state.promoted else "training.registered"
    lines = [texts(what, model=state.request.model_name, version=state.version, verdict=verdict).rstrip()]
    if state.holdout:
        metrics = ", ".join(f"{metric} {written(value, texts)}" for metric, value in state.holdout.items())
        lines.append(texts("training.on_the_holdout", metrics=metrics))
    return stacked(_leaderboard(state, 5, texts), Text("\n".join(lines)))


def listed(found: list[TrainingState], texts: Translator) -> RenderableType:
    """The list of trainings."""
    rows = [
        (
            each.id,
            each.request.dataset,
            each.request.target,
            texts(f"job_phase.{each.phase}"),
            texts.formatter.percent(each.progress, 0),
            each.models,
            f"{each.metric} {written(each.best, texts)}" if each.best is not None else None,
            each.version,
            each.said(texts),
        )
        for each in found
    ]
    return table(headings(texts, LISTED), rows, texts)


def details(state: TrainingState, log: str | None, texts: Translator) -> RenderableType:
    """A training with its leaderboard, and the end of its log if one is given."""
    request = state.request
    phase = {"phase": texts(f"job_phase.{state.phase}"), "share": texts.formatter.percent(state.progress, 0)}
    facts: dict[str, Any] = {
        "training": state.id,
        "data_set": f"{request.dataset} {request.dataset_version or ''}",
        "target": request.target,
        "phase": texts("training.phase", **phase),
        "": state.said(texts),
        "started": moment(state.created),
        "ended": moment(state.ended) if state.ended else None,
        "version": state.version,
        "verdict": state.verdict.said(texts) if state.verdict else None,
    }
    rows = list(zip(headings(texts, facts), facts.values(), strict=True))
    rows += [(texts("table.holdout_of", metric=metric), value) for metric, value in state.holdout.items()]
    shown = [row for row in rows if row[1] not in (None, "")]
    parts: list[RenderableType] = [table(("", ""), shown, texts), _leaderboard(state, 20, texts)]
    if log is not None:
        parts.append(Text(log or texts("training.empty_log")))
    return stacked(*parts)


def _leaderboard(state: TrainingState, limit: int, texts: Translator) -> RenderableType:
    if not state.leaderboard:
        return Text(texts("training.no_model"))
    metrics = list(state.leaderboard[0].metrics)
    rows = [
        (row.model_id, row.algorithm, *(row.metrics.get(metric) for metric in metrics))
        for row in state.leaderboard[:limit]
    ]
    return table((*headings(texts, ("model", "algorithm")), *metrics), rows, texts)
