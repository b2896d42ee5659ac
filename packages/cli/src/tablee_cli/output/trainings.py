"""Formats trainings and their leaderboards."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType
from rich.text import Text

from tablee.jobs.training import TrainingState
from tablee_cli.output.progress import PHASES
from tablee_cli.output.tables import moment, stacked, table, written


def ended(state: TrainingState) -> RenderableType:
    """The result of a training: the top of the leaderboard, the verdict, and the metrics on the hold-out."""
    name = state.request.model_name
    verdict = state.verdict.reason if state.verdict else ""
    what = "is the champion now" if state.promoted else "is registered, but not promoted"
    holdout = ", ".join(f"{metric} {written(value)}" for metric, value in state.holdout.items())
    lines = [
        f"{name} version {state.version} {what}. {verdict}".rstrip(),
        f"on the hold-out: {holdout}" if holdout else "",
    ]
    return stacked(_leaderboard(state, 5), Text("\n".join(filter(None, lines))))


def listed(found: list[TrainingState]) -> RenderableType:
    """The list of trainings."""
    rows = [
        (
            each.id,
            each.request.dataset,
            each.request.target,
            PHASES[each.phase],
            f"{each.progress:.0%}",
            each.models,
            f"{each.metric} {written(each.best)}" if each.best is not None else None,
            each.version,
            each.message,
        )
        for each in found
    ]
    return table(("training", "data set", "target", "phase", "", "models", "best", "version", ""), rows)


def details(state: TrainingState, log: str | None) -> RenderableType:
    """A training with its leaderboard, and the end of its log if one is given."""
    request = state.request
    facts: list[tuple[str, Any]] = [
        ("training", state.id),
        ("data set", f"{request.dataset} {request.dataset_version or ''}"),
        ("target", request.target),
        ("phase", f"{PHASES[state.phase]} ({state.progress:.0%})"),
        ("", state.message),
        ("started", moment(state.created)),
        ("ended", moment(state.ended) if state.ended else None),
        ("version", state.version),
        ("verdict", state.verdict.reason if state.verdict else None),
    ]
    facts += [(f"hold-out {metric}", value) for metric, value in state.holdout.items()]
    parts: list[RenderableType] = [table(("", ""), [fact for fact in facts if fact[1] not in (None, "")])]
    parts.append(_leaderboard(state, 20))
    if log is not None:
        parts.append(Text(log or "its log is empty"))
    return stacked(*parts)


def _leaderboard(state: TrainingState, limit: int) -> RenderableType:
    if not state.leaderboard:
        return Text("no model yet")
    metrics = list(state.leaderboard[0].metrics)
    rows = [
        (row.model_id, row.algorithm, *(row.metrics.get(metric) for metric in metrics))
        for row in state.leaderboard[:limit]
    ]
    return table(("model", "algorithm", *metrics), rows)
