"""The reconciler: calls `decide` and executes the step that it returns, one step in each round."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from tablee import metrics
from tablee.errors import Conflict, Unavailable
from tablee.errors.base import stored
from tablee.i18n.message import Message
from tablee.models.promotion import Kind, PromotionRecord, Promotions
from tablee.models.registry import CHAMPION, ROLLOUT, ROLLOUT_MESSAGE, Registry, VersionInfo
from tablee.telemetry import logger
from tablee_controller.rollout.decision import (
    LIVE,
    RETIRED,
    Fail,
    Pin,
    Restore,
    Settle,
    State,
    Step,
    Wait,
    decide,
    wanted_pins,
)
from tablee_controller.rollout.pause import RolloutPause
from tablee_controller.runtimes.runtime import Phase, Pins, Reason, Rollout, Runtime

IN_FLIGHT = timedelta(seconds=15)
"""Longest time of a promotion between its record in the promotion log and the move of the alias."""
MAX_TAG = 4000
"""Most characters of a tag of a version; MLflow refuses longer ones from 5,000 on."""
FIRST_BACKOFF, MAX_BACKOFF = 5.0, 300.0
"""Seconds before failed pins are pinned again if no version was tagged as failed. Doubled after each failure."""

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Status:
    """The state at the end of the last round."""

    state: State = State.ROLLING
    wanted: Pins = field(default_factory=dict)
    pinned: Pins = field(default_factory=dict)
    serving: Pins = field(default_factory=dict)
    reason: Reason = field(default_factory=lambda: Message("rolled_out.just_started"))


class Reconciler:
    """Makes the runtime serve the champions of the registry. One thread calls `tick`; all threads may read `status`."""

    def __init__(
        self,
        registry: Registry,
        promotions: Promotions,
        runtime: Runtime,
        pause: RolloutPause,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry, self._promotions, self._runtime, self._clock = registry, promotions, runtime, clock
        self._pause = pause
        for result in ("done", "failed"):  # 0 from the start, so that Prometheus sees the first one as an increase
            metrics.ROLLOUTS.labels(result)
        for kind in Kind:
            metrics.PROMOTIONS.labels(kind.value)
        self.status = Status()
        self._restore_reason: Reason = ""
        self._observed: dict[str, int] = {}
        self._epochs: dict[str, int] = {}
        self._first_tick_done = False
        self._foreign: set[tuple[str, int]] = set()
        self._backoffs: dict[frozenset[tuple[str, int]], tuple[float, float]] = {}
        self._last_outcome: tuple[Phase, Pins | None] | None = None
        self._completed: Pins | None = None
        self._behind_since: float | None = None
        self._was_unavailable = False

    @property
    def busy(self) -> bool:
        return self.status.state is State.ROLLING

    def tick(self) -> bool:
        """Read the registry and the runtime, decide, and execute one step.

        :return: whether something was changed.
        :raises Unavailable: the registry, the object store or the runtime does not answer. Nothing is changed; only the
            reason and, if known, the serving versions of the status are updated.
        """
        try:
            champions, paused = self._champions(), self._pause.current()
        except Unavailable as error:
            self._was_unavailable = True
            self.status = replace(self.status, serving=self._runtime_rollout().serving, reason=error)
            raise
        rollout = self._runtime_rollout()
        self._record_outcome(rollout)
        step: Step = Wait(State.PAUSED, "" if paused is None else paused.message)
        if paused is None:
            step = self._delayed(decide(champions, rollout), rollout)
        acted = self._carry_out(step, rollout)
        self._publish(step, wanted_pins(champions), self._runtime_rollout() if acted else rollout)
        for champion in champions:
            self._observe(champion)
        self._first_tick_done = True
        return acted

    def _runtime_rollout(self) -> Rollout:
        try:
            return self._runtime.rollout()
        except Unavailable as error:
            self.status = replace(self.status, reason=error)
            raise

    def _champions(self) -> list[VersionInfo]:
        """The versions with a champion alias, without those that no training of this platform has registered."""
        names = [model.name for model in self._registry.models() if model.champion is not None]
        champions = [champion for name in names if (champion := self._registry.champion(name)) is not None]
        for champion in champions:
            key = champion.model, champion.version
            if champion.digest is None and key not in self._foreign:
                self._foreign.add(key)
                log.warning("foreign_champion_ignored", model=champion.model, version=champion.version)
        return [champion for champion in champions if champion.digest is not None]

    def _record_outcome(self, rollout: Rollout) -> None:
        """Count a roll-out when it ends. After a failure, set the time until which these pins are not pinned again."""
        now, before = (rollout.phase, rollout.pinned), self._last_outcome
        self._last_outcome = now
        if before in (None, now) or rollout.pinned is None:  # nothing has changed, or this is the first round
            self._completed = self._completed or (rollout.pinned if rollout.phase is Phase.DONE else None)
            return
        if rollout.phase is Phase.DONE:
            self._backoffs.clear()
            # The same pins are completed again if a pod was replaced, or if a failed step was reverted.
            if rollout.pinned != self._completed:
                metrics.ROLLOUTS.labels("done").inc()
                log.info("rollout_finished", pins=rollout.pinned)
            self._completed = rollout.pinned
        elif rollout.phase is Phase.FAILED:
            _, backoff = self._backoffs.get(_key(rollout.pinned), (0.0, FIRST_BACKOFF / 2))
            backoff = min(backoff * 2, MAX_BACKOFF)
            self._backoffs[_key(rollout.pinned)] = (self._clock() + backoff, backoff)
            metrics.ROLLOUTS.labels("failed").inc()
            log.error("rollout_failed", pins=rollout.pinned, reason=str(rollout.reason))

    def _delayed(self, step: Step, rollout: Rollout) -> Step:
        """The step, or another one that does not pin too early and tags no version that may be correct."""
        if isinstance(step, Pin):
            until, _ = self._backoffs.get(_key(step.pins), (0.0, 0.0))
            if self._clock() < until:
                return Wait(State.FAILED, rollout.reason)
        if isinstance(step, Fail) and self._was_unavailable and rollout.pinned is not None:
            # The model could perhaps not be fetched, because the registry or the object store was unavailable.
            return Pin(rollout.pinned)
        return step

    def _carry_out(self, step: Step, rollout: Rollout) -> bool:
        match step:
            case Pin(pins):
                self._pin(pins, rollout)
            case Fail(version, reason):
                reason = reason if str(reason).strip() else Message("rolled_out.not_ready")
                message = json.dumps(stored(reason))
                message = message if len(message) <= MAX_TAG else "null"
                self._registry.tag(version.model, version.version, ROLLOUT_MESSAGE, message)
                sentence = " ".join(str(reason).split())[:500]
                self._registry.tag(version.model, version.version, ROLLOUT, f"failed: {sentence}")
                self._backoffs.clear()  # if the failed version is promoted again, it is rolled out at once
            case Restore(version, serving):
                self._restore(version, serving)
            case Settle(versions):
                for version in versions:
                    self._settle(version)
            case Wait():
                return False
        return True

    def _pin(self, pins: Pins, rollout: Rollout) -> None:
        self._was_unavailable = False
        self._runtime.pin(pins)
        if rollout.pinned is not None and pins == rollout.serving:  # these versions serve already: no roll-out
            self._last_outcome, self._completed = (Phase.DONE, pins), pins
            return
        self._last_outcome, self._restore_reason = (Phase.ROLLING, pins), ""
        log.info("rollout_started", pins=pins)

    def _restore(self, failed: VersionInfo, serving: int | None) -> None:
        reason = Message("promotion_reason.not_rolled_out", {"version": failed.version, "why": failed.failed_because})
        target = serving or self._promotions.before(failed.model)
        if target is None:
            self._registry.remove_alias(failed.model, CHAMPION)
        else:
            how: dict[str, Any] = {"by": "controller", "reason": reason, "kind": Kind.RESTORED}
            try:
                self._promotions.promote(failed.model, target, **how, over=failed.version)
            except Conflict as error:  # another promotion was faster: the next round reads the new champion
                log.info("champion_changed_meanwhile", model=failed.model, detail=error.detail)
                return
        self._restore_reason = Message("rolled_out.taken_back", {"model": failed.model, "why": reason})
        log.error("champion_taken_back", model=failed.model, version=failed.version, to=target, reason=failed.failed)

    def _settle(self, version: VersionInfo) -> None:
        for other in self._registry.versions(version.model):
            if other.version != version.version and other.tags.get(ROLLOUT) == LIVE:
                self._registry.tag(other.model, other.version, ROLLOUT, RETIRED)
        self._registry.tag(version.model, version.version, ROLLOUT, LIVE)  # last: after a crash the step is repeated
        log.info("champion_served", model=version.model, version=version.version)

    def _observe(self, champion: VersionInfo) -> None:
        """Add an alias that somebody has moved in MLflow to the promotion log. The log is read only if the champion is
        not the last one that was found in it."""
        if self._observed.get(champion.model) == champion.version:
            return
        if self._promotions.observe(champion.model, grace=IN_FLIGHT):
            log.info("champion_observed", model=champion.model, version=champion.version)
        history = self._promotions.history(champion.model)
        self._count(champion.model, history)
        if history and history[0].version == champion.version:
            self._observed[champion.model] = champion.version

    def _count(self, model: str, history: list[PromotionRecord]) -> None:
        """Count the promotions since the last call, also those of other processes, but none from before the start of
        this controller."""
        if not history:
            return
        known = self._epochs.get(model, 0 if self._first_tick_done else history[0].epoch)
        for record in history:
            if record.epoch > known:
                metrics.PROMOTIONS.labels(record.kind.value).inc()
        self._epochs[model] = history[0].epoch

    def _publish(self, step: Step, wanted: Pins, rollout: Rollout) -> None:
        state, reason = (step.state, step.reason) if isinstance(step, Wait) else (State.ROLLING, rollout.reason)
        if state is State.IN_SYNC:
            reason = self._restore_reason
        if state is State.IN_SYNC or (state is State.PAUSED and rollout.serving == wanted):
            self._behind_since = None
        elif self._behind_since is None:
            self._behind_since = self._clock()
        for each in State:
            metrics.ROLLOUT_STATE.labels(each.value).set(each is state)
        metrics.SERVING_LAG.set(0 if self._behind_since is None else self._clock() - self._behind_since)
        self.status = Status(state, wanted, rollout.pinned or {}, rollout.serving, reason)


def _key(pins: Pins) -> frozenset[tuple[str, int]]:
    return frozenset(pins.items())
