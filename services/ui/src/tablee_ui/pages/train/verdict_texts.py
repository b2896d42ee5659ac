"""Sentences about the end of a training: the gate's verdict and its checks. They are Markdown."""

from __future__ import annotations

from tablee.jobs.training import Check, TrainingState, Verdict
from tablee_ui.texts import Texts, escaped
from tablee_ui.widgets.metrics import MetricTexts


class VerdictTexts:
    """Sentences of one language for people who do not know what a gate is."""

    def __init__(self, texts: Texts, metrics: MetricTexts) -> None:
        self._texts, self._metrics = texts, metrics

    def verdict(self, state: TrainingState) -> str:
        """Whether the new version serves, and how it compares with the champion."""
        verdict = state.verdict
        if verdict is None:
            return self._texts("verdict.none")
        name = self._metrics.name(verdict.metric)
        if name[1:2].islower():  # not an abbreviation
            name = name[0].lower() + name[1:]
        values = {
            "model": state.request.model_name,
            "version": state.version or 0,
            "champion": verdict.champion_version or 0,
            "metric": name,
            "candidate": self._metrics.value(verdict.metric, verdict.candidate),
            "before": "" if verdict.champion is None else self._metrics.value(verdict.metric, verdict.champion),
        }
        if verdict.champion_version is None:
            return self._texts.rich("verdict.first" if verdict.passed else "verdict.first_refused", **values)
        if verdict.passed:
            key = "verdict.better_late" if state.promoted is False else "verdict.better"
            return self._texts.rich(key, **values)
        worse = verdict.difference is not None and verdict.difference <= 0
        return self._texts.rich("verdict.not_better" if worse else "verdict.refused", **values)

    def uncertainty(self, verdict: Verdict) -> str:
        """The difference from the champion with its confidence interval; empty if there is none."""
        if verdict.interval is None or verdict.difference is None:
            return ""
        difference, low, high = (
            self._metrics.value(verdict.metric, value) for value in (verdict.difference, *verdict.interval)
        )
        return self._texts.rich("verdict.interval", difference=difference, low=low, high=high)

    def check(self, check: Check) -> str:
        """What a check of the gate tests."""
        return self._texts.known(f"check.{check.name.replace(' ', '_')}", escaped(check.name))
