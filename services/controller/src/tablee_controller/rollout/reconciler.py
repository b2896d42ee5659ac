"""Carries out what `decide` returns, one step in each round."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from tablee import metrics
from tablee.errors import Conflict, Unavailable
from tablee.models.promotion import Kind, PromotionRecord, Promotions
from tablee.models.registry import CHAMPION, ROLLOUT, Registry, VersionInfo
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
from tablee_controller.runtimes.runtime import Phase, Pins, Rollout, Runtime

IN_FLIGHT = timedelta(seconds=15)
"""How long a promotion may take from its record in the log until it moves the alias."""
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds before pins that failed without the fault of a version are tried again; doubled after each failure."""

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Status:
    """The state at the end of the last round."""

    state: State = State.ROLLING
    wanted: Pins = field(default_factory=dict)
    pinned: Pins = field(default_factory=dict)
    serving: Pins = field(default_factory=dict)
    reason: str = "the controller has just started"

    def to_dict(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "wanted": self.wanted,
            "pinned": self.pinned,
            "serving": self.serving,
            "reason": self.reason,
        }


class Reconciler:
    """Makes the runtime serve what the registry says. `tick` is called by one thread; any thread may read `status`."""

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
        for result in ("done", "failed"):  # from the start at 0, so that the first one is seen as a change
            metrics.ROLLOUTS.labels(result)
        for kind in Kind:
            metrics.PROMOTIONS.labels(kind.value)
        self.status = Status()
        self._taken_back = ""
        self._observed: dict[str, int] = {}
        self._epochs: dict[str, int] = {}
        self._counting = False
        self._foreign: set[tuple[str, int]] = set()
        self._pauses: dict[frozenset[tuple[str, int]], tuple[float, float]] = {}
        self._last: tuple[Phase, Pins | None] | None = None
        self._arrived: Pins | None = None
        self._behind_since: float | None = None
        self._was_unavailable = False

    @property
    def busy(self) -> bool:
        return self.status.state is State.ROLLING

    def tick(self) -> bool:
        """Read registry and runtime, decide, and carry one step out. Returns whether something was changed.

        :raises Unavailable: nothing is changed; the status keeps what was known, with the reason.
        """
        try:
            champions, paused = self._champions(), self._pause.current()
        except Unavailable as error:
            self._was_unavailable = True
            self.status = replace(self.status, serving=self._runtime_rollout().serving, reason=error.detail)
            raise
        rollout = self._runtime_rollout()
        self._note_outcome(rollout)
        step: Step = Wait(State.PAUSED, str(paused))
        if paused is None:
            step = self._held_back(decide(champions, rollout), rollout)
        acted = self._carry_out(step, rollout)
        self._publish(step, wanted_pins(champions), self._runtime_rollout() if acted else rollout)
        for champion in champions:
            self._observe(champion)
        self._counting = True
        return acted

    def _runtime_rollout(self) -> Rollout:
        try:
            return self._runtime.rollout()
        except Unavailable as error:
            self.status = replace(self.status, reason=error.detail)
            raise

    def _champions(self) -> list[VersionInfo]:
        """The versions behind the champion aliases, without those that no training of this platform registered."""
        named = [model.name for model in self._registry.models() if model.champion is not None]
        found = [champion for name in named if (champion := self._registry.champion(name)) is not None]
        for champion in found:
            key = champion.model, champion.version
            if champion.digest is None and key not in self._foreign:
                self._foreign.add(key)
                log.warning("foreign_champion_ignored", model=champion.model, version=champion.version)
        return [champion for champion in found if champion.digest is not None]

    def _note_outcome(self, rollout: Rollout) -> None:
        """Count a roll-out when it ends; after a failure, set the time before which it is not tried again."""
        now, before = (rollout.phase, rollout.pinned), self._last
        self._last = now
        if before in (None, now) or rollout.pinned is None:  # nothing happened, or it happened before our time
            self._arrived = self._arrived or (rollout.pinned if rollout.phase is Phase.DONE else None)
            return
        if rollout.phase is Phase.DONE:
            self._pauses.clear()
            if (
                rollout.pinned != self._arrived
            ):  # else they were there before: a pod came back, or a step was taken back
                metrics.ROLLOUTS.labels("done").inc()
                log.info("rollout_finished", pins=rollout.pinned)
            self._arrived = rollout.pinned
        elif rollout.phase is Phase.FAILED:
            _, pause = self._pauses.get(_key(rollout.pinned), (0.0, FIRST_PAUSE / 2))
            pause = min(pause * 2, LONGEST_PAUSE)
            self._pauses[_key(rollout.pinned)] = (self._clock() + pause, pause)
            metrics.ROLLOUTS.labels("failed").inc()
            log.error("rollout_failed", pins=rollout.pinned, reason=rollout.reason)

    def _held_back(self, step: Step, rollout: Rollout) -> Step:
        if isinstance(step, Pin):
            until, _ = self._pauses.get(_key(step.pins), (0.0, 0.0))
            if self._clock() < until:
                return Wait(State.FAILED, rollout.reason)
        if isinstance(step, Fail) and self._was_unavailable and rollout.pinned is not None:
            return Pin(rollout.pinned)  # registry or store were unavailable: the model could not be fetched
        return step

    def _carry_out(self, step: Step, rollout: Rollout) -> bool:
        match step:
            case Pin(pins):
                self._pin(pins, rollout)
            case Fail(version, reason):
                reason = " ".join(reason.split())[:500] or "it did not become ready"
                self._registry.tag(version.model, version.version, ROLLOUT, f"failed: {reason}")
                self._pauses.clear()  # the culprit is found; promoting it again tries it again at once
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
        if rollout.pinned is not None and pins == rollout.serving:  # back to what still serves: no roll-out
            self._last, self._arrived = (Phase.DONE, pins), pins
            return
        self._last, self._taken_back = (Phase.ROLLING, pins), ""
        log.info("rollout_started", pins=pins)

    def _restore(self, failed: VersionInfo, serving: int | None) -> None:
        reason = f"version {failed.version} could not be rolled out: {failed.failed}"
        target = serving or self._promotions.before(failed.model)
        if target is None:
            self._registry.remove_alias(failed.model, CHAMPION)
        else:
            how: dict[str, Any] = {"by": "controller", "reason": reason, "kind": Kind.RESTORED}
            try:
                self._promotions.promote(failed.model, target, **how, over=failed.version)
            except Conflict as error:  # somebody promoted meanwhile: the next round reads the new champion
                log.info("champion_changed_meanwhile", model=failed.model, detail=error.detail)
                return
        self._taken_back = f"«{failed.model}» {reason}"
        log.error("champion_taken_back", model=failed.model, version=failed.version, to=target, reason=failed.failed)

    def _settle(self, version: VersionInfo) -> None:
        for other in self._registry.versions(version.model):
            if other.version != version.version and other.tags.get(ROLLOUT) == LIVE:
                self._registry.tag(other.model, other.version, ROLLOUT, RETIRED)
        self._registry.tag(version.model, version.version, ROLLOUT, LIVE)  # last, so that a crash repeats the whole
        log.info("champion_served", model=version.model, version=version.version)

    def _observe(self, champion: VersionInfo) -> None:
        """Add an alias that somebody moved in MLflow to the promotion log; the log is read only after a move."""
        if self._observed.get(champion.model) == champion.version:
            return
        if self._promotions.observe(champion.model, grace=IN_FLIGHT):
            log.info("champion_observed", model=champion.model, version=champion.version)
        history = self._promotions.history(champion.model)
        self._count(champion.model, history)
        if history and history[0].version == champion.version:
            self._observed[champion.model] = champion.version

    def _count(self, model: str, history: list[PromotionRecord]) -> None:
        """Count the promotions since the last call, whoever made them; none from before this controller started."""
        if not history:
            return
        known = self._epochs.get(model, 0 if self._counting else history[0].epoch)
        for record in history:
            if record.epoch > known:
                metrics.PROMOTIONS.labels(record.kind.value).inc()
        self._epochs[model] = history[0].epoch

    def _publish(self, step: Step, wanted: Pins, rollout: Rollout) -> None:
        state, reason = (step.state, step.reason) if isinstance(step, Wait) else (State.ROLLING, rollout.reason)
        if state is State.IN_SYNC:
            reason = self._taken_back
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
