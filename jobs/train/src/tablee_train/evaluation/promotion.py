"""The last step of a training: the verdict on the registered version, and its promotion if it passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from tablee.errors import Conflict
from tablee.i18n.message import Message
from tablee.jobs.process import StopRequest
from tablee.jobs.training import Verdict
from tablee.models.promotion import Kind, Promotions
from tablee.models.registry import CHALLENGER, VERDICT, Registry, VersionInfo
from tablee.telemetry import logger
from tablee_train.lifecycle.progress import Progress

if TYPE_CHECKING:
    from tablee_train.tracking.mlflow_run import Tracker  # importing MLflow takes seconds

MAX_COMPARISONS = 5
"""How often a candidate is compared again because another version became champion meanwhile."""

log = logger(__name__)


class PromotionStep:
    """Promotes what passes the gate.

    :param mode: `auto` makes a version that passes the champion, `approve` makes it the challenger.
    """

    def __init__(
        self,
        registry: Registry,
        promotions: Promotions,
        progress: Progress,
        tracker: Tracker,
        stop: StopRequest,
        mode: Literal["auto", "approve"],
    ) -> None:
        self._registry, self._promotions, self._mode = registry, promotions, mode
        self._progress, self._tracker, self._stop = progress, tracker, stop

    def run(self, info: VersionInfo, verdict_over: Callable[[VersionInfo | None], Verdict]) -> Message:
        """Judge a version and promote it if it passes; returns a sentence that says what happened.

        :param verdict_over: the gate's verdict on the version, given the champion that it is compared with.
        """
        for _ in range(MAX_COMPARISONS):
            champion = self._registry.champion(info.model)
            if champion is not None and champion.version == info.version:  # a person has promoted it already
                self._progress.move(1.0, promoted=True)
                return Message("job.is_champion", {"version": info.version})
            self._stop.check()
            verdict = verdict_over(champion)
            self._record(info, verdict)
            try:
                return self._act(info, verdict)
            except Conflict as error:
                log.info("champion_changed_meanwhile", reason=error.detail)
        return Message("job.champion_changed", {"version": info.version})

    def _record(self, info: VersionInfo, verdict: Verdict) -> None:
        log.info("verdict_given", model=info.model, version=info.version, passed=verdict.passed, reason=verdict.reason)
        self._registry.tag(info.model, info.version, VERDICT, verdict.model_dump_json())
        self._tracker.json(verdict.model_dump(mode="json"), "verdict.json")
        self._progress.move(0.5, verdict=verdict, now=True)

    def _act(self, info: VersionInfo, verdict: Verdict) -> Message:
        """Promote the version, make it the challenger, or leave it as it is.

        :raises Conflict: another version became champion after the verdict.
        """
        self._stop.check()
        facts = {"version": info.version, "why": verdict.sentence}
        if not verdict.passed:
            self._progress.move(1.0, promoted=False)
            return Message("job.not_promoted", facts)
        if self._mode == "approve":
            self._registry.set_alias(info.model, CHALLENGER, info.version)
            self._progress.move(1.0, promoted=False)
            return Message("job.waits_for_approval", facts)
        self._promotions.promote(
            info.model,
            info.version,
            by=f"training {self._progress.state.id}",
            reason=verdict.sentence,
            kind=Kind.GATE,
            over=verdict.champion_version,
        )
        self._progress.move(1.0, promoted=True)
        return Message("job.became_champion", facts)
